import assert from 'node:assert/strict';
import { hartMode, type HartMode } from '../../../src/hart/hart-mode.ts';
import { exceptionCode } from '../../../src/hart/trap.ts';
import { op, TestMachine } from '../fixture.ts';

const { illegalInstruction, virtualInstruction } = exceptionCode;
const modes: Readonly<Record<string, HartMode>> = {
  M: hartMode(3, false),
  HS: hartMode(1, false),
  U: hartMode(0, false),
  VS: hartMode(1, true),
  VU: hartMode(0, true),
};

describe('hart/operations Svinval', () => {
  const trapVirtualMemory = { mstatus: 1n << 20n, hstatus: 1n << 20n };

  it('traps SINVAL.VMA where SFENCE.VMA traps', () => {
    assert.deepEqual(traps('sinval.vma'), [-1, -1, illegalInstruction, -1, virtualInstruction]);
    assert.deepEqual(traps('sinval.vma', trapVirtualMemory), [
      -1,
      illegalInstruction,
      illegalInstruction,
      virtualInstruction,
      virtualInstruction,
    ]);
  });

  it('lets the orderings pass in VS mode and HS mode, whatever TVM and VTVM say', () => {
    for (const mnemonic of ['sfence.w.inval', 'sfence.inval.ir'])
      assert.deepEqual(traps(mnemonic, trapVirtualMemory), [
        -1,
        -1,
        illegalInstruction,
        -1,
        virtualInstruction,
      ]);
  });

  it('traps HINVAL.VVMA and HINVAL.GVMA where the fences trap', () => {
    const guests = [illegalInstruction, virtualInstruction, virtualInstruction];
    assert.deepEqual(traps('hinval.vvma', trapVirtualMemory), [-1, -1, ...guests]);
    assert.deepEqual(traps('hinval.gvma'), [-1, -1, ...guests]);
    assert.deepEqual(traps('hinval.gvma', trapVirtualMemory), [-1, illegalInstruction, ...guests]);
  });
});

/** The exception in each mode, -1 for none. */
function traps(mnemonic: string, registers: Readonly<Record<string, bigint>> = {}): readonly number[] {
  return Object.values(modes).map((mode) => {
    const machine = new TestMachine();
    machine.program([op(mnemonic)]);
    for (const [name, value] of Object.entries(registers)) machine.setCsr(name, value);
    machine.enter(mode);
    machine.step();
    return machine.state.trapsTaken === 0 ? -1 : Number(machine.csr('mcause'));
  });
}
