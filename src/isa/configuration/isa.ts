import { extensionDescriptions, extensionNames, type ExtensionName } from './extensions.ts';

/** What belongs to an extension: an instruction, a CSR, a field of one. */
export interface BelongsToExtension {
  /** `Privileged` is the machine itself: every machine has it. */
  readonly extension?: ExtensionName | 'Privileged';
  /** Other extensions that have it, too: one of these or `extension` is enough. */
  readonly alsoIn?: readonly ExtensionName[];
  /** Extensions that must be there besides. */
  readonly needs?: readonly ExtensionName[];
}

/** At multiples of how many bytes instructions begin (IALIGN, Unpriv. 1.5): 2 with compressed ones, else 4. */
export type InstructionAlignment = 2 | 4;

/** The instruction set of a machine: which of the extensions that Strata implements it has. Never changes. */
export class Isa {
  /** In the order of ISA strings. */
  readonly names: readonly ExtensionName[];
  /**
   * IALIGN, in bytes: an instruction begins at a multiple of it (Unpriv. introduction, base instruction-length
   * encoding). Compressed instructions make it 2 (Zca).
   */
  readonly instructionAlignment: InstructionAlignment;
  readonly #present: ReadonlySet<ExtensionName>;

  /** Use `isaOf`, which completes the names. */
  constructor(present: ReadonlySet<ExtensionName>) {
    this.#present = present;
    this.instructionAlignment = present.has('Zca') ? 2 : 4;
    this.names = extensionNames.filter((name) => present.has(name));
  }

  has(name: ExtensionName): boolean {
    return this.#present.has(name);
  }

  /** Does a machine of this instruction set have what belongs to these extensions? */
  includes({ extension = 'Privileged', alsoIn = [], needs = [] }: BelongsToExtension): boolean {
    const isThere = extension === 'Privileged' || [extension, ...alsoIn].some((name) => this.has(name));
    return isThere && needs.every((name) => this.has(name));
  }

  /** As in the device tree's `riscv,isa`: `rv64imac_zicsr_zba`. */
  get text(): string {
    const letters = this.names.filter(({ length }) => length === 1).join('');
    const others = this.names.filter(({ length }) => length > 1);
    return ['rv64' + letters, ...others].join('_').toLowerCase();
  }

  /** The value of the misa register (Priv. machine level, misa): XLEN 64 and a bit for each letter. */
  get misa(): bigint {
    const letters: readonly string[] = [...this.names.filter(({ length }) => length === 1), 'S', 'U'];
    return letters.reduce((mask, letter) => mask | (1n << BigInt(letter.charCodeAt(0) - 65)), 2n << 62n);
  }
}

/** The instruction set with these extensions, with what they need, and with what every machine has. */
export function isaOf(names: Iterable<ExtensionName>): Isa {
  const present = new Set<string>(names);
  for (const name of extensionNames) if (extensionDescriptions[name].isBase) present.add(name);
  // Names added on the way are visited in their turn; a part that comes with another name may come late.
  for (let size = -1; size !== present.size;) {
    size = present.size;
    for (const name of present) for (const other of broughtBy(name, present)) present.add(other);
  }
  for (const name of extensionNames) {
    const { parts } = extensionDescriptions[name];
    if (parts && broughtBy(name, present).every((part) => present.has(part))) present.add(name);
  }
  return new Isa(present as Set<ExtensionName>);
}

/** The extensions that do without none of those that were taken away: what depends on them goes, too. */
export function dependents(name: ExtensionName, present: Iterable<ExtensionName>): readonly ExtensionName[] {
  const all = new Set<string>(present);
  return [...present].filter((other) => other !== name && broughtBy(other, all).includes(name));
}

function broughtBy(name: string, present: ReadonlySet<string>): readonly string[] {
  const { needs = [], parts = [], partsWith = {} } = extensionDescriptions[name as ExtensionName];
  const conditional = Object.entries(partsWith).flatMap(([other, more]) => (present.has(other) ? more : []));
  return [...needs, ...parts, ...conditional];
}

/** Everything that Strata implements. */
export const everyExtension: Isa = isaOf(extensionNames);

/** What a machine has unless it is told otherwise. */
export const defaultIsa: Isa = isaOf(
  extensionNames.filter((name) => !extensionDescriptions[name].isOffByDefault),
);
