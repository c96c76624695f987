import type { Diagnostic, Result } from '../../common/diagnostic.ts';
import { extensionDescriptions, extensionNamed, extensionNames, type ExtensionName } from './extensions.ts';
import { dependents, defaultIsa, isaOf, type Isa } from './isa.ts';
import { IsaString, type Token } from './isa-string.ts';
import { profiles } from './profiles.ts';

/** What `parseIsa` takes. */
const isaSyntax =
  'an ISA string (rv64gc_zba), a profile (rva20, rva22, rva23-without-v) or default, then changes: ,+zba ,-sstc';

/**
 * The instruction set that a text selects. Diagnostics tell the column by their offset; what a profile asks for and
 * Strata does not have is a warning.
 */
export function parseIsa(text: string): Result<Isa> {
  const [base = { text: '', offset: 0 }, ...changes] = split(text);
  const diagnostics: Diagnostic[] = [];
  let isa = parseBase(base, diagnostics);
  for (const change of changes) isa = isa && parseChange(isa, change, diagnostics);
  return isa ? { ok: true, value: isa, diagnostics } : { ok: false, diagnostics };
}

/** A diagnostic of `parseIsa` as one sentence with its column, counted from 1. */
export function isaProblem({ message, offset = 0, remedy }: Diagnostic): string {
  return `column ${offset + 1}: ${message}${remedy === undefined ? '' : `; ${remedy}`}`;
}

function split(text: string): readonly Token[] {
  let offset = 0;
  return text.split(',').map((part) => {
    const token = { text: part.trim(), offset: offset + part.length - part.trimStart().length };
    offset += part.length + 1;
    return token;
  });
}

function parseBase(base: Token, diagnostics: Diagnostic[]): Isa | undefined {
  const name = base.text.toLowerCase();
  if (name === 'default') return defaultIsa;
  const profile = profiles.find((candidate) => candidate.name === name);
  if (profile) {
    const missing = profile.extensions.filter((extension) => extensionNamed(extension) === undefined);
    if (missing.length > 0)
      diagnostics.push({
        ...placeOf(base),
        severity: 'warning',
        message: `${profile.name} without ${missing.join(', ')}, which Strata does not implement`,
      });
    return isaOf(profile.extensions.flatMap((extension) => extensionNamed(extension) ?? []));
  }
  if (!/^rv\d/.test(name)) {
    diagnostics.push(
      error(base, base.text === '' ? 'there is no instruction set' : `${base.text} is no instruction set`, {
        remedy: `write ${isaSyntax}`,
      }),
    );
    return undefined;
  }
  return parseString(base, diagnostics);
}

function parseString(base: Token, diagnostics: Diagnostic[]): Isa | undefined {
  const names: ExtensionName[] = [];
  for (const token of new IsaString(base, diagnostics).extensions) {
    const name = extensionOf(token, diagnostics);
    if (name === undefined) continue;
    if (names.includes(name))
      diagnostics.push(error(token, `${name} is there twice`, { remedy: 'name it once' }));
    names.push(name);
  }
  return hasError(diagnostics) ? undefined : isaOf(names);
}

function parseChange(isa: Isa, change: Token, diagnostics: Diagnostic[]): Isa | undefined {
  const [, sign, text = ''] = /^([+-])(.*)$/.exec(change.text) ?? [];
  if (sign === undefined) {
    diagnostics.push(
      error(change, `${change.text === '' ? 'nothing' : change.text} after a comma`, {
        remedy: 'write + or - and an extension: +zba',
      }),
    );
    return undefined;
  }
  const name = extensionOf({ text, offset: change.offset + 1 }, diagnostics);
  if (name === undefined) return undefined;
  return sign === '+' ? isaOf([...isa.names, name]) : without(isa, name, change, diagnostics);
}

/** What is made of parts goes with all of them that only it brought; what depends on it must go first. */
function without(isa: Isa, name: ExtensionName, change: Token, diagnostics: Diagnostic[]): Isa | undefined {
  if (extensionDescriptions[name].isBase) {
    diagnostics.push(error(change, `every machine has ${name}`, { remedy: 'leave this out' }));
    return undefined;
  }
  const parts = new Set<string>([name, ...partsOf(name)]);
  const others = isa.names.filter((other) => !parts.has(other));
  const dependent = others.filter((other) =>
    [...parts].some((part) => isNeeded(part as ExtensionName, other, isa)),
  );
  const [first] = dependent;
  if (first !== undefined) {
    const removals = dependent.map((other) => `-${other.toLowerCase()}`).join(',');
    diagnostics.push(
      error(change, `${dependent.join(', ')} ${dependent.length > 1 ? 'need' : 'needs'} ${name}`, {
        remedy: `take ${dependent.length > 1 ? 'them' : 'it'} away before: ${removals},-${name.toLowerCase()}`,
      }),
    );
    return undefined;
  }
  return isaOf(others.filter((other) => !partsOf(other).some((part) => parts.has(part))));
}

/** A name for several loses its meaning with the first of them, and stops no one. */
function isNeeded(part: ExtensionName, other: ExtensionName, isa: Isa): boolean {
  return extensionDescriptions[other].parts === undefined && dependents(part, isa.names).includes(other);
}

function partsOf(name: ExtensionName): readonly string[] {
  const { parts = [], partsWith = {} } = extensionDescriptions[name];
  return [...parts, ...Object.values(partsWith).flat()];
}

function extensionOf(token: Token, diagnostics: Diagnostic[]): ExtensionName | undefined {
  const { text } = token;
  const name = extensionNamed(text) ?? extensionNamed(text.replace(/\d+(p\d+)?$/i, ''));
  if (name !== undefined) return name;
  const near = extensionNames.find(
    (known) => known.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase(),
  );
  diagnostics.push(
    error(token, text === '' ? 'an extension is missing' : `Strata has no extension ${text}`, {
      remedy: near === undefined || text === '' ? 'leave it out' : `there is ${near}, or leave it out`,
    }),
  );
  return undefined;
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

function error(token: Token, message: string, { remedy }: { remedy: string }): Diagnostic {
  return { severity: 'error', message, remedy, ...placeOf(token) };
}

function placeOf({ offset, text }: Token): Pick<Diagnostic, 'offset' | 'length'> {
  return { offset, length: text.length };
}
