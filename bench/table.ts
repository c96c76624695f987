/** A table as text: the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A number for a cell, empty where there is none. */
export function cell(number: number | undefined, digits = 0): string {
  if (number === undefined) return '';
  return number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A quotient for a cell, empty where one of the two is missing. */
export function ratio(ours: number | undefined, theirs: number | undefined): string {
  return ours === undefined || theirs === undefined ? '' : cell(ours / theirs, 2);
}

/** Says whether a target is reached. */
export function verdict(what: string, figure: number, target: number, digits = 0): string {
  return `${what}: ${cell(figure, digits)}, target ${cell(target, digits)}: ${figure >= target ? 'reached' : 'MISSED'}`;
}
