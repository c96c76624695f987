import assert from 'node:assert/strict';
import fc from 'fast-check';
import { machineMode, supervisorMode, userMode, virtualSupervisorMode } from '../../../src/hart/hart-mode.ts';
import { HartRegimes } from '../../../src/hart/translation/hart-regimes.ts';
import { accessRegime, fetchRegime } from '../../../src/hart/translation/regime.ts';
import { TestMachine } from '../fixture.ts';

const sources = ['mstatus', 'vsstatus', 'hstatus', 'satp', 'vsatp', 'hgatp', 'menvcfg', 'henvcfg'] as const;
const modes = [machineMode, supervisorMode, userMode, virtualSupervisorMode];

describe('hart/translation/hart-regimes', () => {
  const { state } = new TestMachine();
  const regimes = new HartRegimes(state);

  it('say what the registers say, whichever of them changes, and are the same object as long as none does', () => {
    const bit = fc.record({
      source: fc.constantFrom(...sources),
      bit: fc.bigInt({ min: 0n, max: 63n }),
      mode: fc.constantFrom(...modes),
    });
    fc.assert(
      fc.property(fc.array(bit, { maxLength: 40 }), (flips) => {
        for (const { source, bit: at, mode } of flips) {
          state.setCsr(source, state.getCsr(source) ^ (1n << at));
          state.mode = mode;
          assert.deepEqual(regimes.fetch(), fetchRegime(state));
          assert.deepEqual(regimes.access('normal'), accessRegime(state, 'normal'));
          assert.deepEqual(regimes.access('hypervisor'), accessRegime(state, 'hypervisor'));
          assert.equal(regimes.fetch(), regimes.fetch());
        }
      }),
      { numRuns: 30 },
    );
  });
});
