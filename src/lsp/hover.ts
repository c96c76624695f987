import { explainCsr } from '../isa/explain-csr.ts';
import { explainMnemonic } from '../isa/explain.ts';
import {
  floatRegisterName,
  floatRegisterNumber,
  floatRegisterRole,
  registerName,
  registerNumber,
  registerRoles,
} from '../isa/registers.ts';
import { roundingModes } from '../isa/rounding-modes.ts';

/** Markdown about a word of an assembly text: an instruction, a CSR or a register. */
export function explainWord(word: string, isMnemonic: boolean): string | undefined {
  if (isMnemonic) return explainMnemonic(word);
  const csr = explainCsr(word.toLowerCase());
  if (csr !== undefined) return csr;
  const rounding = roundingModes[word.toLowerCase()];
  if (rounding !== undefined) return `**${word.toLowerCase()}** · rounding mode: ${rounding}`;
  const float = floatRegisterNumber(word.toLowerCase());
  if (float !== undefined) return `**${floatRegisterName(float)}** (f${float}): ${floatRegisterRole(float)}`;
  const register = registerNumber(word.toLowerCase());
  if (register === undefined) return undefined;
  return `**${registerName(register)}** (x${register}): ${registerRoles[register] ?? ''}`;
}
