import { assert } from '../common/errors.ts';
import type { Encoding, OperandField, OperandName, Slice } from './instruction.ts';

/** An encoding whose operand names the compiler knows, so that semantics can name no other. */
export interface EncodingWith<Name extends OperandName> extends Encoding {
  readonly fields: readonly (OperandField & { readonly name: Name })[];
}

const rd = register('rd', 11, 7);
const rs1 = register('rs1', 19, 15);
const rs2 = register('rs2', 24, 20);

/**
 * The 32-bit formats (Unpriv. RV32I, base instruction formats). Each takes the instruction's bits, most significant first: `0`, `1`, `.`
 * for an open bit, and spaces for the reader. An operand whose place the pattern fills with 0 and 1 does not exist.
 */
export const rType = format(rd, rs1, rs2);
export const iType = format(rd, rs1, signed('imm', [31, 20, 0]));
/** Shifts by a constant: as many bits of shamt as the pattern leaves open in 25:20. */
export const shiftType = format(rd, rs1, unsigned('imm', [25, 20, 0]));
export const sType = format(rs1, rs2, signed('imm', [31, 25, 5], [11, 7, 0]));
export const bType = format(rs1, rs2, signed('imm', [31, 31, 12], [7, 7, 11], [30, 25, 5], [11, 8, 1]));
export const uType = format(rd, signed('imm', [31, 12, 12]));
export const jType = format(rd, signed('imm', [31, 31, 20], [19, 12, 12], [20, 20, 11], [30, 21, 1]));
export const amoType = format(rd, rs1, rs2, unsigned('aq', [26, 26, 0]), unsigned('rl', [25, 25, 0]));
export const csrType = format(rd, rs1, unsigned('csr', [31, 20, 0]));
export const csrImmediateType = format(rd, unsigned('zimm', [19, 15, 0]), unsigned('csr', [31, 20, 0]));
/** Floating point that rounds; `fusedType` has a third source. */
export const floatType = format(rd, rs1, rs2, unsigned('rm', [14, 12, 0]));
/** A constant of Zfa. */
export const floatImmediateType = format(rd, unsigned('zimm', [19, 15, 0]));
export const fusedType = format(rd, rs1, rs2, unsigned('rs3', [31, 27, 0]), unsigned('rm', [14, 12, 0]));
export const fenceType = format(
  rd,
  rs1,
  unsigned('fm', [31, 28, 0]),
  unsigned('pred', [27, 24, 0]),
  unsigned('succ', [23, 20, 0]),
);

type Field<Name extends OperandName> = OperandField & { readonly name: Name };

function format<Name extends OperandName>(...fields: Field<Name>[]): (pattern: string) => EncodingWith<Name> {
  return (pattern) => {
    const { match, mask, length } = parseBits(pattern);
    assert(length === 4, `a 32-bit format needs 32 bits: ${pattern}`);
    const open = fields.flatMap((field) => {
      const slices = field.slices.flatMap((slice) => openPart(slice, mask));
      return slices.length === 0 ? [] : [{ ...field, slices }];
    });
    return { pattern, length, match, mask, fields: open };
  };
}

/** Reads `0`, `1` and `.`; the number of bits gives the length. */
export function parseBits(pattern: string): { match: number; mask: number; length: 2 | 4 } {
  const bits = pattern.replaceAll(' ', '');
  assert(/^[01.]*$/.test(bits) && (bits.length === 16 || bits.length === 32), `not an encoding: ${pattern}`);
  return {
    match: Number.parseInt(bits.replaceAll('.', '0'), 2),
    mask: Number.parseInt(bits.replaceAll('0', '1').replaceAll('.', '0'), 2),
    length: bits.length === 16 ? 2 : 4,
  };
}

/** What the pattern leaves open of a slice: its low part, or nothing. */
function openPart(slice: Slice, mask: number): readonly Slice[] {
  let high = slice.high;
  while (high >= slice.low && (mask >>> high) & 1) high--;
  for (let bit = slice.low; bit <= high; bit++) {
    assert(((mask >>> bit) & 1) === 0, `operand bits ${slice.high}:${slice.low} are partly fixed`);
  }
  return high < slice.low ? [] : [{ ...slice, high }];
}

type Place = readonly [high: number, low: number, at: number];

function register<Name extends OperandName>(name: Name, high: number, low: number): Field<Name> {
  return unsigned(name, [high, low, 0]);
}

function signed<Name extends OperandName>(name: Name, ...places: Place[]): Field<Name> {
  return { name, signed: true, bias: 0, slices: places.map(([high, low, at]) => ({ high, low, at })) };
}

function unsigned<Name extends OperandName>(name: Name, ...places: Place[]): Field<Name> {
  return { ...signed(name, ...places), signed: false };
}
