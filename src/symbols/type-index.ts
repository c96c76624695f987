import { DW_TAG } from './dwarf/constants.ts';
import type { TypeReader } from './dwarf/type-reader.ts';
import type { NameIndex } from './name-index.ts';
import { standardType } from './standard-types.ts';
import type { EnumType, Type } from './types.ts';

/** An enumerator with the enum that it is of. */
export interface TypedEnumerator {
  readonly type: EnumType;
  readonly value: bigint;
}

const TAGGED: Readonly<Record<string, number>> = {
  struct: DW_TAG.structure_type,
  union: DW_TAG.union_type,
  class: DW_TAG.class_type,
  enum: DW_TAG.enumeration_type,
};
/** What a name without a keyword can be; C++ and Rust use the names of records so. */
const UNTAGGED: readonly number[] = [
  DW_TAG.typedef,
  DW_TAG.base_type,
  DW_TAG.structure_type,
  DW_TAG.class_type,
  DW_TAG.enumeration_type,
  DW_TAG.union_type,
];
const QUALIFIERS: ReadonlySet<string> = new Set(['const', 'volatile', 'restrict', '_Atomic']);

/** Finds types by the words that name them in C. */
export class TypeIndex {
  readonly #names: NameIndex;
  readonly #types: TypeReader;

  constructor(names: NameIndex, types: TypeReader) {
    this.#names = names;
    this.#types = types;
  }

  /** The image's own types come first: its `size_t` may differ from the usual one. Qualifiers are left out. */
  named(words: readonly string[]): Type | undefined {
    const unqualified = words.filter((word) => !QUALIFIERS.has(word));
    const [first, second] = unqualified;
    if (first === undefined) return undefined;
    const tag = unqualified.length === 2 && Object.hasOwn(TAGGED, first) ? TAGGED[first] : undefined;
    if (tag !== undefined && second !== undefined) return this.#read(tag, second);
    if (unqualified.length === 1) {
      for (const each of UNTAGGED) {
        const found = this.#read(each, first);
        if (found) return found;
      }
    }
    return standardType(unqualified);
  }

  enumerator(name: string): TypedEnumerator | undefined {
    const found = this.#names.enumerator(name);
    const type = found && this.#types.read(found.entry);
    return type?.kind === 'enum' && found ? { type, value: found.value } : undefined;
  }

  #read(tag: number, name: string): Type | undefined {
    const entry = this.#names.type(tag, name);
    return entry && this.#types.read(entry);
  }
}
