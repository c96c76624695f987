/** Rows of plain text as a markdown table. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows].map(tableLine).join('\n');
}

/** Lines as preformatted text; empty where there are none. */
export function codeBlock(lines: readonly string[]): string {
  return lines.length === 0 ? '' : ['```', ...lines, '```'].join('\n');
}

/** Texts with blank lines between them, without the empty ones. */
export function paragraphs(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
