import assert from 'node:assert/strict';
import { sumDepartures } from '../../../src/hart/engine/departures.ts';
import { op, ramBase, TestMachine } from '../fixture.ts';

describe('hart/engine/departures', () => {
  it('counts why wasm was left, and what was done outside, by name', () => {
    const machine = new TestMachine('interpreter');
    machine.setCsr('mtvec', BigInt(ramBase));
    machine.program([
      op('addi', { rd: 1, rs1: 1, imm: 1 }),
      op('csrrs', { rd: 2, csr: 0x301 }),
      op('csrrs', { rd: 3, csr: 0x301 }),
      op('csrrw', { rd: 4, csr: 0x340, rs1: 1 }),
      op('ecall'),
    ]);
    machine.hart.run(10);
    const counts = machine.hart.departures;
    assert.deepEqual(counts?.instructions, { 'csrrs misa': 4, ecall: 2 });
    assert.deepEqual(counts.reasons, { decode: 1, fetchMiss: 1, slow: 6 });
  });

  it('tells illegal instructions and fetches that fault apart', () => {
    const machine = new TestMachine('interpreter');
    machine.setCsr('mtvec', 0x10n);
    machine.program([0xffff_ffff]);
    machine.hart.run(3);
    assert.deepEqual(machine.hart.departures?.instructions, { illegal: 1, 'not fetched': 2 });
    assert.equal(new TestMachine('reference').hart.departures, undefined);
  });

  it('adds up', () => {
    const counts = { reasons: { slow: 2 }, instructions: { ecall: 2 } };
    assert.deepEqual(sumDepartures([counts, { reasons: { slow: 1, decode: 1 }, instructions: {} }]), {
      reasons: { slow: 3, decode: 1 },
      instructions: { ecall: 2 },
    });
  });
});
