import type { DecodedInstruction } from '../isa/instruction.ts';

const opcode = { load: 0x03, loadFloat: 0x07, store: 0x23, storeFloat: 0x27 } as const;

/**
 * What htinst or mtinst tells of a load, store, atomic or HLV/HSV instruction that trapped (Priv. 18.6.3).
 * `offset` is how far into a misaligned access the fault was, in bytes.
 */
export function transformedInstruction(decoded: DecodedInstruction, offset: number): bigint {
  const { instruction, compressed, rd, rs2, word } = decoded;
  const { match } = instruction.encoding;
  switch (match & 0x7f) {
    case opcode.load:
    case opcode.loadFloat:
      return pattern(match | (rd << 7) | (offset << 15), compressed !== undefined);
    case opcode.store:
    case opcode.storeFloat:
      return pattern(match | (rs2 << 20) | (offset << 15), compressed !== undefined);
    default:
      // The others have no compressed form, and keep all but rs1.
      return pattern((word & ~(0x1f << 15)) | (offset << 15), false);
  }
}

/** The pseudoinstruction for an access of the page walk itself, to a VS-stage entry of 64 bits. */
export function walkPseudoinstruction(access: 'read' | 'write'): bigint {
  return access === 'read' ? 0x3000n : 0x3020n;
}

function pattern(word: number, compressed: boolean): bigint {
  return BigInt((compressed ? word & ~2 : word) >>> 0);
}
