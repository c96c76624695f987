import { allCsrs } from '../../isa/csrs/index.ts';
import { abiNames, floatAbiNames } from '../../isa/registers.ts';
import { underlying } from '../../symbols/types.ts';
import { eventNames } from './facts.ts';
import { memberNames } from './format.ts';
import { localsOf } from './names.ts';
import type { Surroundings } from './surroundings.ts';
import type { Value } from './value.ts';

/** More than anybody reads through. */
const mostNames = 200;

/** Evaluates the part before a dot; `undefined` where it means nothing. */
export type EvaluateObject = (text: string) => Value | undefined;

/** Names that could stand at the end of `before`, which is the text up to the cursor. */
export function completionsOf(
  before: string,
  surroundings: Surroundings,
  evaluate: EvaluateObject,
): readonly string[] {
  const register = /\$(\w*)$/.exec(before);
  if (register?.[1] !== undefined) return matching(registerNames(surroundings), `$${register[1]}`);
  const member = /^(.*?)([\w$!.[\]]+|\([^()]*\))(?:\.|->)(\w*)$/.exec(before);
  if (member?.[2] !== undefined && !/^\d/.test(member[2])) {
    const object = evaluate(member[2].replace(/[.]+$/, ''));
    return object ? matching(namesIn(object), member[3] ?? '') : [];
  }
  const scoped = /(\w+)!(\w*)$/.exec(before);
  if (scoped?.[1] !== undefined) return matching(imageNames(scoped[1], surroundings), scoped[2] ?? '');
  const word = /(\w*)$/.exec(before)?.[1] ?? '';
  return /^\d/.test(word) ? [] : matching(bareNames(surroundings), word);
}

function matching(names: Iterable<string>, prefix: string): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (name.startsWith(prefix) && name !== '') found.add(name);
    if (found.size === mostNames) break;
  }
  return [...found];
}

function* registerNames({ thread }: Surroundings): Generator<string> {
  for (const name of [...abiNames, ...floatAbiNames, 'pc', 'mode']) yield `$${name}`;
  for (const { name } of allCsrs) if (thread.cpu.getCsr(name) !== undefined) yield `$${name}`;
}

function namesIn(value: Value): readonly string[] {
  if (value.kind === 'facts') return value.names;
  if (value.kind !== 'typed') return [];
  if (value.csr) return value.csr.fields.map(({ name }) => name);
  const type = underlying(value.type);
  const record = type.kind === 'pointer' ? underlying(type.target) : type;
  return record.kind === 'struct' || record.kind === 'union' || record.kind === 'class'
    ? memberNames(record)
    : [];
}

function* bareNames(surroundings: Surroundings): Generator<string> {
  yield* eventNames(surroundings.context);
  for (const { name } of localsOf(surroundings)) yield name;
  for (const { symbols } of surroundings.images())
    for (const { name } of symbols.elf.symbols.all()) yield name;
  for (const { symbols } of surroundings.images())
    for (const { name, kind } of symbols.elf.symbols.all()) if (kind === 'function') yield name;
  yield* ['gpa', 'hpa', 'walk', 'sizeof', 'process'];
}

function* imageNames(name: string, { target, guest }: Surroundings): Generator<string> {
  for (const { symbols, guest: owner } of target.images.named(name)) {
    if (owner !== guest) continue;
    for (const symbol of symbols.elf.symbols.all()) if (symbol.kind !== 'label') yield symbol.name;
  }
}
