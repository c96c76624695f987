import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StrataError } from '../../../src/common/errors.ts';
import { MemoryAccess } from '../../../src/debugger/memory/memory-access.ts';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import { machineMode, supervisorMode, userMode } from '../../../src/hart/hart-mode.ts';
import { op } from '../../hart/fixture.ts';
import { atp, BareTarget, leaf, pte, ramBase, ramSize, reference, uartBase } from '../bare-target.ts';

const addi = (imm: number): number => op('addi', { rd: 5, rs1: 0, imm });

describe('debugger/memory/memory-access', () => {
  it('reads physical memory, and tells how long the hole is at which it ends', () => {
    const bare = new BareTarget();
    const memory = new MemoryAccess(bare.target);
    bare.write(ramBase, 0x0807_0605_0403_0201n);
    assert.deepEqual(memory.read(reference.hpa(ramBase), 2n, 4), {
      address: 0x8000_0002n,
      bytes: Uint8Array.of(3, 4, 5, 6),
      unreadable: 0,
    });
    const atEnd = memory.read(reference.hpa(ramBase + ramSize - 8), 0n, 100);
    assert.equal(atEnd.bytes.length, 8);
    assert.equal(atEnd.unreadable, 92);
  });

  it('begins in a hole: no bytes, and the hole up to where memory begins', () => {
    const memory = new MemoryAccess(new BareTarget().target);
    const read = memory.read(reference.hpa(ramBase), -5000n, 10_000);
    assert.deepEqual(read, { address: BigInt(ramBase - 5000), bytes: new Uint8Array(), unreadable: 5000 });
  });

  it('counts device registers as unreadable, and takes nothing from them', () => {
    const bare = new BareTarget();
    bare.machine.input('uart0', Uint8Array.of(0x41));
    const read = new MemoryAccess(bare.target).read(reference.hpa(uartBase), 0n, 8);
    assert.deepEqual([read.bytes.length, read.unreadable], [0, 8]);
    assert.equal(bare.machine.board.physical.load(uartBase, 1), 0x41n);
  });

  it('reads a space whose root is not in force, whatever its pages permit, and sets no A or D bit', () => {
    const bare = new BareTarget();
    const root = bare.table();
    const slot = bare.map(root, 0x1_0000n, ramBase, pte.V | pte.X | pte.U);
    bare.write(ramBase + 8, 0x42n);
    const memory = new MemoryAccess(bare.target);
    assert.deepEqual([...memory.read(reference.gva(atp(root), 0x1_0008n), 0n, 2).bytes], [0x42, 0]);
    assert.equal(memory.write(reference.gva(atp(root), 0x1_0008n), 0n, Uint8Array.of(0x43)), 1);
    assert.equal(bare.read(ramBase + 8), 0x43n);
    assert.equal(bare.read(slot) & 0xc0n, 0n);
  });

  it('reads across pages that lie apart, and writes up to the first hole', () => {
    const bare = new BareTarget();
    const root = bare.table();
    bare.map(root, 0x1_0000n, ramBase + 0x5000, leaf.rw);
    bare.map(root, 0x1_1000n, ramBase + 0x2000, leaf.rw);
    bare.map(root, 0x1_4000n, ramBase, leaf.rw);
    const memory = new MemoryAccess(bare.target);
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
    const across = reference.gva(atp(root), 0x1_0ff0n);
    assert.equal(memory.write(across, 0n, bytes), 32);
    assert.deepEqual(memory.read(across, 0n, 32).bytes, bytes);
    assert.equal(bare.read(ramBase + 0x2000), 0x1716_1514_1312_1110n);
    const toHole = reference.gva(atp(root), 0x1_1ff0n);
    assert.equal(memory.write(toHole, 0n, bytes), 16);
    const read = memory.read(toHole, 0n, 0x4000);
    assert.deepEqual([read.bytes.length, read.unreadable], [16, 0x2000]);
  });

  it('ends at the highest address', () => {
    const bare = new BareTarget();
    const root = bare.table();
    bare.map(root, 0xffff_ffff_ffff_f000n, ramBase, leaf.rw);
    bare.map(root, 0n, ramBase, leaf.rw);
    const memory = new MemoryAccess(bare.target);
    const top = reference.gva(atp(root), 0xffff_ffff_ffff_fff0n);
    const read = memory.read(top, 0n, 32);
    assert.deepEqual([read.bytes.length, read.unreadable], [16, 16]);
    assert.equal(memory.write(top, 0n, new Uint8Array(32)), 16);
  });

  it('takes a bare address as one of the space that runs now', () => {
    const bare = new BareTarget();
    const root = bare.table();
    bare.map(root, 0x8000_0000n, ramBase + 0x3000, leaf.urw);
    bare.write(ramBase, 0x11n);
    bare.write(ramBase + 0x3000, 0x22n);
    bare.setCsr('satp', atp(root));
    const memory = new MemoryAccess(bare.target);
    const first = (): number | undefined =>
      memory.read({ space: 'current', address: 0x8000_0000n }, 0n, 1).bytes[0];
    bare.enter(machineMode);
    assert.equal(first(), 0x11);
    bare.enter(userMode);
    assert.equal(first(), 0x22);
  });

  it('makes code that it writes run', () => {
    const bare = new BareTarget({ engine: 'interpreter' });
    const { machine, hart } = bare;
    bare.words(ramBase, [addi(1), op('jal', { rd: 0, imm: -4 })]);
    machine.run({ budget: 100 });
    assert.equal(hart.state.getX(5), 1n);
    const bytes = new Uint8Array(Uint32Array.of(addi(2)).buffer);
    new MemoryAccess(bare.target).write(reference.hpa(ramBase), 0n, bytes);
    machine.run({ budget: 100 });
    assert.equal(hart.state.getX(5), 2n);
  });

  it('makes page tables that it writes hold at once', () => {
    const bare = new BareTarget({ engine: 'interpreter' });
    const { machine, hart } = bare;
    const root = bare.table();
    bare.map(root, BigInt(ramBase), ramBase, leaf.rwx);
    const slot = bare.map(root, 0x1_0000n, ramBase + 0x3000, leaf.rw);
    bare.write(ramBase + 0x3000, 1n);
    bare.write(ramBase + 0x4000, 2n);
    bare.words(ramBase, [op('ld', { rd: 5, rs1: 6, imm: 0 }), op('jal', { rd: 0, imm: -4 })]);
    bare.setCsr('satp', atp(root));
    bare.enter(supervisorMode);
    hart.state.setX(6, 0x1_0000n);
    machine.run({ budget: 100 });
    assert.equal(hart.state.getX(5), 1n);
    const entry = new Uint8Array(
      BigUint64Array.of((BigInt((ramBase + 0x4000) / 4096) << 10n) | BigInt(leaf.rw)).buffer,
    );
    new MemoryAccess(bare.target).write(reference.hpa(slot), 0n, entry);
    machine.run({ budget: 100 });
    assert.equal(hart.state.getX(5), 2n);
  });

  it('refuses a guest that is none, and says which there are', () => {
    const memory = new MemoryAccess(new BareTarget().target);
    for (const of of [{ space: 'gpa', guest: 'a', address: 0n } as const, reference.gva(0n, 0n, 'a')])
      assert.throws(
        () => memory.read(of, 0n, 1),
        (error) =>
          error instanceof StrataError && error.blame === 'user' && error.message.includes("guest 'a'"),
      );
  });

  it('shows through a virtual space what it shows at the physical address that the walk leads to', () => {
    const bare = new BareTarget();
    const root = bare.table();
    const memory = new MemoryAccess(bare.target);
    bare.setCsr('satp', atp(root));
    bare.enter(supervisorMode);
    const page = fc.integer({ min: 0, max: 255 });
    const pages = fc.array(fc.record({ from: page, to: page }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pages, page, fc.nat(4095), fc.nat(40), (mapped, at, offset, count) => {
        for (let index = 0; index < 256; index++) bare.map(root, BigInt(index) << 12n, 0, 0);
        for (const { from, to } of mapped) bare.map(root, BigInt(from) << 12n, ramBase + to * 4096, leaf.rw);
        for (const { to } of mapped) bare.write(ramBase + to * 4096, BigInt(to) * 0x0101_0101n);
        const address = BigInt(at * 4096 + offset);
        const shown = memory.read(reference.gva(atp(root), address), 0n, count);
        const walked: number[] = [];
        for (let index = 0n; index < BigInt(count); index++) {
          const { outcome } = walkAddress(bare.target, bare.thread, address + index, 'read');
          if (outcome.kind === 'fault') break;
          walked.push(...memory.read(reference.hpa(outcome.hpa), 0n, 1).bytes);
        }
        assert.deepEqual([...shown.bytes], walked);
      }),
    );
  });
});
