import {
  type ArrayType,
  type BaseEncoding,
  type EnumType,
  type Enumerator,
  type FunctionType,
  type Member,
  type PointerType,
  type QualifiedType,
  type RecordType,
  type Type,
  type TypedefType,
  VOID,
  arrayOf,
  underlying,
} from '../types.ts';
import { familiarName } from '../standard-types.ts';
import { DW_AT, DW_ATE, DW_TAG } from './constants.ts';
import type { Dwarf } from './dwarf.ts';
import { type Entry, children } from './entry.ts';
import { readEnumerator, readMember, subrangeCount } from './type-parts.ts';

/** Finds the definition of a record or enum that a unit only declares. */
export type FindDefinition = (tag: number, name: string) => Entry | undefined;

/** Reads types from .debug_info, each once, and what each refers to when that is walked to. */
export class TypeReader {
  readonly #dwarf: Dwarf;
  readonly #findDefinition: FindDefinition;
  readonly #known = new Map<number, Type>();

  constructor(dwarf: Dwarf, findDefinition: FindDefinition) {
    this.#dwarf = dwarf;
    this.#findDefinition = findDefinition;
  }

  /** The type that an entry's DW_AT_type names; none is C's void. */
  typeOf(entry: Entry): Type {
    const attribute = entry.attribute(DW_AT.type);
    if (!attribute) return VOID;
    const target = this.#dwarf.entryAt(attribute.reference());
    return target ? this.read(target) : { kind: 'unknown', name: '?' };
  }

  /** The type that an entry describes. */
  read(entry: Entry): Type {
    const known = this.#known.get(entry.offset);
    if (known) return known;
    const type = this.#read(entry);
    this.#known.set(entry.offset, type);
    return type;
  }

  #read(entry: Entry): Type {
    const name = entry.string(DW_AT.name);
    switch (entry.tag) {
      case DW_TAG.base_type:
        return baseType(entry, name ?? '?');
      case DW_TAG.pointer_type:
      case DW_TAG.reference_type:
      case DW_TAG.rvalue_reference_type:
        return new DwarfPointer(entry, this);
      case DW_TAG.const_type:
        return new DwarfQualified('const', entry, this);
      case DW_TAG.volatile_type:
        return new DwarfQualified('volatile', entry, this);
      case DW_TAG.restrict_type:
        return new DwarfQualified('restrict', entry, this);
      case DW_TAG.atomic_type:
        return new DwarfQualified('_Atomic', entry, this);
      case DW_TAG.typedef:
        return new DwarfTypedef(name ?? '?', entry, this);
      case DW_TAG.structure_type:
        return new DwarfRecord('struct', this.#defined(entry, name), this);
      case DW_TAG.union_type:
        return new DwarfRecord('union', this.#defined(entry, name), this);
      case DW_TAG.class_type:
      case DW_TAG.interface_type:
        return new DwarfRecord('class', this.#defined(entry, name), this);
      case DW_TAG.enumeration_type:
        return new DwarfEnum(this.#defined(entry, name), this);
      case DW_TAG.array_type:
        return arrayType(entry, this);
      case DW_TAG.subroutine_type:
      case DW_TAG.subprogram:
        return new DwarfFunctionType(entry, this);
      default:
        return { kind: 'unknown', name: name ?? '?' };
    }
  }

  /** `struct proc;` in one unit means the `struct proc` that another unit, or a type unit, defines. */
  #defined(entry: Entry, name: string | undefined): Entry {
    const separate = this.#dwarf.follow(entry, DW_AT.signature);
    if (separate) return separate;
    if (name === undefined || !entry.flag(DW_AT.declaration)) return entry;
    return this.#findDefinition(entry.tag, name) ?? entry;
  }
}

class DwarfPointer implements PointerType {
  readonly kind = 'pointer';
  readonly byteSize: number;
  readonly #entry: Entry;
  readonly #types: TypeReader;

  constructor(entry: Entry, types: TypeReader) {
    this.byteSize = entry.size(DW_AT.byte_size) ?? 8;
    this.#entry = entry;
    this.#types = types;
  }

  get target(): Type {
    return this.#types.typeOf(this.#entry);
  }
}

class DwarfQualified implements QualifiedType {
  readonly kind = 'qualified';
  readonly qualifier: QualifiedType['qualifier'];
  readonly #entry: Entry;
  readonly #types: TypeReader;

  constructor(qualifier: QualifiedType['qualifier'], entry: Entry, types: TypeReader) {
    this.qualifier = qualifier;
    this.#entry = entry;
    this.#types = types;
  }

  get target(): Type {
    return this.#types.typeOf(this.#entry);
  }
}

class DwarfTypedef implements TypedefType {
  readonly kind = 'typedef';
  readonly name: string;
  readonly #entry: Entry;
  readonly #types: TypeReader;

  constructor(name: string, entry: Entry, types: TypeReader) {
    this.name = name;
    this.#entry = entry;
    this.#types = types;
  }

  get target(): Type {
    return this.#types.typeOf(this.#entry);
  }
}

class DwarfArray implements ArrayType {
  readonly kind = 'array';
  readonly count: number | undefined;
  readonly #entry: Entry;
  readonly #types: TypeReader;

  constructor(count: number | undefined, entry: Entry, types: TypeReader) {
    this.count = count;
    this.#entry = entry;
    this.#types = types;
  }

  get element(): Type {
    return this.#types.typeOf(this.#entry);
  }
}

class DwarfFunctionType implements FunctionType {
  readonly kind = 'function';
  readonly #entry: Entry;
  readonly #types: TypeReader;

  constructor(entry: Entry, types: TypeReader) {
    this.#entry = entry;
    this.#types = types;
  }

  get result(): Type {
    return this.#types.typeOf(this.#entry);
  }

  get parameters(): readonly Type[] {
    const parameters = [...children(this.#entry)].filter(({ tag }) => tag === DW_TAG.formal_parameter);
    return parameters.map((parameter) => this.#types.typeOf(parameter));
  }

  get isVariadic(): boolean {
    return [...children(this.#entry)].some(({ tag }) => tag === DW_TAG.unspecified_parameters);
  }
}

class DwarfRecord implements RecordType {
  readonly kind: RecordType['kind'];
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly isComplete: boolean;
  readonly #entry: Entry;
  readonly #types: TypeReader;
  #members: readonly Member[] | undefined;

  constructor(kind: RecordType['kind'], entry: Entry, types: TypeReader) {
    this.kind = kind;
    this.name = entry.string(DW_AT.name);
    this.byteSize = entry.size(DW_AT.byte_size) ?? 0;
    this.isComplete = !entry.flag(DW_AT.declaration);
    this.#entry = entry;
    this.#types = types;
  }

  get members(): readonly Member[] {
    this.#members ??= [...children(this.#entry)].flatMap(
      (entry) => readMember(entry, (typed) => this.#types.typeOf(typed)) ?? [],
    );
    return this.#members;
  }
}

/** Its base type is looked at late: in a damaged image an enum may be its own base. */
class DwarfEnum implements EnumType {
  readonly kind = 'enum';
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly #entry: Entry;
  readonly #types: TypeReader;
  #enumerators: readonly Enumerator[] | undefined;

  constructor(entry: Entry, types: TypeReader) {
    this.name = entry.string(DW_AT.name);
    this.byteSize = entry.size(DW_AT.byte_size) ?? 4;
    this.#entry = entry;
    this.#types = types;
  }

  get isSigned(): boolean {
    const base = this.#entry.has(DW_AT.type) ? underlying(this.#types.typeOf(this.#entry)) : undefined;
    if (base?.kind === 'base') return base.encoding.startsWith('signed');
    return this.enumerators.some(({ value }) => value < 0n);
  }

  get enumerators(): readonly Enumerator[] {
    this.#enumerators ??= [...children(this.#entry)].flatMap((entry) => readEnumerator(entry) ?? []);
    return this.#enumerators;
  }
}

function baseType(entry: Entry, name: string): Type {
  const byteSize = entry.size(DW_AT.byte_size) ?? 0;
  return {
    kind: 'base',
    name: familiarName(name),
    byteSize,
    encoding: ENCODINGS[entry.size(DW_AT.encoding) ?? 0] ?? 'other',
  };
}

const ENCODINGS: Readonly<Record<number, BaseEncoding>> = {
  [DW_ATE.address]: 'unsigned',
  [DW_ATE.boolean]: 'boolean',
  [DW_ATE.float]: 'float',
  [DW_ATE.signed]: 'signed',
  [DW_ATE.signed_char]: 'signed-character',
  [DW_ATE.unsigned]: 'unsigned',
  [DW_ATE.unsigned_char]: 'unsigned-character',
  [DW_ATE.UTF]: 'unsigned-character',
};

/** One type for each dimension, the last around the elements. */
function arrayType(entry: Entry, types: TypeReader): Type {
  const counts = [...children(entry)].flatMap((child) =>
    child.tag === DW_TAG.subrange_type ? [{ count: subrangeCount(child) }] : [],
  );
  const last = new DwarfArray(counts.pop()?.count, entry, types);
  return counts.reduceRight<Type>((element, { count }) => arrayOf(element, count), last);
}
