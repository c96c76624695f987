import { describing } from '../description.ts';
import { rType } from '../formats.ts';

const instruction = describing('Zawrs');

/**
 * Unpriv. Zawrs: an implementation may end the stall for any reason. Here it ends at once, so that mstatus.TW and
 * hstatus.VTW, which are about stalls beyond a limit, have nothing to say.
 */
export const wrsNto = instruction({
  mnemonic: 'wrs.nto',
  encoding: rType('0000000 01101 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Waits for a store to what LR reserved; here, no time.',
  semantics: () => [],
});

export const wrsSto = instruction({
  mnemonic: 'wrs.sto',
  encoding: rType('0000000 11101 00000 000 00000 1110011'),
  syntax: '',
  summary: 'Waits a short time for a store to what LR reserved; here, no time.',
  semantics: () => [],
});
