import type { Csr } from '../../isa/csr.ts';
import type { ReadBytes } from '../../symbols/location-bytes.ts';
import type { Type } from '../../symbols/types.ts';

/** What an expression comes to, or a part of one. */
export type Value = TypedValue | TextValue | FactsValue | ListValue | NoneValue;

/** A value of a C type, somewhere or computed. */
export interface TypedValue {
  readonly kind: 'typed';
  readonly type: Type;
  readonly place: Place;
  /** The value is these bits of the bytes at the place; `bitOffset` counts from the lowest bit of the first. */
  readonly bits?: { readonly bitOffset: number; readonly bitSize: number };
  /** Of a pointer or an address: the space it leads into, where that is not the one that the frame's code sees. */
  readonly space?: Space;
  /** A number that people read in hexadecimal: a register, an address. */
  readonly notation?: 'hexadecimal';
  /** Of a function: its name. */
  readonly label?: string;
  /** Its fields are its members. */
  readonly csr?: Csr;
}

/** A string literal, or a name such as that of an exit's reason. */
export interface TextValue {
  readonly kind: 'text';
  readonly text: string;
}

/** What is known of an event: `exit`, `exit.hypercall`. */
export interface FactsValue {
  readonly kind: 'facts';
  /** In one line. */
  readonly title: () => string;
  readonly names: readonly string[];
  /** A fact by its name; `undefined` where there is none of that name. */
  readonly get: (name: string) => Value | undefined;
}

/** Several values that are one fact: the arguments of a hypercall. */
export interface ListValue {
  readonly kind: 'list';
  readonly items: readonly Value[];
}

/** A fact that this event does not have: no address, no device. It equals nothing but itself, and is false. */
export interface NoneValue {
  readonly kind: 'none';
}

/** The one value of its kind. */
export const NONE: NoneValue = { kind: 'none' };

/** Memory that addresses mean something in: of a process, of a guest, of the machine. */
export interface Space {
  /** Fewer bytes than asked where not all is mapped. Without any effect. */
  readonly read: (address: bigint, length: number) => Uint8Array;
  /** How many bytes were written. */
  readonly write: (address: bigint, bytes: Uint8Array) => number;
  /** Text of the memory reference of an address. */
  readonly reference: (address: bigint) => string;
}

/** Where a value is. */
export interface Place {
  /** Bytes from `offset` on, counted from the place's first byte; all of them, or why not. */
  readonly read: (offset: number, length: number) => ReadBytes;
  /** Missing where nothing can be written. Answers why it could not. */
  readonly write?: (offset: number, bytes: Uint8Array) => string | undefined;
  /** Set where it lies in memory. */
  readonly memory?: { readonly space: Space; readonly address: bigint };
}

/** Leaves the evaluation of an expression with one clear sentence; never leaves the evaluator. */
export class ExpressionFault extends Error {
  /** 0-based; set by the innermost part of the expression that the fault passes through. */
  column: number | undefined;

  constructor(message: string, column?: number) {
    super(message);
    this.column = column;
  }
}
