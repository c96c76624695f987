/** A GNU assembly text, taken apart only as far as hover, outline and definitions need. */
export interface AssemblyDocument {
  readonly labels: readonly Label[];
  readonly sections: readonly SectionStart[];
  /** Every line without its comment, strings blanked, so that offsets are those of the text. */
  readonly code: readonly string[];
}

/** A name that is defined in a text; its place counts from 0. */
export interface Label {
  readonly name: string;
  readonly line: number;
  readonly character: number;
  /** `1:` may stand in a file many times; `1f` and `1b` name the nearest. */
  readonly local: boolean;
  readonly kind: 'label' | 'macro' | 'constant';
  /** Named by `.globl` or `.global`. */
  readonly global: boolean;
}

/** Where a section begins, or goes on; lines count from 0. */
export interface SectionStart {
  readonly name: string;
  readonly line: number;
}

/** Reads a whole text. Anything is accepted: what is no assembly yields nothing. */
export function readAssembly(text: string): AssemblyDocument {
  const code = blankComments(text).split('\n');
  const globals = new Set(code.flatMap((line) => namesAfter(line, /^\s*\.glob(?:a)?l\s+(.*)$/)));
  const labels: Label[] = [];
  const sections: SectionStart[] = [];
  for (const [line, content] of code.entries()) {
    labels.push(...labelsOf(content, line, globals));
    const section = /^\s*(?:\.section\s+([^\s,]+)|(\.text|\.data|\.bss|\.rodata)\b)/.exec(content);
    const name = section?.[1] ?? section?.[2];
    if (name !== undefined) sections.push({ name, line });
  }
  return { labels, sections, code };
}

/** The word under a position: a mnemonic with its dots, a register, a symbol. */
export function wordAt(
  document: AssemblyDocument,
  line: number,
  character: number,
): { readonly text: string; readonly start: number; readonly end: number } | undefined {
  const content = document.code[line] ?? '';
  for (const match of content.matchAll(/[A-Za-z0-9_.$]+/g)) {
    const end = match.index + match[0].length;
    if (match.index <= character && character <= end) return { text: match[0], start: match.index, end };
  }
  return undefined;
}

/** Is the word that starts at `start` the mnemonic of its line, and no operand? */
export function isMnemonic(document: AssemblyDocument, line: number, start: number): boolean {
  const before = (document.code[line] ?? '').slice(0, start);
  return /^(?:\s*[A-Za-z0-9_.$]+:)*\s*$/.test(before.slice(before.lastIndexOf(';') + 1));
}

function labelsOf(content: string, line: number, globals: ReadonlySet<string>): Label[] {
  const found: Label[] = [];
  let rest = content;
  let at = 0;
  for (let match = labelStart.exec(rest); match?.[1] !== undefined; match = labelStart.exec(rest)) {
    const name = match[1];
    const character = at + match[0].indexOf(name);
    found.push({
      name,
      line,
      character,
      local: /^[0-9]+$/.test(name),
      kind: 'label',
      global: globals.has(name),
    });
    at += match[0].length;
    rest = content.slice(at);
  }
  const defined = /^\s*(?:\.(macro)\s+|\.(?:equ|set|equiv)\s+)([A-Za-z_.$][\w.$]*)/.exec(content);
  if (defined?.[2] !== undefined) {
    const character = defined[0].length - defined[2].length;
    const kind = defined[1] === undefined ? 'constant' : 'macro';
    found.push({ name: defined[2], line, character, local: false, kind, global: globals.has(defined[2]) });
  }
  return found;
}

const labelStart = /^\s*([A-Za-z_.$][\w.$]*|[0-9]+):/;

function namesAfter(line: string, pattern: RegExp): readonly string[] {
  return (pattern.exec(line)?.[1] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Comments become spaces, so that every offset stays true; strings too, as they hold no code. */
function blankComments(text: string): string {
  const comment = /"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|#[^\n]*/g;
  return text.replaceAll('\r', ' ').replaceAll(comment, (found) => found.replaceAll(/[^\n]/g, ' '));
}
