import type { ExpressionError, Span } from './syntax.ts';

/** A word of an expression, with its place in the text. */
export type Token =
  | { readonly kind: 'number'; readonly value: bigint; readonly unsigned: boolean; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  | { readonly kind: 'name'; readonly text: string; readonly span: Span }
  | { readonly kind: 'register'; readonly text: string; readonly span: Span }
  | { readonly kind: 'punctuator'; readonly text: string; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span };

const punctuators = [
  '->',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '..',
  '(',
  ')',
  '[',
  ']',
  '.',
  ',',
  '?',
  ':',
  '!',
  '~',
  '*',
  '/',
  '%',
  '+',
  '-',
  '<',
  '>',
  '&',
  '^',
  '|',
  '=',
];
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Takes the text apart; the last token is `end`. */
export function tokenize(
  text: string,
): { readonly tokens: readonly Token[] } | { readonly error: ExpressionError } {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^\s+/.exec(rest);
    if (space) {
      at += space[0].length;
      continue;
    }
    const scanned = scan(rest, at);
    if ('error' in scanned) return scanned;
    tokens.push(scanned.token);
    at = scanned.token.span.end;
  }
  tokens.push({ kind: 'end', span: { start: at, end: at } });
  return { tokens };
}

function scan(rest: string, start: number): { readonly token: Token } | { readonly error: ExpressionError } {
  const span = (length: number): Span => ({ start, end: start + length });
  const number = /^(0[xX][0-9a-fA-F_]+|0[bB][01_]+|[0-9][0-9_]*)([uUlL]*)/.exec(rest);
  if (number?.[1] !== undefined) {
    const whole = number[0];
    const following = rest[whole.length];
    if (following !== undefined && /[A-Za-z0-9_]/.test(following))
      return { error: { message: `'${whole}${following}' is no number`, span: span(whole.length + 1) } };
    const digits = number[1].replaceAll('_', '');
    if (digits === '0x' || digits === '0b')
      return { error: { message: 'digits are missing', span: span(whole.length) } };
    return {
      token: {
        kind: 'number',
        value: parseDigits(digits),
        unsigned: /u/i.test(number[2] ?? ''),
        span: span(whole.length),
      },
    };
  }
  const register = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest);
  if (register?.[1] !== undefined)
    return { token: { kind: 'register', text: register[1], span: span(register[0].length) } };
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest);
  if (name) return { token: { kind: 'name', text: name[0], span: span(name[0].length) } };
  const quoted = /^"((?:[^"\\]|\\.)*)"/s.exec(rest) ?? /^'((?:[^'\\]|\\.))'/s.exec(rest);
  if (quoted?.[1] !== undefined) {
    const value = quoted[1].replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
    if (rest.startsWith('"')) return { token: { kind: 'string', value, span: span(quoted[0].length) } };
    return {
      token: {
        kind: 'number',
        value: BigInt(value.charCodeAt(0)),
        unsigned: false,
        span: span(quoted[0].length),
      },
    };
  }
  if (rest.startsWith('"') || rest.startsWith("'"))
    return { error: { message: 'this quote is never closed', span: span(1) } };
  const punctuator = punctuators.find((candidate) => rest.startsWith(candidate));
  if (punctuator !== undefined)
    return { token: { kind: 'punctuator', text: punctuator, span: span(punctuator.length) } };
  return {
    error: {
      message: `'${String.fromCodePoint(rest.codePointAt(0) ?? 0)}' has no meaning here`,
      span: span(1),
    },
  };
}

/** C's rule: a leading zero means octal, unless a digit speaks against it. */
function parseDigits(digits: string): bigint {
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return BigInt(/^0[0-9]+$/.test(digits) ? digits.replace(/^0+/, '') || '0' : digits.toLowerCase());
}
