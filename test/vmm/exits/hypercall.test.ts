import assert from 'node:assert/strict';
import { Laboratory } from '../fixture.ts';
import { kernelBase, TinyGuest } from '../tiny-guest.ts';

const eid = {
  base: 0x10,
  time: 0x5449_4d45,
  ipi: 0x73_5049,
  hsm: 0x48_534d,
  srst: 0x5352_5354,
  dbcn: 0x4442_434e,
};

describe('vmm/exits/hypercall', () => {
  it('answers with the extensions of the firmware, and writes down the call by name', () => {
    const guest = new TinyGuest()
      .sbi(eid.base, 3, eid.dbcn)
      .op('addi', { rd: 's0', rs1: 'a1' })
      .sbi(eid.srst, 0, 0, 0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), 1n);
    assert.deepEqual(laboratory.reasons(), { hypercall: 1, shutdown: 1 });
    const call = laboratory.vmm.exit(0)?.hypercall;
    assert.equal(call?.function?.name, 'sbi_probe_extension');
    assert.deepEqual(call?.arguments.slice(0, 1), [BigInt(eid.dbcn)]);
    assert.deepEqual(call?.results, [0n, 1n]);
  });

  it('says "not supported" to calls that nobody offers', () => {
    const guest = new TinyGuest().sbi(0x1234_5678, 1).op('addi', { rd: 's0', rs1: 'a0' }).exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), 0xffff_ffff_ffff_fffen);
    assert.equal(laboratory.vmm.exit(0)?.hypercall?.function, undefined);
  });

  it('prints from guest memory, and refuses memory that is not the guest’s', () => {
    const guest = new TinyGuest()
      .li('t0', 0x8030_0000)
      .li('t1', 0x6968)
      .op('sh', { rs1: 't0', rs2: 't1' })
      .sbi(eid.dbcn, 0, 2, 0x8030_0000, 0)
      .sbi(eid.dbcn, 0, 2, 0x1_0000_0000, 0)
      .op('addi', { rd: 's0', rs1: 'a0' })
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    assert.equal(laboratory.printed('a'), 'hi');
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), 0xffff_ffff_ffff_fffdn);
  });

  it('sets the guest’s timer, which interrupts it without another exit', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .csrr('a0', 'time')
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 5 })
      .li('a7', eid.time)
      .li('a6', 0)
      .op('ecall')
      .op('csrrsi', { rd: 'zero', csr: 'sstatus', zimm: 2 })
      .label('spin')
      .jump('spin')
      .label('handler')
      .csrr('s0', 'scause')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(10_000), 0);
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), (1n << 63n) | 5n);
    assert.deepEqual(laboratory.reasons(), { hypercall: 1, shutdown: 1 });
  });

  it('leaves the timer to the guest that sets stimecmp itself: no exit at all', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .csrr('a0', 'time')
      .op('addi', { rd: 'a0', rs1: 'a0', imm: 5 })
      .csrw('stimecmp', 'a0')
      .op('csrrsi', { rd: 'zero', csr: 'sstatus', zimm: 2 })
      .label('spin')
      .jump('spin')
      .label('handler')
      .csrr('s0', 'scause')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(10_000), 0);
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(8), (1n << 63n) | 5n);
    assert.deepEqual(laboratory.reasons(), { shutdown: 1 });
  });

  it('starts, interrupts and stops further vCPUs of a guest', () => {
    const guest = new TinyGuest()
      .branch('bne', 'a0', 'zero', 'second')
      .la('s0', 'second')
      .li('a0', 1)
      .op('addi', { rd: 'a1', rs1: 's0' })
      .li('a2', 0x77)
      .li('a7', eid.hsm)
      .li('a6', 0)
      .op('ecall')
      // Waits for the other's software interrupt.
      .li('t0', 2)
      .csrw('sie', 't0')
      .op('wfi')
      .csrr('s1', 'sip')
      .sbi(eid.hsm, 2, 1)
      .op('addi', { rd: 's2', rs1: 'a1' })
      .exit(0)
      .label('second')
      .op('addi', { rd: 's0', rs1: 'a1' })
      .sbi(eid.ipi, 0, 1, 0)
      .sbi(eid.hsm, 1);
    const laboratory = new Laboratory({ a: { guest, vcpus: 2 } });
    assert.equal(laboratory.runToEnd(), 0);
    const [first, second] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(first?.getX(9), 2n, 'supervisor software interrupt pending');
    assert.equal(first?.getX(18), 1n, 'the second is stopped again');
    assert.equal(second?.getX(8), 0x77n, 'opaque argument in a1');
  });

  it('resumes a vCPU that was suspended at another place', () => {
    const guest = new TinyGuest()
      .li('t0', 0x20)
      .csrw('sie', 't0')
      .sbi(eid.time, 0, 1000)
      .la('s0', 'resume')
      .li('a0', 0x8000_0000)
      .op('addi', { rd: 'a1', rs1: 's0' })
      .li('a2', 0x55)
      .li('a7', eid.hsm)
      .li('a6', 3)
      .op('ecall')
      .exit(1)
      .label('resume')
      .op('addi', { rd: 's1', rs1: 'a1' })
      .csrr('s2', 'time')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(9), 0x55n);
    assert.ok((vcpu?.getX(18) ?? 0n) >= 1000n);
  });

  it('gives the guest its own fault where a legacy call names unreadable memory', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .sbi(4, 0, 0x4000_0000)
      .exit(1)
      .label('handler')
      .csrr('s0', 'scause')
      .csrr('s1', 'stval')
      .csrr('s2', 'sepc')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.deepEqual([vcpu?.getX(8), vcpu?.getX(9)], [5n, 0x4000_0000n]);
    assert.ok((vcpu?.getX(18) ?? 0n) > BigInt(kernelBase));
  });

  it('stops a guest with code 1 where it reports a failure', () => {
    const laboratory = new Laboratory({ a: new TinyGuest().sbi(eid.srst, 0, 0, 1) });
    assert.equal(laboratory.runToEnd(), 1);
    assert.equal(laboratory.vmm.exit(0)?.reason, 'shutdown');
  });
});
