import assert from 'node:assert/strict';
import { csrsOf } from '../../src/isa/configuration/csrs-of.ts';
import { defaultIsa } from '../../src/isa/configuration/isa.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import type { FuzzCase, Slot } from './case.ts';
import { compareLogs, logsOf, type Mismatch } from './compare.ts';
import { generateCase } from './generate/case.ts';
import { imageOf } from './image.ts';
import { locate } from './locate.ts';
import { stateCsrs } from './repertoire.ts';
import { Strata, type StrataEngine } from './strata.ts';

const csrs = stateCsrs(csrsOf(defaultIsa).map(({ name }) => name));
const repertoire = {
  extensions: new Set([...allInstructions, ...allCompressed].map(({ extension }) => extension)),
  csrs: new Set(csrs),
  noCsrs: [0x7c0],
  stateCsrs: csrs,
};
const cases = Array.from({ length: 24 }, (_, seed) => generateCase(seed, repertoire));

const strata = new Strata(defaultIsa);

const logs = (of: readonly FuzzCase[], engine: StrataEngine): ReturnType<typeof logsOf> =>
  logsOf(of, csrs, strata.run(imageOf(of, csrs), engine));

const differences = (of: readonly FuzzCase[], others: readonly FuzzCase[]): ReadonlyMap<number, Mismatch> =>
  compareLogs(of, csrs, logs(of, 'interpreter'), logs(others, 'interpreter')).mismatches;

describe('fuzz', function () {
  this.timeout(60_000);

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
    const [interpreter, reference] = (['interpreter', 'reference'] as const).map((engine) =>
      logs(cases, engine),
    );
    assert.ok(interpreter && reference);
    const compared = compareLogs(cases, csrs, interpreter, reference);
    assert.deepEqual(compared, { mismatches: new Map(), compared: cases.length, endless: false });
    const traps = interpreter.reduce((sum, log) => sum + log.traps.length, 0);
    assert.ok(traps > 60, `${traps} traps`);
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
      return Promise.resolve(differences(variants, others));
    });
    assert.equal(located?.culprit?.mnemonic, 'add');
    assert.equal(located.fuzzCase.limit, 4);
  });
});
