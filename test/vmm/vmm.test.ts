import assert from 'node:assert/strict';
import { permissiveOptions } from '../../src/hart/translation/regime.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { Laboratory } from './fixture.ts';
import { TinyGuest } from './tiny-guest.ts';

/** Prints, sets timers, waits and calls for some time. */
function busy(letter: string): TinyGuest {
  return new TinyGuest()
    .li('t0', 0x20)
    .csrw('sie', 't0')
    .li('s0', 20)
    .label('again')
    .print(letter)
    .csrr('a0', 'time')
    .op('addi', { rd: 'a0', rs1: 'a0', imm: 300 })
    .li('a7', 0x5449_4d45)
    .li('a6', 0)
    .op('ecall')
    .op('wfi')
    .li('s1', 200)
    .label('count')
    .op('addi', { rd: 's1', rs1: 's1', imm: -1 })
    .branch('bne', 's1', 'zero', 'count')
    .op('addi', { rd: 's0', rs1: 's0', imm: -1 })
    .branch('bne', 's0', 'zero', 'again')
    .exit(0);
}

describe('vmm/vmm', () => {
  it('runs a guest that prints and powers off', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().print('hi').exit(0) });
    assert.equal(laboratory.runToEnd(), 0);
    assert.equal(laboratory.printed('a'), 'hi');
    assert.deepEqual(laboratory.reasons(), { 'mmio-store': 2, shutdown: 1 });
  });

  it('enters the guest as the bare machine does', () => {
    const guest = new TinyGuest()
      .op('lw', { rd: 's2', rs1: 'a1' })
      .op('addi', { rd: 's0', rs1: 'a0' })
      .op('addi', { rd: 's1', rs1: 'a1' })
      .csrr('s3', 'satp')
      .csrr('s4', 'sstatus')
      .csrr('s5', 'scounteren')
      .csrr('s6', 'sie')
      .label('spin')
      .jump('spin');
    const laboratory = new Laboratory({ a: guest });
    laboratory.run(100);
    const bare = createMachine({ image: guest.software().image, ramBytes: 16 * 0x10_0000 });
    bare.run({ budget: 100 });
    for (const register of [8, 18, 19, 20, 21, 22]) {
      assert.equal(
        laboratory.vmm.guests[0]?.vcpus[0]?.getX(register),
        bare.harts[0]?.state.getX(register),
        `x${register}`,
      );
    }
  });

  it('goes back to any point that was saved, and on from there as before', () => {
    const laboratory = new Laboratory({ a: busy('a'), b: busy('b') }, { sliceSteps: 500 });
    const { machine, vmm } = laboratory;
    laboratory.run(3_000);
    const saved = machine.save();
    const hash = machine.hash();
    const exits = vmm.statistics.total;
    laboratory.run(7_000);
    const later = { hash: machine.hash(), exits: vmm.statistics.total, printed: laboratory.printed('a') };
    machine.restore(saved);
    assert.equal(machine.hash(), hash);
    assert.equal(vmm.statistics.total, exits);
    laboratory.run(7_000);
    assert.equal(machine.hash(), later.hash);
    assert.equal(vmm.statistics.total, later.exits);
    assert.equal(vmm.exit(later.exits), undefined);
    assert.equal(vmm.exit(later.exits - 1)?.sequence, later.exits - 1);
  });

  it('has the same history each time, whether it is stopped on its way or not, on both engines', () => {
    const histories = [
      { pieces: [20_000], engine: 'interpreter' as const },
      { pieces: [1, 7, 1_992, 6_000, 12_000], engine: 'interpreter' as const },
      { pieces: [20_000], engine: 'reference' as const },
    ].map(({ pieces, engine }) => {
      const laboratory = new Laboratory({ a: busy('a'), b: busy('b') }, { sliceSteps: 500, engine });
      for (const steps of pieces) laboratory.run(steps);
      return laboratory.machine.hash();
    });
    assert.equal(new Set(histories).size, 1);
  });

  it('begins anew when the machine is reset', () => {
    const laboratory = new Laboratory({ a: busy('a'), b: busy('b') }, { sliceSteps: 500 });
    laboratory.run(5_000);
    const first = laboratory.machine.hash();
    laboratory.machine.reset();
    assert.equal(laboratory.vmm.statistics.total, 0);
    laboratory.run(5_000);
    assert.equal(laboratory.machine.hash(), first);
  });

  it('refuses guests that cannot be, and says why', () => {
    const guest = new TinyGuest().exit(0);
    assert.throws(() => new Laboratory({ a: { guest, memoryBytes: 1000 } }), /2 MiB or more/);
    assert.throws(() => new Laboratory({ a: { guest, vcpus: 9 } }), /1 to 8/);
    assert.throws(() => new Laboratory({ uart0: guest }), /console of the machine/);
    assert.throws(() => new Laboratory({}), /no guest/);
    assert.throws(() => new Laboratory({ a: { guest, memoryBytes: 2 ** 31 } }), /at most 2048 MiB/);
    assert.throws(() => new Laboratory({ a: { guest, memoryBytes: 2 * 0x10_0000 } }), /outside the memory/);
  });

  it('counts what guests ran, and what exits cost', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().print('x').exit(0) });
    laboratory.runToEnd();
    // Two for the address and the letter each, the store, then the exit: each store that exits does not retire.
    const steps = laboratory.vmm.guests[0]?.steps ?? 0;
    assert.equal(laboratory.machine.steps, steps + laboratory.vmm.statistics.total);
    assert.equal(laboratory.vmm.exit(0)?.cost, 1);
  });

  it('leaves the trap records as they are on the bare machine, whatever exits came between', () => {
    // A process makes an illegal instruction of a hypervisor one; its kernel spins in the handler.
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .la('t0', 'process')
      .csrw('sepc', 't0')
      .op('sret')
      .label('process')
      .op('hfence.gvma')
      .label('handler')
      .print('x')
      .label('spin')
      .jump('spin');
    const sleeper = new TinyGuest().op('wfi').jump('end').label('end');
    const laboratory = new Laboratory({ a: guest, b: sleeper }, { sliceSteps: 100 });
    laboratory.run(1_000);
    const records = laboratory.machine.harts[0]?.trapRecords.list().filter(({ from }) => from.virtual);
    assert.deepEqual(
      records?.map(({ from, to, code }) => [from.privilege, to.privilege, to.virtual, code]).toSorted(),
      [
        [0, 1, true, 2],
        // The other guest is in its WFI.
        [1, 1, false, 22],
      ],
    );
  });

  it('leaves no trap record of a wait behind', () => {
    const laboratory = new Laboratory({ a: busy('a') });
    laboratory.runToEnd();
    assert.deepEqual(
      laboratory.machine.harts[0]?.trapRecords.list().map(({ from }) => from.virtual),
      [true],
    );
  });

  it('shows each vCPU alike, whether it has the hart or not', () => {
    // A process that spins, a gibibyte above where the kernel, which maps itself one to one, has its code.
    const guest = new TinyGuest()
      .li('t0', 0x8010_0000)
      .li('t1', (0x8_0000n << 10n) | 0xcfn)
      .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
      .op('addi', { rd: 't1', rs1: 't1', imm: 0x10 })
      .op('sd', { rs1: 't0', rs2: 't1', imm: 24 })
      .la('t1', 'process')
      .li('t2', 0x4000_0000)
      .op('add', { rd: 't1', rs1: 't1', rs2: 't2' })
      .csrw('sepc', 't1')
      .li('t1', (8n << 60n) | 0x8_0100n)
      .csrw('satp', 't1')
      .op('sret')
      .label('process')
      .jump('process');
    const laboratory = new Laboratory({ a: guest, b: guest }, { sliceSteps: 100 });
    laboratory.run(1_000);
    const [a, b] = laboratory.vmm.guests.map(({ vcpus }) => vcpus[0]);
    assert.ok(a && b);
    assert.notEqual(a.isOnHart, b.isOnHart);
    assert.deepEqual([a.status, b.status].toSorted(), ['ready', 'running']);
    const owner = laboratory.vmm.hartOwner;
    assert.equal(owner.kind === 'vcpu' && owner.vcpu, a.isOnHart ? a : b);
    for (const vcpu of [a, b]) {
      assert.equal(vcpu.mode, 'VU');
      assert.equal(vcpu.pc, a.pc);
      const { hgatp, ...regime } = vcpu.regime();
      const satp = (8n << 60n) | 0x8_0100n;
      assert.deepEqual(regime, {
        virtual: true,
        privilege: 0,
        satp,
        sum: false,
        mxr: false,
        guestMxr: false,
        options: permissiveOptions,
        guestOptions: permissiveOptions,
      });
      assert.equal(hgatp, laboratory.vmm.guestOf(vcpu).tables.hgatp(laboratory.vmm.guestOf(vcpu).vmid));
      // The instruction at pc, through both stages, of the guest on the hart and of the other.
      const bytes = laboratory.machine.harts[0]?.view.read(vcpu.pc, 4, vcpu.regime());
      assert.deepEqual(bytes, Uint8Array.of(0x6f, 0, 0, 0));
    }
  });
});
