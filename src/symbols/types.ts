/**
 * C types, as a tree that an expression evaluator walks. A tree read from debug information is built as it is
 * walked, and may be circular (`struct list { struct list *next; }`): compare types by {@link typeName} or by
 * structure, never by walking all of one.
 */
export type Type =
  | BaseType
  | PointerType
  | ArrayType
  | RecordType
  | EnumType
  | TypedefType
  | QualifiedType
  | FunctionType
  | VoidType
  | UnknownType;

/** A number, a character or a truth value: what the language has by itself. */
export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  readonly byteSize: number;
  readonly encoding: BaseEncoding;
}

/** `character` is a char of either sign, shown as such; `other` has bytes that nobody here can read as a number. */
export type BaseEncoding =
  'signed' | 'unsigned' | 'signed-character' | 'unsigned-character' | 'boolean' | 'float' | 'other';

/** The address of something; a reference of C++ likewise. */
export interface PointerType {
  readonly kind: 'pointer';
  readonly byteSize: number;
  readonly target: Type;
}

/** Elements one after the other; of several dimensions, an array of arrays. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
  /** `undefined` where only the running program knows: `int a[]`, or a variable length. */
  readonly count: number | undefined;
}

/** A struct, a union or a class. */
export interface RecordType {
  readonly kind: 'struct' | 'union' | 'class';
  /** `undefined` for an anonymous one. */
  readonly name: string | undefined;
  readonly byteSize: number;
  /** False when no unit of the image defines it; it has no members then. */
  readonly isComplete: boolean;
  readonly members: readonly Member[];
}

/** A part of a record. */
export interface Member {
  /** `undefined` for an anonymous struct or union, whose members count as the record's own; also a base class. */
  readonly name: string | undefined;
  readonly type: Type;
  /** Of the first byte that holds part of it. */
  readonly byteOffset: number;
  /** `bitOffset` counts from the lowest bit of the byte at `byteOffset`; it is less than 8. */
  readonly bitField: { readonly bitOffset: number; readonly bitSize: number } | undefined;
}

/** A number whose values have names. */
export interface EnumType {
  readonly kind: 'enum';
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly isSigned: boolean;
  readonly enumerators: readonly Enumerator[];
}

/** One of these names. */
export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** Another name for a type. */
export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: Type;
}

/** A type with a qualifier, which changes nothing about its bytes. */
export interface QualifiedType {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | '_Atomic';
  readonly target: Type;
}

/** Code, by what it takes and gives. */
export interface FunctionType {
  readonly kind: 'function';
  readonly result: Type;
  readonly parameters: readonly Type[];
  readonly isVariadic: boolean;
}

/** No value at all; what a `void *` points to. */
export interface VoidType {
  readonly kind: 'void';
}

/** Of which nothing is known but, perhaps, a name. */
export interface UnknownType {
  readonly kind: 'unknown';
  readonly name: string;
}

/** The one type of its kind. */
export const VOID: VoidType = { kind: 'void' };

/** Nesting beyond what anybody writes: damage, or a type that contains itself. */
const DEEPEST = 64;

/** What a type is once typedefs and qualifiers are taken off. */
export function underlying(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let current = type;
  for (let left = DEEPEST; left > 0; left--) {
    if (current.kind !== 'typedef' && current.kind !== 'qualified') return current;
    current = current.target;
  }
  return { kind: 'unknown', name: 'a type that is defined by itself' };
}

/** `sizeof`; `undefined` for what has no size: void, functions, incomplete records, arrays without a count. */
export function sizeOf(type: Type): number | undefined {
  let factor = 1;
  let current = underlying(type);
  for (let left = DEEPEST; left > 0; left--) {
    switch (current.kind) {
      case 'base':
      case 'pointer':
      case 'enum':
        return factor * current.byteSize;
      case 'struct':
      case 'union':
      case 'class':
        return current.isComplete ? factor * current.byteSize : undefined;
      case 'array':
        if (current.count === undefined) return undefined;
        factor *= current.count;
        current = underlying(current.element);
        break;
      case 'function':
      case 'void':
      case 'unknown':
        return undefined;
    }
  }
  return undefined;
}

/** `T *`, on RV64. */
export function pointerTo(target: Type): PointerType {
  return { kind: 'pointer', byteSize: 8, target };
}

/** `T [count]`. */
export function arrayOf(element: Type, count: number | undefined): ArrayType {
  return { kind: 'array', element, count };
}

/** A member and where it lies in the record that was searched. */
export interface FoundMember {
  readonly member: Member;
  /** Of the member's first byte, from the beginning of the record that was searched. */
  readonly byteOffset: number;
}

/** A member by name, also one that an anonymous struct or union holds, as C looks it up. */
export function findMember(record: RecordType, name: string): FoundMember | undefined {
  return findMemberWithin(record, name, DEEPEST);
}

function findMemberWithin(record: RecordType, name: string, left: number): FoundMember | undefined {
  for (const member of record.members) {
    if (member.name === name) return { member, byteOffset: member.byteOffset };
  }
  for (const { name: own, type, byteOffset } of record.members) {
    const inner = own === undefined && left > 0 ? underlying(type) : undefined;
    if (inner?.kind !== 'struct' && inner?.kind !== 'union' && inner?.kind !== 'class') continue;
    const found = findMemberWithin(inner, name, left - 1);
    if (found) return { ...found, byteOffset: byteOffset + found.byteOffset };
  }
  return undefined;
}
