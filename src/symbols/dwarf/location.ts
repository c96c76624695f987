/** Where a value is, or that it is not (DWARF 2.6.1). */
export type Location =
  | { readonly kind: 'address'; readonly address: bigint }
  /** DWARF's number: x0 to x31 are 0 to 31, f0 to f31 are 32 to 63. */
  | { readonly kind: 'register'; readonly register: number }
  /** Nowhere: this is the value itself. */
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** In parts, from the lowest byte on. */
  | { readonly kind: 'pieces'; readonly pieces: readonly LocationPiece[] }
  /** `reason` is for people: "optimized out" and the like. */
  | { readonly kind: 'unavailable'; readonly reason: string };

/** A part of a value, and where that is. */
export interface LocationPiece {
  readonly bitSize: number;
  /** Bits to leave out at the low end of what the location holds. */
  readonly bitOffset: number;
  readonly location: Location;
}

/** Bytes of memory as the program sees them; `undefined` where some cannot be read. */
export type ReadMemory = (address: bigint, length: number) => Uint8Array | undefined;

/** The machine as an expression sees it, in one frame. */
export interface ExpressionContext {
  /** How much farther up the image lies than it was linked: added to the addresses that an expression names. */
  readonly slide?: bigint;
  readonly register: (register: number) => bigint | undefined;
  readonly readMemory: ReadMemory;
  /** DW_AT_frame_base of the function. */
  readonly frameBase: () => bigint | undefined;
  /** The canonical frame address: the caller's stack pointer. */
  readonly cfa: () => bigint | undefined;
  /** An address by its index in .debug_addr. */
  readonly indexedAddress: (index: number) => bigint | undefined;
  /** The base type that an operation of DWARF 5 names by its offset in the unit; 0 is the generic type. */
  readonly baseType: (offset: number) => OperandType | undefined;
}

/** As much of a base type as operations on its values ask for. */
export interface OperandType {
  readonly byteSize: number;
  readonly isSigned: boolean;
  readonly isFloat: boolean;
}

/** There is no such value at this place of the code. */
export const OPTIMIZED_OUT: Location = { kind: 'unavailable', reason: 'optimized out' };

/** A location that cannot be told, and why, for people. */
export function unavailable(reason: string): Location {
  return { kind: 'unavailable', reason };
}
