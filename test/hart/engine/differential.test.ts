import assert from 'node:assert/strict';
import { exceptionCode } from '../../../src/hart/trap.ts';
import { defaultIsa, isaOf } from '../../../src/isa/configuration/isa.ts';
import { compareEngines } from './differential/differential.ts';

const compressed: ReadonlySet<string> = new Set(['C', 'Zca', 'Zcb', 'Zcd', 'Zcmop']);
const withoutC = isaOf(defaultIsa.names.filter((name) => !compressed.has(name)));

for (const engine of ['interpreter', 'translator'] as const)
  describe(`hart, the ${engine} against the reference evaluator`, () => {
    it('has the same state after every stop of generated programs', () => {
      const coverage = compareEngines({ seed: 1, steps: 50_000, engine });
      assert.ok(coverage.traps > 100 && coverage.breakpoints > 5 && coverage.trapCodes.size > 8);
      assert.ok(coverage.interrupts > 10);
      assert.ok(engine === 'interpreter' || coverage.dropped > 100);
    });

    it('accesses watched memory in the same instructions, which are the last of their runs', () => {
      const coverage = compareEngines({ seed: 4, steps: 20_000, engine, watches: 10 });
      assert.ok(coverage.touches > 50 && coverage.walkTouches > 0);
      assert.ok(engine === 'interpreter' || coverage.translated > 100);
    });

    it('has so on a machine without C, where jumps to what is not aligned trap', () => {
      const coverage = compareEngines({ seed: 1, steps: 20_000, engine, isa: withoutC });
      assert.ok(coverage.traps > 100 && coverage.breakpoints > 0 && coverage.trapCodes.size > 5);
      assert.ok(coverage.trapCodes.has(exceptionCode.instructionAddressMisaligned));
    });
  });
