import assert from 'node:assert/strict';
import { createMachineMemory } from '../../src/hart/layout.ts';
import { HartState } from '../../src/hart/state.ts';
import { csrSlot, hartSlot, hartStateSlots, slotOffset } from '../../src/hart/state-layout.ts';

const memory = createMachineMemory({ harts: 2, ramBase: 0x8000_0000, ramSize: 0x10_0000 });
const stateOf = (hart: number): HartState =>
  new HartState(memory.wasm, memory.harts[hart]?.stateOffset ?? assert.fail('no such hart'));

describe('hart/state', () => {
  it('keeps x0 zero and takes values modulo 2^64', () => {
    const state = stateOf(0);
    state.setX(0, 5n);
    state.setX(31, -1n);
    assert.equal(state.getX(0), 0n);
    assert.equal(state.getX(31), 0xffff_ffff_ffff_ffffn);
  });

  it('shows every value to wasm at its slot', () => {
    const state = stateOf(1);
    const view = new DataView(memory.wasm.buffer, state.offset);
    state.pc = 0x8000_0000n;
    state.steps = 2 ** 40 + 7;
    state.trapsTaken = 8;
    state.privilege = 3;
    state.setCsr('mepc', 0x1234n);
    assert.equal(view.getBigUint64(slotOffset(hartSlot.pc), true), 0x8000_0000n);
    assert.equal(view.getBigUint64(slotOffset(hartSlot.steps), true), 2n ** 40n + 7n);
    assert.equal(view.getUint32(slotOffset(hartSlot.privilege), true), 3);
    assert.equal(view.getBigUint64(slotOffset(csrSlot.mepc), true), 0x1234n);
    assert.equal(state.retired, 2 ** 40 - 1);
  });

  it('counts steps and traps beyond 32 bits', () => {
    const state = stateOf(0);
    state.steps = 2 ** 32 - 3;
    state.trapsTaken = 2 ** 33 - 1;
    state.addSteps(2);
    assert.equal(state.steps, 2 ** 32 - 1);
    state.countTrap();
    assert.equal(state.steps, 2 ** 32);
    assert.equal(state.trapsTaken, 2 ** 33);
    state.addSteps(2 ** 40 - 1);
    assert.equal(state.steps, 2 ** 40 + 2 ** 32 - 1);
    state.addSteps(1);
    assert.equal(state.steps, 2 ** 40 + 2 ** 32);
  });

  it('gives each slot to one thing and fits the area', () => {
    assert.ok(Math.max(...Object.values(csrSlot)) < hartStateSlots);
    assert.ok(hartSlot.f + 32 <= hartSlot.csr);
    assert.equal(new Set(Object.values(csrSlot)).size, Object.keys(csrSlot).length);
  });

  it('keeps the areas of harts apart, and RAM after all of them', () => {
    assert.ok(stateOf(1).offset >= stateOf(0).offset + slotOffset(hartStateSlots));
    assert.ok(memory.harts.every(({ engineOffset }) => engineOffset < memory.predecodedOffset));
    assert.equal(memory.ramOffset % 0x1_0000, 0);
    memory.ramView.setUint8(0, 0xab);
    assert.equal(new Uint8Array(memory.wasm.buffer)[memory.ramOffset], 0xab);
  });

  it('holds a reservation or none', () => {
    const state = stateOf(0);
    state.reservation = 0x8000_0010n;
    assert.equal(state.reservation, 0x8000_0010n);
    state.reservation = undefined;
    assert.equal(state.reservation, undefined);
  });
});
