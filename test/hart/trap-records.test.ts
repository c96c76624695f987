import assert from 'node:assert/strict';
import {
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  virtualUserMode,
  type HartMode,
} from '../../src/hart/hart-mode.ts';
import { TrapRecords } from '../../src/hart/trap-records.ts';
import { atp, TestMachine } from './fixture.ts';

describe('hart/trap-records', () => {
  const machine = new TestMachine();
  const { state } = machine;
  let records: TrapRecords;
  beforeEach(() => {
    records = new TrapRecords();
    for (const name of ['satp', 'vsatp', 'hgatp']) machine.setCsr(name, 0n);
  });

  const push = (from: HartMode, to: HartMode, sp = 0x1000n): void => {
    state.mode = from;
    state.setX(2, sp);
    records.push(state, from, to, false, 8);
  };
  const pop = (from: HartMode, to: HartMode, sp = 0x1000n): void => {
    state.mode = to;
    state.setX(2, sp);
    records.pop(state, to, from);
  };

  it('tells where, when and why, innermost first', () => {
    machine.setCsr('satp', atp(0x8010_0000));
    state.pc = 0x1_0000n;
    state.setX(1, 0x400n);
    state.setX(8, 0x2000n);
    state.setX(17, 5n);
    state.steps = 77;
    push(userMode, supervisorMode);
    push(supervisorMode, supervisorMode, 0x3000n);
    const [inner, outer] = records.list();
    assert.equal(inner?.sp, 0x3000n);
    assert.deepEqual(outer, {
      step: 77,
      pc: 0x1_0000n,
      sp: 0x1000n,
      fp: 0x2000n,
      ra: 0x400n,
      a7: 5n,
      from: userMode,
      to: supervisorMode,
      interrupt: false,
      code: 8,
      root: atp(0x8010_0000),
      hgatp: 0n,
    });
  });

  it('lets a return from user mode remove the trap of the same space, wherever it lies', () => {
    machine.setCsr('satp', atp(0x8010_0000));
    push(userMode, supervisorMode);
    machine.setCsr('satp', atp(0x8011_0000));
    push(userMode, supervisorMode);
    // The kernel switches back to the first process.
    machine.setCsr('satp', atp(0x8010_0000));
    pop(supervisorMode, userMode);
    assert.deepEqual(
      records.list().map(({ root }) => root),
      [atp(0x8011_0000)],
    );
  });

  it('lets a return into a guest remove the exit of the same guest', () => {
    machine.setCsr('hgatp', atp(0x8010_0000, { id: 1n }));
    push(virtualSupervisorMode, supervisorMode);
    machine.setCsr('hgatp', atp(0x8012_0000, { id: 2n }));
    push(virtualSupervisorMode, supervisorMode);
    push(virtualUserMode, supervisorMode);
    machine.setCsr('hgatp', atp(0x8010_0000, { id: 1n }));
    pop(supervisorMode, virtualSupervisorMode);
    assert.deepEqual(
      records.list().map(({ hgatp, from }) => [(hgatp >> 44n) & 0x3fffn, from]),
      [
        [2n, virtualUserMode],
        [2n, virtualSupervisorMode],
      ],
    );
  });

  it('prefers, within a level, the trap whose stack pointer is back', () => {
    push(supervisorMode, supervisorMode, 0x1000n);
    push(supervisorMode, supervisorMode, 0x2000n);
    pop(supervisorMode, supervisorMode, 0x1000n);
    assert.deepEqual(
      records.list().map(({ sp }) => sp),
      [0x2000n],
    );
    pop(supervisorMode, supervisorMode, 0x5000n);
    assert.equal(records.list().length, 0);
  });

  it('keeps the records of other levels, and does nothing where none matches', () => {
    push(userMode, supervisorMode);
    pop(supervisorMode, virtualUserMode);
    pop(virtualSupervisorMode, virtualUserMode);
    assert.equal(records.list().length, 1);
  });

  it('holds the latest 256', () => {
    for (let step = 0; step < 300; step++) {
      state.steps = step;
      push(userMode, supervisorMode);
    }
    const steps = records.list().map(({ step }) => step);
    assert.equal(steps.length, 256);
    assert.deepEqual([steps[0], steps[255]], [299, 44]);
  });

  it('comes back from a copy as it was', () => {
    push(userMode, supervisorMode);
    push(virtualUserMode, virtualSupervisorMode, 0x4000n);
    const saved = records.save();
    const other = new TrapRecords();
    other.restore(saved);
    assert.deepEqual(other.list(), records.list());
  });

  it('shows a trap that was passed on as one to its new handler, and the rest as one from there', () => {
    push(virtualUserMode, supervisorMode);
    records.passOn(virtualSupervisorMode, 2);
    assert.deepEqual(
      records.list().map(({ from, to, code }) => [from, to, code]),
      [
        [virtualSupervisorMode, supervisorMode, 8],
        [virtualUserMode, virtualSupervisorMode, 2],
      ],
    );
    pop(supervisorMode, virtualSupervisorMode);
    pop(virtualSupervisorMode, virtualUserMode);
    assert.deepEqual(records.list(), []);
  });
});
