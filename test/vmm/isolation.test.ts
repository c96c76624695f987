import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hpa } from '../../src/common/address.ts';
import { Laboratory } from './fixture.ts';
import { TinyGuest } from './tiny-guest.ts';

const secret = 0x5ec2_e75e_c2e7_5ec3n;

/** Puts the secret into its memory, and waits for ever. */
function keeper(): TinyGuest {
  return new TinyGuest()
    .li('t0', secret)
    .li('t1', 0x8030_0000)
    .op('sd', { rs1: 't1', rs2: 't0' })
    .label('spin')
    .op('wfi')
    .jump('spin');
}

/**
 * Looks at the first word and at offset 0x300000 of every megapage from `from` to `to` (guest-virtual), skipping
 * those that fault. Ends with code 1 where it finds the secret, else 0; s5 counts what it could read.
 */
function scan(guest: TinyGuest, from: bigint, to: bigint): TinyGuest {
  return guest
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .li('s0', from)
    .li('s1', to)
    .li('s2', secret)
    .li('s3', 0x10_0000)
    .label('next')
    .li('t1', 0)
    .op('ld', { rd: 't1', rs1: 's0' })
    .op('addi', { rd: 's5', rs1: 's5', imm: 1 })
    .branch('beq', 't1', 's2', 'found')
    .label('skip')
    .op('add', { rd: 's0', rs1: 's0', rs2: 's3' })
    .branch('bltu', 's0', 's1', 'next')
    .exit(0)
    .label('found')
    .exit(1)
    .label('handler')
    .la('t0', 'skip')
    .csrw('sepc', 't0')
    .op('sret');
}

describe('vmm/isolation', () => {
  it('shows a guest that scans guest-physical memory nothing of another', () => {
    const laboratory = new Laboratory({
      keeper: keeper(),
      scanner: scan(new TinyGuest(), 0x8000_0000n, 0x2_0000_0000n),
    });
    laboratory.run(100_000);
    const [first, scanner] = laboratory.vmm.guests;
    assert.equal(scanner?.exitCode, 0);
    assert.equal(scanner?.vcpus[0]?.getX(21), 6n, 'it read its own six mebibytes');
    // The secret is there, in the machine's RAM, and the scan would have met it at any address that reached it.
    const host = first?.memory.hostAddress(0x8030_0000) ?? 0;
    assert.equal(laboratory.machine.board.physical.load(host, 8), secret);
    assert.equal(host % 0x10_0000, 0);
    assert.equal(laboratory.vmm.ownerOf(hpa(BigInt(host)))?.kind, 'guest');
  });

  it('shows nothing to a guest that maps all physical addresses by page tables of its own', () => {
    // A root table of gigapages: GVA 0 to 256 GiB onto GPA 0 to 256 GiB.
    const guest = new TinyGuest()
      .li('t0', 0x8010_0000)
      .li('t1', 0xcf)
      .li('t2', 0x1000_0000)
      .li('t3', 0x8010_0800)
      .label('fill')
      .op('sd', { rs1: 't0', rs2: 't1' })
      .op('add', { rd: 't1', rs1: 't1', rs2: 't2' })
      .op('addi', { rd: 't0', rs1: 't0', imm: 8 })
      .branch('bltu', 't0', 't3', 'fill')
      .li('t0', (8n << 60n) | 0x8_0100n)
      .csrw('satp', 't0')
      .op('sfence.vma');
    const laboratory = new Laboratory({
      keeper: keeper(),
      scanner: scan(guest, 0x4000_0000n, 0x2_0000_0000n),
    });
    laboratory.run(200_000);
    const [, scanner] = laboratory.vmm.guests;
    assert.equal(scanner?.exitCode, 0);
    assert.equal(scanner?.vcpus[0]?.getX(21), 6n);
  });

  it('keeps a guest within its own frames, whatever it writes to satp', () => {
    const guest = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .csrw('satp', 's0')
      .op('ld', { rd: 's1', rs1: 's2' })
      .op('sd', { rs1: 's2', rs2: 's1' })
      .label('handler')
      .csrw('satp', 'zero')
      .label('spin')
      .jump('spin');
    const laboratory = new Laboratory({ keeper: keeper(), attacker: guest }, { sliceSteps: 100 });
    const saved = laboratory.machine.save();
    const { physical } = laboratory.machine.board;
    const [first, attacker] = laboratory.vmm.guests;
    assert.ok(first && attacker);
    const before = laboratory.machine.harts.map(() => [...attacker.tables.mappings()]);
    const value = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    const ppn = fc.nat(0xf_ffff).map((page) => (8n << 60n) | BigInt(page));
    fc.assert(
      fc.property(fc.oneof(value, ppn), value, (satp, address) => {
        laboratory.machine.restore(saved);
        attacker.vcpus[0]?.setX(8, satp);
        attacker.vcpus[0]?.setX(18, address);
        laboratory.run(2_000);
        assert.equal(physical.load(first.memory.hostAddress(0x8030_0000) ?? 0, 8), secret);
        assert.deepEqual([[...attacker.tables.mappings()]], before);
        for (const { hpa: host } of attacker.tables.mappings()) {
          const owner = laboratory.vmm.ownerOf(hpa(BigInt(host)));
          assert.ok(owner?.kind === 'guest' && owner.guest === attacker);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('maps only what the guest owns: never a table, the VMM or another guest', () => {
    const laboratory = new Laboratory({ a: keeper(), b: { guest: keeper(), memoryBytes: 7 * 0x10_0000 } });
    for (const guest of laboratory.vmm.guests) {
      let bytes = 0;
      for (const { gpa, hpa: host, pageSize } of guest.tables.mappings()) {
        bytes += pageSize;
        for (let offset = 0; offset < pageSize; offset += 0x1000) {
          assert.deepEqual(laboratory.vmm.ownerOf(hpa(BigInt(host + offset))), {
            kind: 'guest',
            guest,
            gpa: gpa + offset,
          });
        }
      }
      assert.equal(bytes, guest.memory.size);
      assert.deepEqual(laboratory.vmm.ownerOf(hpa(BigInt(guest.tables.root))), { kind: 'page-table', guest });
    }
    assert.deepEqual(laboratory.vmm.ownerOf(hpa(0x8000_0000n)), { kind: 'vmm' });
    assert.equal(laboratory.vmm.ownerOf(hpa(0x1000_0000n)), undefined);
  });
});
