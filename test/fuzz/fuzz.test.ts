import assert from 'node:assert/strict';
import { csrsOf } from '../../src/isa/configuration/csrs-of.ts';
import { defaultIsa } from '../../src/isa/configuration/isa.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import type { FuzzCase, Slot } from './case.ts';
import { compareOutcomes, endedCases } from './compare.ts';
import { generateCase } from './generate/case.ts';
import { imageOf } from './image.ts';
import { locate } from './locate.ts';
import { runInStrata } from './machines.ts';
import { stateCsrs } from './repertoire.ts';

const csrs = stateCsrs(csrsOf(defaultIsa).map(({ name }) => name));
const repertoire = {
  extensions: new Set([...allInstructions, ...allCompressed].map(({ extension }) => extension)),
  csrs: new Set(csrs),
  noCsrs: [0x7c0],
  stateCsrs: csrs,
};
const cases = Array.from({ length: 40 }, (_, seed) => generateCase(seed, repertoire));

describe('fuzz', () => {
  it('makes the same case of the same seed', () => {
    assert.deepEqual(generateCase(7, repertoire), cases[7]);
  });

  it('generates every instruction that is described', () => {
    const met = new Set<string>();
    for (let seed = 0; seed < 2500; seed++) {
      for (const { mnemonic } of generateCase(seed, repertoire).slots) met.add(mnemonic);
    }
    const missing = [...allInstructions, ...allCompressed].filter(({ mnemonic }) => !met.has(mnemonic));
    assert.deepEqual(missing, []);
  });

  it('runs cases to their end, alike on both engines', () => {
    const image = imageOf(cases, csrs);
    const [interpreter, reference] = (['interpreter', 'reference'] as const).map((engine) =>
      runInStrata(image, engine, 1_000_000),
    );
    assert.ok(interpreter?.ended && reference?.ended);
    assert.deepEqual([...compareOutcomes(cases, csrs, interpreter, reference)], []);
    const traps = endedCases(cases, csrs, interpreter).reduce((sum, log) => sum + log.traps.length, 0);
    assert.ok(traps > 100, `${traps} traps`);
  });

  it('finds the instruction at which two machines part', async () => {
    const [fuzzCase] = cases;
    assert.ok(fuzzCase);
    // A machine that adds where the other subtracts.
    const add: Slot = { word: 0x00d6_0533, length: 4, mnemonic: 'add', extension: 'I' };
    const sub: Slot = { word: 0x40d6_0533, length: 4, mnemonic: 'sub', extension: 'I' };
    const nop: Slot = { word: 0x13, length: 4, mnemonic: 'addi', extension: 'I' };
    const slots = (middle: Slot): readonly Slot[] => [nop, nop, nop, middle, nop, nop];
    const machine = { ...generateCase(0, repertoire), mode: 'M' as const, slots: slots(add) };
    const [located] = await locate([machine], (variants) => {
      const others = variants.map((each): FuzzCase => ({ ...each, slots: slots(sub) }));
      const [ours, theirs] = [variants, others].map((each) =>
        runInStrata(imageOf(each, csrs), 'interpreter', 1_000_000),
      );
      assert.ok(ours && theirs);
      return Promise.resolve(compareOutcomes(variants, csrs, ours, theirs));
    });
    assert.equal(located?.culprit?.mnemonic, 'add');
    assert.equal(located.fuzzCase.limit, 4);
  });
});
