import assert from 'node:assert/strict';
import { explainExit } from '../../../src/vmm/exits/explain.ts';
import { Laboratory } from '../fixture.ts';
import { TinyGuest } from '../tiny-guest.ts';

/** Makes exceptions end the guest with code 1, after storing scause, stval and sepc where the test finds them. */
function catching(guest: TinyGuest): TinyGuest {
  return guest
    .label('handler')
    .csrr('s0', 'scause')
    .csrr('s1', 'stval')
    .csrr('s2', 'sepc')
    .csrr('s3', 'sstatus')
    .exit(1);
}

describe('vmm/exits/mmio', () => {
  it('loads from a device register with the width and sign of the instruction', () => {
    const guest = new TinyGuest()
      .li('t0', 0x1000_0007)
      .li('t1', 0xfe)
      .op('sb', { rs1: 't0', rs2: 't1' })
      .op('lb', { rd: 's0', rs1: 't0' })
      .op('lbu', { rd: 's1', rs1: 't0' })
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(8), 0xffff_ffff_ffff_fffen);
    assert.equal(vcpu?.getX(9), 0xfen);
    const records = [...laboratory.vmm.newestExits()].toReversed();
    assert.deepEqual(
      records.map(({ reason, device, register, access }) => [reason, device, register, access?.value]),
      [
        ['mmio-store', 'uart0', 'SCR', 0xfen],
        ['mmio-load', 'uart0', 'SCR', 0xfen],
        ['mmio-load', 'uart0', 'SCR', 0xfen],
        ['shutdown', 'finisher', 'FINISH', 0x5555n],
      ],
    );
  });

  it('loads words with their sign or without it, and to no register', () => {
    const guest = new TinyGuest()
      // The clock's alarm registers hold what is written to them.
      .li('t0', 0x10_1000)
      .li('t1', 0x8000_0001)
      .op('sw', { rs1: 't0', rs2: 't1', imm: 8 })
      .op('lw', { rd: 's0', rs1: 't0', imm: 8 })
      .op('lwu', { rd: 's1', rs1: 't0', imm: 8 })
      .op('lw', { rd: 'zero', rs1: 't0', imm: 8 })
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(8), 0xffff_ffff_8000_0001n);
    assert.equal(vcpu?.getX(9), 0x8000_0001n);
    assert.equal(vcpu?.getX(0), 0n);
    const values = [...laboratory.vmm.newestExits()].toReversed().map(({ access }) => access?.value);
    assert.deepEqual(
      values.slice(0, 4),
      Array.from({ length: 4 }, () => 0x8000_0001n),
    );
  });

  it('loads and stores floating-point registers, boxed, and makes them Dirty', () => {
    const initial = 1 << 13;
    const guest = new TinyGuest()
      .li('t0', 3 * initial)
      .op('csrrc', { rd: 'zero', rs1: 't0', csr: 'sstatus' })
      .li('t0', initial)
      .op('csrrs', { rd: 'zero', rs1: 't0', csr: 'sstatus' })
      // The clock's alarm registers hold what is written to them.
      .li('t0', 0x10_1000)
      .li('t1', 0x4048_f5c3)
      .op('fmv.w.x', { rd: 'f10', rs1: 't1' })
      .op('fsw', { rs1: 't0', rs2: 'f10', imm: 8 })
      .li('t1', 2 * initial)
      .op('csrrc', { rd: 'zero', rs1: 't1', csr: 'sstatus' })
      .op('flw', { rd: 'f11', rs1: 't0', imm: 8 })
      .csrr('s0', 'sstatus')
      .exit(0);
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    const [load, store] = ['mmio-load', 'mmio-store'].map((wanted) =>
      [...laboratory.vmm.newestExits()].find(({ reason }) => reason === wanted),
    );
    assert.equal(store?.access?.value, 0x4048_f5c3n);
    assert.equal(store.access.size, 4);
    assert.equal(load?.device, 'rtc');
    assert.equal(vcpu?.getF(11), 0xffff_ffff_0000_0000n | (load.access?.value ?? 0n));
    assert.equal((vcpu.getX(8) >> 13n) & 3n, 3n);
    assert.match(JSON.stringify(explainExit(load).lines), /into fa1/);
  });

  it('goes on after a compressed instruction of two bytes', () => {
    // c.sw a1, 0(a0): 0xc10c, then c.nop twice and a half, so that all is aligned again.
    const guest = new TinyGuest()
      .li('a0', 0x10_0000)
      .li('a1', 0x3333 + 0x2_0000)
      .word(0x0001_c10c)
      .exit(9);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 2);
    const [record] = laboratory.vmm.newestExits(1);
    assert.deepEqual(record?.instruction, { word: 0xc10c, length: 2 });
    assert.equal((record?.htinst ?? 0n) & 3n, 1n);
  });

  it('gives an access fault for what the device does not answer, as the bare machine does', () => {
    const guest = catching(
      new TinyGuest()
        .la('t0', 'handler')
        .csrw('stvec', 't0')
        .li('t0', 0x1000_0001)
        .op('lw', { rd: 't1', rs1: 't0', imm: 4 }),
    );
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 1);
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(8), 5n);
    assert.equal(vcpu?.getX(9), 0x1000_0005n);
    // sstatus: SPP says that it came from the kernel, SIE is clear.
    assert.equal((vcpu?.getX(19) ?? 0n) & 0x102n, 0x100n);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.action, 'inject');
    assert.deepEqual(record?.injected, { code: 5, tval: 0x1000_0005n });
    assert.equal(record?.access?.value, undefined);
  });

  it('refuses atomics on devices', () => {
    const guest = catching(
      new TinyGuest()
        .la('t0', 'handler')
        .csrw('stvec', 't0')
        .li('t0', 0x1000_0000)
        .op('amoadd.w', { rd: 't1', rs1: 't0', rs2: 't0' }),
    );
    const laboratory = new Laboratory({ a: guest });
    laboratory.runToEnd();
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.reason, 'mmio-store');
    assert.equal(record?.access?.kind, 'amo');
    assert.deepEqual(record?.injected, { code: 7, tval: 0x1000_0000n });
  });

  it('refuses an access of which only the second part is a device’s', () => {
    // GVA 0 is RAM and GVA 0x1000 the UART; the kernel is where it was.
    const guest = catching(
      new TinyGuest()
        .la('t0', 'handler')
        .csrw('stvec', 't0')
        .li('t0', 0x8010_0000)
        .li('t1', (0x8_0101 << 10) | 1)
        .op('sd', { rs1: 't0', rs2: 't1' })
        .li('t1', (0x8_0000n << 10n) | 0xcfn)
        .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
        .li('t0', 0x8010_1000)
        .li('t1', (0x8_0102 << 10) | 1)
        .op('sd', { rs1: 't0', rs2: 't1' })
        .li('t0', 0x8010_2000)
        .li('t1', (0x8_0103 << 10) | 0xcf)
        .op('sd', { rs1: 't0', rs2: 't1' })
        .li('t1', (0x1_0000 << 10) | 0xcf)
        .op('sd', { rs1: 't0', rs2: 't1', imm: 8 })
        .li('t1', ((0x10_0000 / 0x1000) << 10) | 0xcf)
        .op('sd', { rs1: 't0', rs2: 't1', imm: 16 })
        .li('t0', (8n << 60n) | 0x8_0100n)
        .csrw('satp', 't0')
        .op('sfence.vma')
        .li('t0', 0xffe)
        .op('sw', { rs1: 't0', rs2: 't0' }),
    );
    const laboratory = new Laboratory({ a: guest });
    laboratory.run(300);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.gva, 0x1000n);
    assert.equal(record?.gpa, 0x1000_0000n);
    assert.deepEqual(record?.injected, { code: 7, tval: 0x1000n });
    assert.equal(laboratory.printed('a'), '');
  });

  it('resets the guest, which begins anew with clear memory', () => {
    // The first life leaves a mark behind the code, in memory that is not part of the image.
    const guest = new TinyGuest()
      .li('s0', 0x8030_0000)
      .op('ld', { rd: 's1', rs1: 's0' })
      .print('x')
      .branch('bne', 's1', 'zero', 'again')
      .li('s1', 1)
      .li('t0', 0x8030_0008)
      .op('ld', { rd: 't1', rs1: 't0' })
      .op('sd', { rs1: 's0', rs2: 's1' })
      .li('t0', 0x1000_0007)
      .op('lbu', { rd: 't1', rs1: 't0' })
      .branch('bne', 't1', 'zero', 'again')
      .li('t1', 1)
      .op('sb', { rs1: 't0', rs2: 't1' })
      .li('t0', 0x10_0000)
      .li('t1', 0x7777)
      .op('sw', { rs1: 't0', rs2: 't1' })
      .label('again')
      .exit(3);
    const laboratory = new Laboratory({ a: guest });
    laboratory.run(200);
    assert.ok((laboratory.reasons()['reset'] ?? 0) > 1, 'memory and devices are new in each life');
    assert.match(laboratory.printed('a'), /^x{2,}$/);
  });
});
