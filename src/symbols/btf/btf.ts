import { standardType } from '../standard-types.ts';
import type { TypedEnumerator } from '../type-index.ts';
import type { Type } from '../types.ts';
import { BtfRecords, btfKind } from './records.ts';
import { BtfTypes, type BtfParameter } from './types.ts';

/**
 * What a kernel says itself about its types and the parameters of its functions (BTF: Documentation/bpf/btf.rst).
 * Only what is asked for is read.
 */
export class Btf {
  readonly #records: BtfRecords;
  readonly #base: Btf | undefined;
  readonly #types: BtfTypes;
  #names: ReadonlyMap<string, number> | undefined;
  #enumerators: ReadonlyMap<string, { readonly index: number; readonly value: bigint }> | undefined;

  private constructor(records: BtfRecords, base: Btf | undefined) {
    this.#records = records;
    this.#base = base;
    this.#types = new BtfTypes(records);
  }

  /** Nothing where the bytes are no BTF. A module's goes on from that of its kernel, `base`. */
  static read(bytes: Uint8Array, base?: Btf): Btf | undefined {
    const records = BtfRecords.read(bytes, base === undefined ? undefined : base.#records);
    return records && new Btf(records, base);
  }

  /** A type by the words that name it in C, qualifiers left out: `struct task_struct`, `pid_t`. */
  typeNamed(words: readonly string[]): Type | undefined {
    const plain = words.filter((word) => !qualifiers.has(word));
    const [first = '', second] = plain;
    const index = this.#indexOf(
      second !== undefined && tags.has(first) ? plain.join(' ') : first,
      plain.length,
    );
    return index === undefined ? standardType(plain) : this.#types.at(index);
  }

  /** An enumerator of any enum. */
  enumeratorNamed(name: string): TypedEnumerator | undefined {
    this.#enumerators ??= this.#readEnumerators();
    const found = this.#enumerators.get(name);
    const type = found && this.#types.at(found.index);
    if (found === undefined || type?.kind !== 'enum') return this.#base?.enumeratorNamed(name);
    return { type, value: found.value };
  }

  /** The parameters of a function, as they are declared. */
  parametersOf(name: string): readonly BtfParameter[] | undefined {
    const index = this.#nameTable.get(`${name}()`);
    if (index === undefined) return this.#base?.parametersOf(name);
    return this.#types.parameters(this.#records.at(index)?.sizeOrType ?? 0);
  }

  #indexOf(name: string, words: number): number | undefined {
    const isTagged = name.includes(' ');
    if (words > 1 && !isTagged) return undefined;
    const found = this.#nameTable.get(name);
    return found !== undefined || this.#base === undefined ? found : this.#base.#indexOf(name, words);
  }

  get #nameTable(): ReadonlyMap<string, number> {
    this.#names ??= this.#readNames();
    return this.#names;
  }

  /** Of two types with one name, which files of the kernel may have, the first counts. */
  #readNames(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (let index = this.#records.first; index < this.#records.end; index++) {
      const record = this.#records.at(index);
      if (record === undefined || record.name === '') continue;
      const key = keyOf(record.kind, record.name);
      if (key !== undefined && !found.has(key)) found.set(key, index);
    }
    return found;
  }

  #readEnumerators(): ReadonlyMap<string, { readonly index: number; readonly value: bigint }> {
    const found = new Map<string, { readonly index: number; readonly value: bigint }>();
    for (let index = this.#records.first; index < this.#records.end; index++) {
      const kind = this.#records.at(index)?.kind;
      if (kind !== btfKind.ENUM && kind !== btfKind.ENUM64) continue;
      const type = this.#types.at(index);
      if (type.kind === 'enum')
        for (const { name, value } of type.enumerators)
          if (!found.has(name)) found.set(name, { index, value });
    }
    return found;
  }
}

const qualifiers: ReadonlySet<string> = new Set(['const', 'volatile', 'restrict', '_Atomic']);
const tags: ReadonlySet<string> = new Set(['struct', 'union', 'enum']);

/** Tags and functions have names of their own kind; typedefs and integers share one. */
function keyOf(kind: number, name: string): string | undefined {
  switch (kind) {
    case btfKind.STRUCT:
      return `struct ${name}`;
    case btfKind.UNION:
      return `union ${name}`;
    case btfKind.ENUM:
    case btfKind.ENUM64:
      return `enum ${name}`;
    case btfKind.FUNC:
      return `${name}()`;
    case btfKind.TYPEDEF:
    case btfKind.INT:
    case btfKind.FLOAT:
      return name;
    default:
      return undefined;
  }
}
