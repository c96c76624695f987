import assert from 'node:assert/strict';
import { compareFloats, nativeFloats } from '../hart/engine/differential/floats.ts';

/** Of each instruction, for each engine. */
const count = 60_000;

for (const engine of ['interpreter', 'translator'] as const)
  describe(`slow: hart, floating point of the ${engine} against the exact path`, () => {
    for (const instruction of nativeFloats.filter(({ mnemonic }) => /^fn?m(add|sub)/.test(mnemonic)))
      it(`gives the bits of ${instruction.mnemonic}, ties and cancellation included`, () => {
        assert.deepEqual(compareFloats({ instruction, engine, seed: 3, count, fcsr: 1n }), []);
      });
  });
