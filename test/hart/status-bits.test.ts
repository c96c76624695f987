import assert from 'node:assert/strict';
import { fieldMask } from '../../src/isa/csr.ts';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { hstatusLow, mstatusHigh, mstatusLow, sstatusLow } from '../../src/hart/status-bits.ts';

describe('hart/status-bits', () => {
  const halves = [
    ['sstatus', sstatusLow, 0n],
    ['vsstatus', sstatusLow, 0n],
    ['mstatus', mstatusLow, 0n],
    ['mstatus', mstatusHigh, 32n],
    ['hstatus', hstatusLow, 0n],
  ] as const;
  for (const [name, masks, shift] of halves) {
    it(`agrees with the description of ${name} from bit ${shift} on`, () => {
      for (const [field, mask] of Object.entries(masks)) {
        const described = csrByName.get(name)?.fields.find((candidate) => candidate.name === field);
        assert.ok(described, `${name}.${field} is described`);
        assert.equal(fieldMask(described), BigInt(mask) << shift, field);
      }
    });
  }
});
