import { explainCsr } from '../isa/explain-csr.ts';
import { explainMnemonic } from '../isa/explain.ts';
import { registerName, registerNumber, registerRoles } from '../isa/registers.ts';

/** Markdown about a word of an assembly text: an instruction, a CSR or a register. */
export function explainWord(word: string, isMnemonic: boolean): string | undefined {
  if (isMnemonic) return explainMnemonic(word);
  const csr = explainCsr(word.toLowerCase());
  if (csr !== undefined) return csr;
  const register = registerNumber(word.toLowerCase());
  if (register === undefined) return undefined;
  return `**${registerName(register)}** (x${register}): ${registerRoles[register] ?? ''}`;
}
