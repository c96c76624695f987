import assert from 'node:assert/strict';
import { Laboratory } from '../fixture.ts';
import { TinyGuest } from '../tiny-guest.ts';

/** Echoes what comes in at the UART by interrupt, until a full stop. */
function echo(): TinyGuest {
  return (
    new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      // PLIC: priority of source 10, its enable and the threshold of hart 0 in S mode.
      .li('s0', 0x0c00_0000)
      .li('t1', 1)
      .op('sw', { rs1: 's0', rs2: 't1', imm: 40 })
      .li('t0', 0x0c00_2080)
      .li('t1', 1 << 10)
      .op('sw', { rs1: 't0', rs2: 't1' })
      .li('s1', 0x0c20_1000)
      .op('sw', { rs1: 's1', rs2: 'zero' })
      // UART: interrupt when data is available.
      .li('s2', 0x1000_0000)
      .li('t1', 1)
      .op('sb', { rs1: 's2', rs2: 't1', imm: 1 })
      .li('t0', 0x200)
      .csrw('sie', 't0')
      .op('csrrsi', { rd: 'zero', csr: 'sstatus', zimm: 2 })
      .label('wait')
      .op('wfi')
      .jump('wait')
      .label('handler')
      .op('lw', { rd: 's3', rs1: 's1', imm: 4 })
      .op('lbu', { rd: 's4', rs1: 's2' })
      .op('sb', { rs1: 's2', rs2: 's4' })
      .op('sw', { rs1: 's1', rs2: 's3', imm: 4 })
      .li('t0', '.'.charCodeAt(0))
      .branch('beq', 's4', 't0', 'end')
      .op('sret')
      .label('end')
      .exit(0)
  );
}

function spinning(): TinyGuest {
  return new TinyGuest().label('spin').op('addi', { rd: 's0', rs1: 's0', imm: 1 }).jump('spin');
}

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('vmm/exits/interrupts', () => {
  it('brings input to the guest that it is for, by its UART, PLIC and external interrupt', () => {
    const laboratory = new Laboratory({ a: echo(), b: echo() });
    assert.equal(laboratory.run(100_000).kind, 'idle');
    laboratory.machine.input('b', bytes('hello.'));
    assert.equal(laboratory.run(100_000).kind, 'idle');
    assert.equal(laboratory.printed('b'), 'hello.');
    assert.equal(laboratory.printed('a'), '');
    laboratory.machine.input('a', bytes('x.'));
    assert.equal(laboratory.run(100_000).kind, 'exit');
    assert.equal(laboratory.printed('a'), 'x.');
  });

  it('is an external interrupt while another guest runs', () => {
    const laboratory = new Laboratory({ a: echo(), b: spinning() }, { sliceSteps: 2_000 });
    laboratory.run(10_000);
    laboratory.machine.input('a', bytes('hi'));
    laboratory.run(10_000);
    assert.equal(laboratory.printed('a'), 'hi');
    assert.equal(laboratory.reasons()['external-interrupt'], 1);
    const record = [...laboratory.vmm.newestExits()].find(({ reason }) => reason === 'external-interrupt');
    assert.equal(record?.guest, 'b');
    assert.equal(record?.scause, (1n << 63n) | 9n);
    assert.equal(record?.instruction, undefined);
  });

  it('answers software interrupts, and goes on', () => {
    const laboratory = new Laboratory({ a: spinning() });
    laboratory.run(100);
    laboratory.machine.harts[0]?.csrs.poke('sip', 2n);
    laboratory.run(100);
    assert.deepEqual(laboratory.reasons(), { 'software-interrupt': 1 });
    assert.deepEqual(laboratory.vmm.exit(0)?.resumed, { guest: 'a', vcpu: 0 });
  });

  it('takes turns between guests that compute', () => {
    const laboratory = new Laboratory({ a: spinning(), b: spinning(), c: spinning() }, { sliceSteps: 1_000 });
    laboratory.run(30_000);
    const steps = laboratory.vmm.guests.map((guest) => guest.steps);
    for (const count of steps) assert.ok(Math.abs(count - 10_000) <= 1_100, String(steps));
    const records = [...laboratory.vmm.newestExits(4)];
    assert.ok(records.every(({ reason }) => reason === 'timer-interrupt'));
    assert.deepEqual(
      records
        .map(({ guest, resumed }) => `${guest}${resumed?.guest}`)
        .toReversed()
        .join(' '),
      Array.from({ length: 40 }, () => 'ab bc ca')
        .join(' ')
        .slice(...slicePlace(records.length, laboratory)),
    );
  });

  it('leaves a guest alone that nobody waits behind', () => {
    const laboratory = new Laboratory({ a: spinning(), b: new TinyGuest().exit(0) }, { sliceSteps: 1_000 });
    laboratory.run(50_000);
    assert.deepEqual(laboratory.reasons(), { 'timer-interrupt': 1, shutdown: 1 });
  });
});

/** Where in `ab bc ca ab …` the newest exits stand. */
function slicePlace(count: number, laboratory: Laboratory): [number, number] {
  const first = laboratory.vmm.statistics.total - count;
  return [first * 3, first * 3 + count * 3 - 1];
}
