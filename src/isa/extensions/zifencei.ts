import { describing } from '../description.ts';
import { iType } from '../formats.ts';
import { operation } from '../semantics.ts';

const instruction = describing('Zifencei');

/** Unpriv. Zifencei: a base implementation ignores imm, rs1 and rd, which finer-grained fences may use one day. */
export const fenceI = instruction({
  mnemonic: 'fence.i',
  encoding: iType('............ ..... 001 ..... 0001111'),
  syntax: '',
  summary: 'Makes earlier stores visible to the instruction fetches of this hart.',
  semantics: () => [operation('fence.i')],
});
