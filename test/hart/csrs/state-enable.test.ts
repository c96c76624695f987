import assert from 'node:assert/strict';
import { defaultIsa, isaOf } from '../../../src/isa/configuration/isa.ts';
import { hartMode, type HartMode } from '../../../src/hart/hart-mode.ts';
import { exceptionCode } from '../../../src/hart/trap.ts';
import { every, op, TestMachine } from '../fixture.ts';

const { illegalInstruction, virtualInstruction } = exceptionCode;
const isa = isaOf([...defaultIsa.names, 'Smstateen']);
const modes: readonly HartMode[] = [
  hartMode(3, false),
  hartMode(1, false),
  hartMode(0, false),
  hartMode(1, true),
  hartMode(0, true),
];
const [envcfg, next] = [1n << 62n, 1n << 63n];

describe('hart/csrs/state-enable', () => {
  it('withholds henvcfg and senvcfg where ENVCFG is 0', () => {
    assert.deepEqual(traps(0x60a, 0n), [-1, ...Array.from({ length: 4 }, () => illegalInstruction)]);
    assert.deepEqual(traps(0x10a, 0n), [-1, ...Array.from({ length: 4 }, () => illegalInstruction)]);
    const toGuests = [-1, -1, illegalInstruction, virtualInstruction, virtualInstruction];
    assert.deepEqual(traps(0x60a, envcfg, envcfg), toGuests);
    assert.deepEqual(traps(0x10a, envcfg, 0n), toGuests);
    assert.deepEqual(traps(0x10a, envcfg, envcfg), [-1, -1, illegalInstruction, -1, virtualInstruction]);
  });

  it('withholds the registers of the levels below where SE is 0', () => {
    const nobody = [-1, ...Array.from({ length: 4 }, () => illegalInstruction)];
    assert.deepEqual(traps(0x60c, envcfg), nobody);
    assert.deepEqual(traps(0x10c, envcfg), nobody);
    assert.deepEqual(traps(0x60c, next), [
      -1,
      -1,
      illegalInstruction,
      virtualInstruction,
      virtualInstruction,
    ]);
    assert.deepEqual(traps(0x10c, next, next), [-1, -1, illegalInstruction, -1, virtualInstruction]);
    assert.deepEqual(traps(0x10c, next, 0n), [
      -1,
      -1,
      illegalInstruction,
      virtualInstruction,
      virtualInstruction,
    ]);
  });

  it('has no bits but those of state that is there, and none in hstateen that mstateen has not', () => {
    const machine = new TestMachine('reference', { isa });
    for (const n of [0, 1, 2, 3]) {
      assert.equal(machine.csr(`mstateen${n}`), 0n);
      machine.setCsr(`hstateen${n}`, every);
      assert.equal(machine.csr(`hstateen${n}`), 0n);
      machine.setCsr(`mstateen${n}`, every);
      assert.equal(machine.csr(`mstateen${n}`), n === 0 ? envcfg | next : next);
      machine.setCsr(`hstateen${n}`, every);
      assert.equal(machine.csr(`hstateen${n}`), machine.csr(`mstateen${n}`));
      machine.setCsr(`sstateen${n}`, every);
      assert.equal(machine.csr(`sstateen${n}`), 0n);
    }
    machine.setCsr('mstateen0', next);
    assert.equal(machine.csr('hstateen0'), next);
  });

  it('withholds nothing on a machine without it', () => {
    assert.deepEqual(traps(0x10a, 0n, 0n, defaultIsa), [-1, -1, illegalInstruction, -1, virtualInstruction]);
    assert.ok(!new TestMachine().hart.csrs.has('mstateen0'));
  });
});

/** The exception that reading a CSR raises in M, HS, U, VS and VU mode; -1 for none. */
function traps(csr: number, mstateen: bigint, hstateen = 0n, set = isa): readonly number[] {
  return modes.map((mode) => {
    const machine = new TestMachine('reference', { isa: set });
    machine.program([op('csrrs', { rd: 5, rs1: 0, csr })]);
    if (set === isa) {
      machine.setCsr('mstateen0', mstateen);
      machine.setCsr('hstateen0', hstateen);
    }
    machine.enter(mode);
    machine.step();
    return machine.state.trapsTaken === 0 ? -1 : Number(machine.csr('mcause'));
  });
}
