import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { DisassemblyRow } from '../../../src/debugger/debugger.ts';
import type { MemoryReference } from '../../../src/debugger/memory-reference.ts';
import { disassemble } from '../../../src/debugger/memory/disassembly.ts';
import type { Target } from '../../../src/debugger/target/target.ts';
import { op } from '../../hart/fixture.ts';
import { BareTarget, pebbleTarget, ramBase, ramSize, reference } from '../bare-target.ts';

/** Bytes from each row to the next: what cannot be read has rows of up to four. */
function steps(rows: readonly DisassemblyRow[]): readonly bigint[] {
  return rows.slice(1).map((row, index) => BigInt.asUintN(64, row.address - (rows[index]?.address ?? 0n)));
}

/** Runs the sample kernel until a process runs. */
function pebbleInProcess(): Target {
  const { machine, target } = pebbleTarget('run="count 100"');
  const { cpu } = target.thread(1);
  for (let slice = 0; slice < 500; slice++) {
    machine.run({ budget: 10_000 });
    if (cpu.mode.privilege === 0 && target.programOf(target.thread(1), cpu.regime())?.name === 'count.elf')
      return target;
  }
  return assert.fail('no process has run');
}

describe('debugger/memory/disassembly', () => {
  const pebble = pebbleInProcess();
  const { cpu } = pebble.thread(1);
  const [kernel] = pebble.images.of('kernel', undefined);
  const start = kernel?.symbols.functionsNamed('process_exit')[0]?.low ?? assert.fail('no process_exit');
  const space = reference.gva(cpu.root, start);

  it('shows instructions with their symbols, and the lines that they come from', () => {
    const [first, second] = disassemble(pebble, space, 0n, 0, 2);
    assert.equal(first?.symbol, 'process_exit');
    assert.match(second?.symbol ?? '', /^process_exit\+0x[24]$/);
    assert.equal(first?.text.split(' ')[0], 'addi');
    assert.match(first?.location?.source.kind === 'file' ? first.location.source.path : '', /process\.c$/);
    assert.ok((first?.location?.line ?? 0) > 1);
    const calls = disassemble(pebble, space, 0n, 0, 100).filter(({ text }) => text.startsWith('jal'));
    assert.match(calls[0]?.text ?? '', /^jal 0xffffffc080\w+ <\w+>$/);
  });

  it('names the program that is mapped, in code that all programs have at one address', () => {
    const main = pebble.images.named('count')[0]?.symbols.functionsNamed('main')[0]?.low ?? 0n;
    const [row] = disassemble(pebble, { space: 'current', address: main }, 0n, 0, 1);
    assert.equal(row?.symbol, 'main');
    assert.match(row?.location?.source.kind === 'file' ? row.location.source.path : '', /count\.c$/);
  });

  it('goes back by instructions to rows that it also shows going forwards', () => {
    const listing = disassemble(pebble, space, 0n, 0, 600);
    const at = fc.integer({ min: 0, max: listing.length - 1 });
    fc.assert(
      fc.property(at, fc.nat(300), fc.integer({ min: 1, max: 50 }), (from, back, count) => {
        const lowest = Math.max(0, from - back);
        const own = { ...space, address: listing[from]?.address ?? 0n };
        const rows = disassemble(pebble, own, 0n, lowest - from, count);
        assert.deepEqual(rows.slice(0, listing.length - lowest), listing.slice(lowest, lowest + count));
      }),
      { numRuns: 60 },
    );
  });

  it('shows the same code by its physical address, symbols and lines included', () => {
    const segment = kernel?.symbols.elf
      .loadableSegments()
      .find(
        ({ virtualAddress, memorySize }) =>
          start >= virtualAddress && start < virtualAddress + BigInt(memorySize),
      );
    assert.ok(segment);
    const away = segment.physicalAddress - segment.virtualAddress;
    const virtual = disassemble(pebble, space, 0n, -20, 60);
    const physical = disassemble(pebble, reference.hpa(start + away), 0n, -20, 60);
    assert.deepEqual(
      physical.map(({ address, symbol, location, bytes }) => ({
        address: address - away,
        symbol,
        location,
        bytes,
      })),
      virtual.map(({ address, symbol, location, bytes }) => ({ address, symbol, location, bytes })),
    );
  });

  it('shows rows that are not valid where nothing can be read, as many as were asked for', () => {
    const bare = new BareTarget();
    bare.words(ramBase, [op('addi', { rd: 5, rs1: 5, imm: 1 })]);
    const rows = disassemble(bare.target, reference.hpa(ramBase), 0n, -3, 5);
    assert.deepEqual(
      rows.map(({ address, valid, text }) => [address - BigInt(ramBase), valid, text]),
      [
        [-12n, false, 'not readable'],
        [-8n, false, 'not readable'],
        [-4n, false, 'not readable'],
        [0n, true, 'addi t0,t0,1'],
        [4n, true, 'unimp'],
      ],
    );
  });

  it('does not take bytes of the next page for those of a page that cannot be read', () => {
    const bare = new BareTarget();
    const rows = disassemble(bare.target, reference.hpa(ramBase - 2), 0n, 0, 2);
    assert.deepEqual(
      rows.map(({ address, valid }) => [Number(address) - ramBase, valid]),
      [
        [-2, false],
        [0, true],
      ],
    );
  });

  it('shows what is no instruction as data, and half an instruction at the end of memory as half', () => {
    const bare = new BareTarget();
    const end = ramBase + ramSize;
    bare.words(end - 8, [0xffff_ffff, 0x0013_0001]);
    const rows = disassemble(bare.target, reference.hpa(end - 8), 0n, 0, 4);
    assert.deepEqual(
      rows.map(({ text, bytes }) => `${text} (${bytes.length})`),
      ['.4byte 0xffffffff (4)', 'nop (2)', '.2byte 0x13 (2)', 'not readable (0)'],
    );
  });

  it('falls into step with code that it knows nothing of', () => {
    const bare = new BareTarget();
    const code = [op('addi', { rd: 5, rs1: 5, imm: 1 }), 0x0505_0505, op('lui', { rd: 7, imm: 0x1234_5000 })];
    bare.words(
      ramBase,
      Array.from({ length: 60 }, (_, index) => code[index % 3] ?? 0),
    );
    const listing = disassemble(bare.target, reference.hpa(ramBase), 0n, 0, 80);
    for (let from = 1; from < listing.length; from++) {
      const own = reference.hpa(listing[from]?.address ?? 0n);
      const rows = disassemble(bare.target, own, 0n, -Math.min(from, 10), Math.min(from, 10) + 1);
      assert.deepEqual(rows, listing.slice(Math.max(0, from - 10), from + 1));
    }
  });

  it('begins at the address itself, even in the middle of an instruction', () => {
    const wide = disassemble(pebble, space, 0n, 0, 100).find(({ bytes }) => bytes.length === 4);
    const middle = (wide?.address ?? 0n) + 2n;
    const rows = disassemble(pebble, { ...space, address: middle }, 0n, -2, 4);
    assert.equal(rows[2]?.address, middle);
    assert.equal(rows[1]?.address, middle - 2n);
    assert.equal(rows[1]?.bytes.length, 2);
  });

  it('answers with exactly as many rows as were asked for, without a gap, whatever is asked', () => {
    const addresses: readonly MemoryReference[] = [
      space,
      { space: 'current', address: 0x1_0000n },
      reference.hpa(ramBase),
      reference.hpa(0),
      reference.hpa(0xffff_ffff_ffff_fffen),
      reference.gva(cpu.root, 0xffff_ffc0_8020_0000n),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...addresses),
        fc.integer({ min: -10_000, max: 10_000 }),
        fc.integer({ min: -300, max: 300 }),
        fc.nat(100),
        (from, offset, instructions, count) => {
          const rows = disassemble(pebble, from, BigInt(offset), instructions, count);
          assert.equal(rows.length, count);
          for (const step of steps(rows)) assert.ok(step === 2n || step === 4n, String(step));
          const isExact = rows.every(({ bytes }, index) => {
            const step = steps(rows)[index];
            return bytes.length === 0 || step === undefined || step === BigInt(bytes.length);
          });
          assert.ok(isExact);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is not kept busy by offsets that nobody means', () => {
    const aligned = start & ~3n;
    const rows = disassemble(pebble, { ...space, address: aligned }, 0n, -(2 ** 31), 3);
    assert.equal(rows.length, 3);
    assert.equal(rows[0]?.valid, false);
    assert.equal(rows[0]?.address, aligned - 2n ** 33n);
  });
});
