import type { ExtensionDescription } from './extension.ts';
import { floatingPointExtensions } from './floating-point-extensions.ts';
import { integerExtensions } from './integer-extensions.ts';
import { privilegedExtensions } from './privileged-extensions.ts';

const table = { ...integerExtensions, ...floatingPointExtensions, ...privilegedExtensions } as const;

/** An extension that machines can have, as the specifications write it: `M`, `Zba`, `Sstc`. */
export type ExtensionName = keyof typeof table;

/** Everything that Strata implements, by name. */
export const extensionDescriptions: Readonly<Record<ExtensionName, ExtensionDescription>> = table;

/** Unpriv. naming: the canonical order of single letters. */
const canonicalLetters = 'iemafdqlcbkjtpvnhgorsuwxyz';

/** The names in the order of ISA strings (Unpriv. naming): letters, then Z by the letter after it, then S. */
export const extensionNames: readonly ExtensionName[] = (Object.keys(table) as ExtensionName[]).toSorted(
  (a, b) => orderKey(a).localeCompare(orderKey(b), 'en'),
);

/** The extension that a person names, in whatever case. */
export function extensionNamed(name: string): ExtensionName | undefined {
  return byLowerCase.get(name.toLowerCase());
}

const byLowerCase: ReadonlyMap<string, ExtensionName> = new Map(
  extensionNames.map((name) => [name.toLowerCase(), name]),
);

function orderKey(name: string): string {
  const lower = name.toLowerCase();
  if (lower.length === 1) return `0${letterOrder(lower)}`;
  return lower.startsWith('z') ? `1${letterOrder(lower.charAt(1))}${lower}` : `2${lower}`;
}

function letterOrder(letter: string): string {
  return String.fromCharCode(97 + canonicalLetters.indexOf(letter));
}
