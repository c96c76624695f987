import { parseBits } from '../formats.ts';

/**
 * Special cases of compressed instructions that the manual reserves (Unpriv. C, RVC instruction set listings), so that they are illegal
 * here. HINTs need no entry: as their base instruction writes x0, they do nothing.
 */
export const reservedEncodings = [
  { reason: 'c.addi4spn with imm = 0; all zeros is illegal for ever', pattern: '000 00000000 ... 00' },
  { reason: 'c.addiw with rd = x0', pattern: '001 . 00000 ..... 01' },
  { reason: 'c.addi16sp with imm = 0', pattern: '011 0 00010 00000 01' },
  { reason: 'c.lui with imm = 0', pattern: '011 0 ..... 00000 01' },
  { reason: 'c.lwsp with rd = x0', pattern: '010 . 00000 ..... 10' },
  { reason: 'c.ldsp with rd = x0', pattern: '011 . 00000 ..... 10' },
  { reason: 'c.jr with rs1 = x0', pattern: '1000 00000 00000 10' },
].map(({ reason, pattern }) => ({ reason, encoding: { pattern, fields: [], ...parseBits(pattern) } }));
