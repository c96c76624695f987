import type { DecodedInstruction } from '../../isa/instruction.ts';
import type { CodeWriter } from '../engine/wasm/code-writer.ts';

/**
 * How two shifts make what wasm has one instruction for: an extension of the low bits of `rs1` of the first one, which
 * is on the stack. `undefined` where they do not, or what the first one gives is still there after the second.
 */
export function extensionBy(
  first: DecodedInstruction,
  second: DecodedInstruction,
): ((code: CodeWriter) => void) | undefined {
  const isPair =
    first.instruction.mnemonic === 'slli' &&
    second.rd === first.rd &&
    second.rs1 === first.rd &&
    second.imm === first.imm &&
    first.rd !== 0;
  if (!isPair) return undefined;
  const bits = 64 - first.imm;
  switch (second.instruction.mnemonic) {
    case 'srli':
      if (bits === 32) {
        return (code) => {
          code.plain('i32.wrap_i64');
          code.plain('i64.extend_i32_u');
        };
      }
      if (bits > 32) return undefined;
      return (code) => {
        code.i64((1n << BigInt(bits)) - 1n);
        code.plain('i64.and');
      };
    case 'srai':
      if (bits === 8) return (code) => code.plain('i64.extend8_s');
      if (bits === 16) return (code) => code.plain('i64.extend16_s');
      if (bits === 32) return (code) => code.plain('i64.extend32_s');
      return undefined;
    default:
      return undefined;
  }
}
