import { assert } from '../common/errors.ts';
import { parseBits } from './formats.ts';
import type { Encoding, OperandField, OperandName, Slice } from './instruction.ts';

/**
 * The encoding of a 16-bit instruction in the notation of the manual's tables (Unpriv. C), most significant bit
 * first: bits; `rd`, `rs1`, `rs2` of five bits, or with a prime of three (x8 to x15); `rd/rs1` for both in one;
 * `imm[5:3|2]` for these bits of a signed immediate, `uimm[…]` of an unsigned one.
 */
export function compressedType(pattern: string): Encoding {
  const fields = new Map<OperandName, { signed: boolean; bias: number; slices: Slice[] }>();
  let top = 15;
  const bits = pattern.split(' ').map((token) => {
    const piece = parse(token, top);
    top -= piece.width;
    for (const name of piece.names) {
      const field = fields.get(name);
      if (field) field.slices.push(...piece.slices);
      else fields.set(name, { signed: piece.signed, bias: piece.bias, slices: [...piece.slices] });
    }
    return piece.names.length === 0 ? token : '.'.repeat(piece.width);
  });
  assert(top === -1, `not 16 bits: ${pattern}`);
  const operands: readonly OperandField[] = [...fields].map(([name, field]) => ({ name, ...field }));
  return { ...parseBits(bits.join(' ')), pattern, fields: operands };
}

interface Piece {
  readonly names: readonly OperandName[];
  readonly signed: boolean;
  readonly bias: number;
  readonly width: number;
  readonly slices: readonly Slice[];
}

function parse(token: string, top: number): Piece {
  if (/^[01]+$/.test(token)) return { names: [], signed: false, bias: 0, width: token.length, slices: [] };
  const [, sign, places] = /^(u?)imm\[(.*)\]$/.exec(token) ?? [];
  if (places !== undefined) {
    const slices = immediateSlices(places, top);
    const width = slices.reduce((sum, { high, low }) => sum + high - low + 1, 0);
    return { names: ['imm'], signed: sign === '', bias: 0, width, slices };
  }
  const [, first, both, second, prime] = /^(rd|rs1|rs2)(\/(rs1))?(')?$/.exec(token) ?? [];
  assert(first !== undefined, `not an operand: ${token}`);
  const width = prime === undefined ? 5 : 3;
  return {
    names: [first, ...(both === undefined ? [] : [second])] as OperandName[],
    signed: false,
    bias: prime === undefined ? 0 : 8,
    width,
    slices: [{ high: top, low: top - width + 1, at: 0 }],
  };
}

function immediateSlices(places: string, top: number): readonly Slice[] {
  let next = top;
  return places.split('|').map((range) => {
    const [from, to = from] = range.split(':').map(Number);
    assert(from !== undefined && to !== undefined, `not a range of bits: ${range}`);
    const high = next;
    next -= from - to + 1;
    return { high, low: next + 1, at: to };
  });
}
