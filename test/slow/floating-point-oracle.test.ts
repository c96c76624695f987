import assert from 'node:assert/strict';
import { compareWithQemu } from '../hart/floating-point/oracle/oracle.ts';
import { missingQemu } from '../guests/qemu.ts';

/** Operands of each instruction and rounding mode; `FLOAT_SEED` and `FLOAT_ROUNDS` choose others, and how many. */
const count = 2100;
const firstSeed = Number(process.env['FLOAT_SEED'] ?? 1);
const rounds = Number(process.env['FLOAT_ROUNDS'] ?? 4);

describe('slow: hart/floating-point, compared with QEMU', function () {
  this.timeout(0);

  before(function () {
    const reason = missingQemu();
    if (reason === undefined) return;
    console.warn(`        skipped: ${reason}`);
    this.skip();
  });

  for (const fcsr of [0, 1] as const)
    it(`has the results and flags of every instruction in every rounding mode; NX is ${fcsr} before`, () => {
      let operations = 0;
      for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
        const engine = seed % 2 === 0 ? 'interpreter' : 'translator';
        const result = compareWithQemu({ seed, count, fcsr, engine });
        operations += result.operations;
        assert.deepEqual(result.differences, []);
      }
      console.log(`      ${operations} operations`);
    });
});
