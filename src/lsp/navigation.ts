import type { AssemblyDocument, Label } from './assembly-document.ts';

/**
 * The label that `name` stands for at `line`. `1f` and `1b` take the next `1:` after, or the last at or before,
 * that line, as the assembler does.
 */
export function definitionOf(document: AssemblyDocument, name: string, line: number): Label | undefined {
  const local = /^([0-9]+)([fb])$/.exec(name);
  if (local === null) return document.labels.find((label) => label.name === name);
  const candidates = document.labels.filter((label) => label.name === local[1]);
  return local[2] === 'f'
    ? candidates.find((label) => label.line > line)
    : candidates.findLast((label) => label.line <= line);
}

/** A label with the lines up to the next one, in its section. */
export interface OutlineItem {
  readonly label: Label;
  readonly endLine: number;
}

/** Labels, macros and constants in order; numbered labels are left out. */
export function outlineOf(document: AssemblyDocument): readonly OutlineItem[] {
  const named = document.labels.filter((label) => !label.local);
  const starts = [...named.map((label) => label.line), ...document.sections.map((section) => section.line)];
  return named.map((label) => {
    const next = Math.min(document.code.length, ...starts.filter((line) => line > label.line));
    return { label, endLine: Math.max(label.line, next - 1) };
  });
}
