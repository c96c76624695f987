import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadRegisters, switchedCsrs, unloadRegisters } from '../../src/vmm/switched-registers.ts';
import { TestMachine } from '../hart/fixture.ts';

const register = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const registers = fc.record({
  written: fc.array(register, { minLength: switchedCsrs.length, maxLength: switchedCsrs.length }),
  others: fc.record({ mstatus: register, mie: register, hideleg: register }),
});

/** A hart whose registers were written as software in M mode would. */
function machineWith({
  written,
  others,
}: {
  written: bigint[];
  others: Record<string, bigint>;
}): TestMachine {
  const machine = new TestMachine();
  for (const [name, value] of Object.entries(others)) machine.setCsr(name, value);
  for (const [index, name] of switchedCsrs.entries()) machine.setCsr(name, written[index] ?? 0n);
  return machine;
}

describe('vmm/switched-registers', () => {
  it('takes out of the hart what reading each CSR gives', () => {
    fc.assert(
      fc.property(registers, (drawn) => {
        const machine = machineWith(drawn);
        const values = new BigUint64Array(switchedCsrs.length);
        unloadRegisters(machine.state, new Uint32Array(values.buffer));
        assert.deepEqual(
          [...values],
          switchedCsrs.map((name) => machine.csr(name)),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('tells the hart, whose timers and translation go by what was put into it', () => {
    const { state } = new TestMachine();
    const told: bigint[] = [];
    const values = new BigUint64Array(switchedCsrs.length);
    values[switchedCsrs.indexOf('vsie')] = 1n << 5n;
    values[switchedCsrs.indexOf('vstimecmp')] = 7n;
    state.setCsr('hideleg', 1n << 6n);
    const loaded = (): void => void told.push(state.getCsr('vstimecmp'), state.getCsr('mie'));
    loadRegisters(state, { loaded }, new Uint32Array(values.buffer));
    assert.deepEqual(told, [7n, 1n << 6n], 'once, when all is there');
  });

  it('puts into the hart what writing each CSR does, and leaves the rest of mstatus and mie alone', () => {
    fc.assert(
      fc.property(registers, registers, register, (drawn, next, status) => {
        const values = new BigUint64Array(switchedCsrs.length);
        const from = machineWith({ ...next, others: { ...next.others, hideleg: drawn.others.hideleg } });
        unloadRegisters(from.state, new Uint32Array(values.buffer));
        // A person may change the registers of a vCPU that has not the hart, and write there what is not legal.
        values[switchedCsrs.indexOf('sstatus')] = status;
        const [loaded, poked] = [machineWith(drawn), machineWith(drawn)];
        loadRegisters(loaded.state, loaded.hart.csrs, new Uint32Array(values.buffer));
        // A write of fcsr makes the unit Dirty, a switch does not: sstatus, which says that, comes after it.
        for (const [index, name] of switchedCsrs.entries()) {
          const vsstatus = poked.csr('vsstatus');
          poked.setCsr(name, values[index] ?? 0n);
          if (name === 'fcsr') poked.setCsr('vsstatus', vsstatus);
        }
        assert.deepEqual(loaded.hart.stateBytes, poked.hart.stateBytes);
      }),
      { numRuns: 15 },
    );
  });
});
