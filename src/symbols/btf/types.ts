import type {
  ArrayType,
  BaseEncoding,
  BaseType,
  Enumerator,
  EnumType,
  FunctionType,
  Member,
  PointerType,
  QualifiedType,
  RecordType,
  Type,
  TypedefType,
} from '../types.ts';
import { VOID } from '../types.ts';
import { btfKind, type BtfRecord, type BtfRecords } from './records.ts';

/** A parameter as it is declared; one without a name has none. */
export interface BtfParameter {
  readonly name: string;
  readonly type: Type;
}

/** More tags than anybody writes: damage, or a tag of itself. */
const longestChain = 64;

/** Makes types of records, each once, and what each refers to when that is walked to. */
export class BtfTypes {
  readonly #records: BtfRecords;
  readonly #known = new Map<number, Type>();

  constructor(records: BtfRecords) {
    this.#records = records;
  }

  /** The type of a number; 0 is void. */
  at(index: number): Type {
    const known = this.#known.get(index);
    if (known !== undefined) return known;
    const record = this.#behindTags(index);
    const type = record === undefined ? missing(index) : this.#make(record.index, record);
    this.#known.set(index, type);
    return type;
  }

  /** What a tag says (`user`, `rcu`) is no part of the type, and a function's type is its prototype. */
  #behindTags(index: number): (BtfRecord & { readonly index: number }) | undefined {
    let current = index;
    for (let left = longestChain; left > 0; left--) {
      const record = this.#records.at(current);
      if (record?.kind !== btfKind.TYPE_TAG && record?.kind !== btfKind.FUNC)
        return record && { ...record, index: current };
      current = record.sizeOrType;
    }
    return undefined;
  }

  /** The parameters of a prototype; a variadic one ends with void, which is left out. */
  parameters(index: number): readonly BtfParameter[] {
    const record = this.#records.at(index);
    if (record?.kind !== btfKind.FUNC_PROTO) return [];
    const found = this.#parts(index, record, 2).map(([name = 0, type = 0]) => ({
      name: this.#records.name(name),
      type: this.at(type),
    }));
    return found.at(-1)?.type.kind === 'void' ? found.slice(0, -1) : found;
  }

  #make(index: number, record: BtfRecord): Type {
    const { kind, name, sizeOrType } = record;
    const target = (): Type => this.at(sizeOrType);
    switch (kind) {
      case btfKind.INT:
        return this.#integer(index, record);
      case btfKind.FLOAT:
        return { kind: 'base', name, byteSize: sizeOrType, encoding: 'float' };
      case btfKind.PTR:
        return lazily<PointerType, 'target'>({ kind: 'pointer', byteSize: 8 }, 'target', target);
      case btfKind.ARRAY:
        return this.#array(index, record);
      case btfKind.STRUCT:
      case btfKind.UNION:
        return this.#record(index, record);
      case btfKind.FWD:
        return declared(record);
      case btfKind.ENUM:
      case btfKind.ENUM64:
        return this.#enumeration(index, record);
      case btfKind.TYPEDEF:
        return lazily<TypedefType, 'target'>({ kind: 'typedef', name }, 'target', target);
      case btfKind.VOLATILE:
      case btfKind.CONST:
      case btfKind.RESTRICT: {
        const qualifier =
          kind === btfKind.CONST ? 'const' : kind === btfKind.VOLATILE ? 'volatile' : 'restrict';
        return lazily<QualifiedType, 'target'>({ kind: 'qualified', qualifier }, 'target', target);
      }
      case btfKind.FUNC_PROTO:
        return this.#prototype(index, record);
      default:
        return missing(index);
    }
  }

  #integer(index: number, { name, sizeOrType, rest }: BtfRecord): BaseType {
    const bits = this.#records.reader(index, rest).u32() >>> 24;
    return { kind: 'base', name, byteSize: sizeOrType, encoding: encodingOf(bits, name, sizeOrType) };
  }

  #array(index: number, { rest }: BtfRecord): ArrayType {
    const reader = this.#records.reader(index, rest);
    const element = reader.u32();
    reader.u32();
    const count = reader.u32();
    return lazily<ArrayType, 'element'>({ kind: 'array', count }, 'element', () => this.at(element));
  }

  #record(index: number, record: BtfRecord): RecordType {
    const { kind, name, sizeOrType: byteSize } = record;
    return lazily<RecordType, 'members'>(
      {
        kind: kind === btfKind.STRUCT ? 'struct' : 'union',
        name: name === '' ? undefined : name,
        byteSize,
        isComplete: true,
      },
      'members',
      () => this.#members(index, record),
    );
  }

  /** With the flag, the size of a bit-field is in the upper 8 bits of its offset, which counts bits. */
  #members(index: number, record: BtfRecord): readonly Member[] {
    return this.#parts(index, record, 3).map(([name = 0, type = 0, place = 0]) => {
      const bitSize = record.flag ? place >>> 24 : 0;
      const bits = record.flag ? place & 0xff_ffff : place;
      const text = this.#records.name(name);
      return lazily<Member, 'type'>(
        {
          name: text === '' ? undefined : text,
          byteOffset: bits >>> 3,
          bitField: bitSize === 0 ? undefined : { bitOffset: bits & 7, bitSize },
        },
        'type',
        () => this.at(type),
      );
    });
  }

  #enumeration(index: number, record: BtfRecord): EnumType {
    const { name, sizeOrType: byteSize, flag: isSigned } = record;
    return lazily<EnumType, 'enumerators'>(
      { kind: 'enum', name: name === '' ? undefined : name, byteSize, isSigned },
      'enumerators',
      () => this.#enumerators(index, record),
    );
  }

  #enumerators(index: number, record: BtfRecord): readonly Enumerator[] {
    const words = record.kind === btfKind.ENUM64 ? 3 : 2;
    return this.#parts(index, record, words).map(([name = 0, low = 0, high]) => {
      const value =
        BigInt(low) | (BigInt(high ?? (record.flag && low >>> 31 === 1 ? 0xffff_ffff : 0)) << 32n);
      return { name: this.#records.name(name), value: record.flag ? BigInt.asIntN(64, value) : value };
    });
  }

  #prototype(index: number, { sizeOrType }: BtfRecord): FunctionType {
    const parts = { kind: 'function' as const, isVariadic: false };
    const withResult = lazily<Omit<FunctionType, 'parameters'>, 'result'>(parts, 'result', () =>
      this.at(sizeOrType),
    );
    return lazily<FunctionType, 'parameters'>(withResult, 'parameters', () =>
      this.parameters(index).map(({ type }) => type),
    );
  }

  /** What follows a record: as many parts as it says, each of so many words. */
  #parts(index: number, { rest, count }: BtfRecord, words: number): readonly (readonly number[])[] {
    const reader = this.#records.reader(index, rest);
    return Array.from({ length: count }, () => Array.from({ length: words }, () => reader.u32()));
  }
}

/** The object with one property more, which is made when it is first asked for: types are circular. */
function lazily<T extends object, K extends keyof T>(known: Omit<T, K>, key: K, make: () => T[K]): T {
  let made: { readonly value: T[K] } | undefined;
  const get = (): T[K] => (made ??= { value: make() }).value;
  return Object.defineProperty(known, key, { get, enumerable: true }) as T;
}

function declared({ name, flag }: BtfRecord): RecordType {
  return { kind: flag ? 'union' : 'struct', name, byteSize: 0, isComplete: false, members: [] };
}

/** Void has no record; what else has none is damage. */
function missing(index: number): Type {
  return index === 0 ? VOID : { kind: 'unknown', name: '?' };
}

/** Bits of an integer's encoding: signed, character, boolean. Linux's char has none of them (-funsigned-char). */
function encodingOf(bits: number, name: string, byteSize: number): BaseEncoding {
  if ((bits & 4) !== 0) return 'boolean';
  const isCharacter = byteSize === 1 && name === 'char';
  if (isCharacter) return (bits & 1) === 0 ? 'unsigned-character' : 'signed-character';
  return (bits & 1) === 0 ? 'unsigned' : 'signed';
}
