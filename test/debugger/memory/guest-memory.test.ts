import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StrataError } from '../../../src/common/errors.ts';
import { formatMemoryReference } from '../../../src/debugger/memory-reference.ts';
import { disassemble } from '../../../src/debugger/memory/disassembly.ts';
import { MemoryAccess } from '../../../src/debugger/memory/memory-access.ts';
import { listSpaces } from '../../../src/debugger/memory/spaces.ts';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import { reference, uartBase } from '../bare-target.ts';
import { HostedTarget } from '../hosted-target.ts';

describe('debugger/memory of guests', () => {
  const hosted = new HostedTarget({ a: 'run="count 100"', b: 'run=primes' });
  hosted.runToProcess('b', 'primes.elf');
  hosted.runToProcess('a', 'count.elf');
  const { target } = hosted;
  const memory = new MemoryAccess(target);

  it('shows the same bytes by every name that a byte has, whichever guest has the hart', () => {
    for (const name of ['a', 'b']) {
      const thread = hosted.thread(name);
      const { root, pc } = thread.cpu;
      const kernel = 0xffff_ffc0_8020_0000n;
      const inCode = fc.constantFrom(pc, kernel, 0x1_0000n, thread.cpu.getX(2));
      fc.assert(
        fc.property(inCode, fc.integer({ min: -0x3000, max: 0x3000 }), (base, away) => {
          const address = BigInt.asUintN(64, base + BigInt(away));
          const shown = memory.read(reference.gva(root, address, name), 0n, 1);
          // All pages of the sample kernel are readable to the process or to the kernel.
          const walks = (['process', 'kernel'] as const).map(
            (as) => walkAddress(target, thread, address, 'read', as).outcome,
          );
          const mapped = walks.find((outcome) => outcome.kind === 'mapped');
          if (mapped === undefined || mapped.owner.kind === 'device') {
            assert.equal(shown.unreadable, 1);
            return;
          }
          assert.deepEqual(memory.read(reference.hpa(mapped.hpa), 0n, 1).bytes, shown.bytes);
          assert.deepEqual(memory.read(reference.gpa(name, mapped.gpa ?? 0n), 0n, 1).bytes, shown.bytes);
          assert.deepEqual(mapped.owner, { kind: 'guest', guest: name, gpa: mapped.gpa });
        }),
      );
    }
  });

  it('tells spaces of two guests apart, though they have the same root and the same address', () => {
    const { root } = hosted.thread('a').cpu;
    const written = Uint8Array.of(1, 2, 3);
    const [own, other] = ['a', 'b'].map((name) => reference.gpa(name, 0x80f0_0000));
    assert.ok(own && other);
    memory.write(own, 0n, written);
    assert.deepEqual(memory.read(own, 0n, 3).bytes, written);
    assert.deepEqual([...memory.read(other, 0n, 3).bytes], [0, 0, 0]);
    const ofA = memory.read(reference.gva(root, 0x1_0000n, 'a'), 0n, 64).bytes;
    const ofB = memory.read(reference.gva(root, 0x1_0000n, 'b'), 0n, 64);
    assert.equal(ofA.length, 64);
    assert.notDeepEqual(ofB.bytes, ofA);
  });

  it('counts a guest’s devices as unreadable, and knows no memory beside its RAM', () => {
    assert.equal(memory.read(reference.gpa('a', uartBase), 0n, 8).unreadable, 8);
    const beyond = memory.read(reference.gpa('a', 0x8100_0000 - 8), 0n, 64);
    assert.deepEqual([beyond.bytes.length, beyond.unreadable], [8, 56]);
  });

  it('refuses a guest that is none, and says which there are', () => {
    assert.throws(
      () => memory.read(reference.gpa('c', 0), 0n, 1),
      (error) =>
        error instanceof StrataError &&
        error.blame === 'user' &&
        error.message.includes("there are 'a', 'b'"),
    );
  });

  it('lists the spaces of the machine, of the guests, and of every process that waits in a kernel', () => {
    const spaces = memory.spaces();
    const titles = spaces.map(({ title }) => title);
    assert.deepEqual(titles.slice(0, 3), [
      'Host-physical memory',
      'Guest-physical memory of a',
      'Guest-physical memory of b',
    ]);
    for (const program of ['a, vCPU 0 (count.elf)', 'a, vCPU 0 (init.elf)', 'b, vCPU 0 (primes.elf)'])
      assert.ok(titles.includes(`Virtual memory of ${program}`), titles.join('\n'));
    for (const { reference: start, size } of spaces) {
      assert.equal(memory.read(start, 0n, 16).bytes.length, 16, formatMemoryReference(start));
      if (size !== undefined) assert.equal(memory.read(start, size, 1).unreadable, 1);
    }
    assert.equal(
      new Set(spaces.map(({ reference: start }) => formatMemoryReference(start))).size,
      spaces.length,
    );
  });

  it('lists no space of a process that has ended', () => {
    const ended = new HostedTarget({ a: 'run=hello,"count 100"' });
    ended.runToProcess('a', 'hello.elf');
    ended.runToProcess('a', 'count.elf');
    const titles = listSpaces(ended.target).map(({ title }) => title);
    assert.ok(titles.some((title) => title.includes('count.elf')));
    assert.ok(!titles.some((title) => /hello\.elf|process/.test(title)), titles.join('\n'));
  });

  it('lists for a thread what it can reach', () => {
    const titles = memory.spaces(hosted.thread('b')).map(({ title }) => title);
    assert.ok(titles.includes('Guest-physical memory of b'));
    assert.ok(!titles.some((title) => title.includes('of a')), titles.join('\n'));
  });

  it('disassembles a guest’s kernel by virtual, guest-physical and host-physical address alike', () => {
    const thread = hosted.thread('b');
    const [kernel] = target.images.of('kernel', 'b');
    const start = kernel?.symbols.functionsNamed('process_exit')[0]?.low ?? assert.fail();
    const { outcome } = walkAddress(target, thread, start, 'execute', 'kernel');
    assert.ok(outcome.kind === 'mapped' && outcome.gpa !== undefined);
    const places = [
      reference.gva(thread.cpu.root, start, 'b'),
      reference.gpa('b', outcome.gpa),
      reference.hpa(outcome.hpa),
    ];
    const [virtual, guest, host] = places.map((place) =>
      disassemble(target, place, 0n, -5, 30).map(({ bytes, symbol, location }) => ({
        bytes,
        symbol,
        location,
      })),
    );
    assert.equal(virtual?.[5]?.symbol, 'process_exit');
    assert.deepEqual(guest, virtual);
    assert.deepEqual(host, virtual);
  });
});
