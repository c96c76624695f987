import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
} from '../../../src/hart/hart-mode.ts';
import { every, op, ramBase, TestMachine } from '../fixture.ts';

const policy = { interval: 20, pageHeat: 0, loopHeat: 3, changeHeat: 2, capacity: 8 };
const time = 0xc01;
const timeBit = fc.constantFrom(0n, 2n);

describe('hart/engine, reads of time', () => {
  it('give what the reference evaluator gives, in every mode, after any number of steps', () => {
    fc.assert(
      fc.property(
        fc.record({
          mode: fc.constantFrom(
            machineMode,
            supervisorMode,
            userMode,
            virtualSupervisorMode,
            virtualUserMode,
          ),
          rd: fc.constantFrom(0, 5, 10),
          mcounteren: fc.oneof(
            { weight: 3, arbitrary: fc.constant(every) },
            { weight: 1, arbitrary: timeBit },
          ),
          scounteren: fc.oneof(
            { weight: 3, arbitrary: fc.constant(every) },
            { weight: 1, arbitrary: timeBit },
          ),
          hcounteren: fc.oneof(
            { weight: 3, arbitrary: fc.constant(every) },
            { weight: 1, arbitrary: timeBit },
          ),
          htimedelta: fc.bigInt(0n, every),
          offset: fc.bigInt(0n, every),
          runs: fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 3, maxLength: 8 }),
        }),
        ({ mode, rd, offset, runs, ...csrs }) => {
          const [expected, ...others] = (['reference', 'interpreter', 'translator'] as const).map(
            (engine) => {
              const machine = new TestMachine(engine, { policy });
              machine.clock.offset = offset;
              for (const [name, value] of Object.entries(csrs)) machine.setCsr(name, value);
              machine.program([
                op('csrrs', { rd, csr: time }),
                op('add', { rd: 6, rs1: 6, rs2: rd }),
                op('xor', { rd: 7, rs1: 7, rs2: 6 }),
                op('csrrs', { rd: 28, csr: time }),
                op('add', { rd: 6, rs1: 6, rs2: 28 }),
                op('jal', { rd: 0, imm: -20 }),
              ]);
              machine.enter(mode, BigInt(ramBase));
              return runs.map((steps) => {
                machine.hart.run(steps);
                return Buffer.from(machine.hart.stateBytes);
              });
            },
          );
          for (const states of others)
            for (const [run, state] of states.entries()) assert.ok(state.equals(expected?.[run] as Buffer));
        },
      ),
      { numRuns: 12 },
    );
  });

  it('are done in wasm where nothing refuses them', () => {
    const machine = new TestMachine('interpreter');
    machine.program([op('csrrs', { rd: 5, csr: time }), op('jal', { rd: 0, imm: -4 })]);
    machine.hart.run(1000);
    assert.deepEqual(machine.hart.departures?.instructions, {});
    assert.equal(machine.state.getX(5), 99n);
  });
});
