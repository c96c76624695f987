import assert from 'node:assert/strict';
import { compareFloats, nativeFloats } from './differential/floats.ts';

describe('hart/engine, floating point in wasm against the exact path', () => {
  for (const instruction of nativeFloats) {
    it(`gives the bits and flags of ${instruction.mnemonic}`, () => {
      for (const engine of ['interpreter', 'translator'] as const) {
        assert.deepEqual(compareFloats({ instruction, engine, seed: 1, count: 400, fcsr: 1n }), []);
        assert.deepEqual(compareFloats({ instruction, engine, seed: 2, count: 100, fcsr: 0n }), []);
      }
    });
  }
});
