import type { Diagnostic } from '../../common/diagnostic.ts';

/** Part of a text, and where it begins there. */
export interface Token {
  readonly text: string;
  readonly offset: number;
}

/** An ISA string taken apart (Unpriv. naming): `rv64`, the base, single letters, then names after underscores. */
export class IsaString {
  /** The extensions by the names that are written, `g` spelled out; versions such as `2p1` are still there. */
  readonly extensions: readonly Token[];

  /** Says in `diagnostics` what is wrong with the beginning. `text` begins with `rv` and a digit. */
  constructor({ text, offset }: Token, diagnostics: Diagnostic[]) {
    const [, width = '', rest = ''] = /^rv(\d+)(.*)$/i.exec(text) ?? [];
    const start = offset + text.length - rest.length;
    if (width !== '64')
      diagnostics.push({
        severity: 'error',
        message: `rv${width} is not what a machine here is`,
        remedy: 'write rv64',
        offset,
        length: 2 + width.length,
      });
    const base = rest.charAt(0).toLowerCase();
    if (base !== 'i' && base !== 'g')
      diagnostics.push({
        severity: 'error',
        message: base === '' ? 'the base is missing' : `${rest.charAt(0)} is no base that a machine here has`,
        remedy: 'write i, or g for imafd_zicsr_zifencei, after rv64',
        offset: start,
        length: 1,
      });
    this.extensions = tokens(rest, start);
  }
}

function tokens(rest: string, start: number): readonly Token[] {
  let offset = start;
  return rest.split('_').flatMap((part) => {
    const here = offset;
    offset += part.length + 1;
    return here === start ? letters(part, here) : [{ text: part, offset: here }];
  });
}

/** What G is a name for. */
const general: readonly string[] = ['I', 'M', 'A', 'F', 'D', 'Zicsr', 'Zifencei'];

/** A name of several letters may follow the single ones without underscore. */
function letters(part: string, start: number): readonly Token[] {
  const found: Token[] = [];
  for (const match of part.matchAll(/[zsx].*|[a-z](\d+(p\d+)?)?|./gi)) {
    const text = match[0];
    const names = /^g/i.test(text) ? general : [text];
    found.push(...names.map((name) => ({ text: name, offset: start + match.index })));
  }
  return found;
}
