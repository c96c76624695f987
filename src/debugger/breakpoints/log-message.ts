/** A log point's text, cut into what is printed as it stands and what is evaluated. */
export type LogPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly text: string };

/** Cuts `count is {count}` at its braces; `{{` and `}}` stand for braces. An open brace without end is text. */
export function parseLogMessage(message: string): readonly LogPart[] {
  const parts: LogPart[] = [];
  const pattern = /\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g;
  for (const [found, expression] of message.matchAll(pattern)) {
    if (expression !== undefined && expression.trim() !== '')
      parts.push({ kind: 'expression', text: expression });
    else addText(parts, found === '{{' ? '{' : found === '}}' ? '}' : found);
  }
  return parts;
}

function addText(parts: LogPart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === 'text') parts[parts.length - 1] = { kind: 'text', text: last.text + text };
  else parts.push({ kind: 'text', text });
}
