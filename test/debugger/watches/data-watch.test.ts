import assert from 'node:assert/strict';
import { DataWatch } from '../../../src/debugger/watches/data-watch.ts';
import { machineMode } from '../../../src/hart/hart-mode.ts';
import { op } from '../../hart/fixture.ts';
import { atp, BareTarget, leaf, pte, ramBase, reference } from '../bare-target.ts';

const pages = [ramBase + 0x4_0000, ramBase + 0x5_0000] as const;
const address = 0x4000_0010n;
const t = { entry: 5, pointer: 6, other: 7, variable: 10, value: 11 };

/**
 * Code in M mode that stores to a variable of a process in one page, then has its page table lead to another page, and
 * stores to both.
 */
function scene(isMapped: boolean): {
  readonly bare: BareTarget;
  readonly watch: DataWatch;
  /** Where the page is mapped, and by which entry. */
  readonly slot: number;
  readonly mapped: bigint;
} {
  const bare = new BareTarget({ engine: 'interpreter' });
  const root = bare.table();
  const slot = bare.map(root, address, pages[0], leaf.urw);
  const mapped = bare.read(slot);
  const other = mapped + (BigInt((pages[1] - pages[0]) / 4096) << 10n);
  if (!isMapped) bare.write(slot, 0n);
  bare.words(ramBase, [
    op('sw', { rs1: t.variable, rs2: t.value }),
    op('sd', { rs1: t.entry, rs2: t.pointer }),
    op('sw', { rs1: t.variable, rs2: 0 }),
    op('sw', { rs1: t.other, rs2: t.value }),
    op('jal', { imm: 0 }),
  ]);
  const offset = Number(address & 0xfffn);
  const values = {
    [t.entry]: BigInt(slot),
    [t.pointer]: other,
    [t.variable]: BigInt(pages[0] + offset),
    [t.other]: BigInt(pages[1] + offset),
    [t.value]: 7n,
  };
  for (const [register, value] of Object.entries(values)) bare.hart.state.setX(Number(register), value);
  bare.enter(machineMode);
  const data = { reference: reference.gva(atp(root), address), length: 4, name: 'counter' };
  return { bare, watch: new DataWatch(data, 'write', bare.target), slot, mapped };
}

/** What happened, at which instruction; the watch follows, as in the debugger. */
function events({ bare, watch }: Pick<ReturnType<typeof scene>, 'bare' | 'watch'>): readonly string[] {
  const found: string[] = [];
  for (;;) {
    const stop = bare.machine.run({ until: 10 });
    if (stop.kind !== 'watchpoint') return found;
    const hit = watch.hit(stop.accesses);
    if (hit !== undefined) found.push(`${bare.machine.steps}: ${hit.before[0]} → ${hit.after[0]}`);
    if (watch.isMovedBy(stop.accesses))
      found.push(`${bare.machine.steps}: ${watch.follow() ? 'moved' : 'stays'}`);
  }
}

describe('debugger/watches/data-watch', () => {
  it('follows a variable of a process to the page that its page table leads to', () => {
    assert.deepEqual(events(scene(true)), ['1: 0 → 7', '2: moved', '4: 0 → 7']);
  });

  it('waits for the page to be mapped', () => {
    const waiting = scene(false);
    assert.match(waiting.watch.problem ?? '', /Nothing is mapped at 0x40000010 now/);
    assert.equal(waiting.watch.isRefused, false);
    assert.deepEqual(events(waiting), ['2: moved', '4: 0 → 7']);
    assert.equal(waiting.watch.problem, undefined);
  });

  it('finds its page again where the tables were something else for a while, as before the process began', () => {
    const { bare, watch, slot, mapped } = scene(true);
    const poke = (entry: bigint): void => {
      const bytes = new BigUint64Array([entry]);
      bare.machine.board.physical.poke(slot, new Uint8Array(bytes.buffer), 'view');
    };
    const kernelPage = mapped & ~BigInt(pte.U);
    const nowhere = BigInt(pte.V | pte.R) | (1n << 50n);
    for (const other of [kernelPage, nowhere, 0n]) {
      poke(other);
      assert.equal(watch.follow(), true);
      assert.match(watch.problem ?? '', /Nothing is mapped/);
      poke(mapped);
      assert.equal(watch.follow(), true, other.toString(16));
      assert.equal(watch.problem, undefined);
    }
    assert.deepEqual(events({ bare, watch }), ['1: 0 → 7', '2: moved', '4: 0 → 7']);
  });

  it('lets go of all that it watched', () => {
    const { bare, watch } = scene(true);
    watch.dispose();
    assert.equal(bare.machine.watchpoints.areSet, false);
    assert.equal(bare.machine.run({ until: 10 }).kind, 'budget');
  });

  it('is of bytes that lie in two pages, wherever these are', () => {
    const bare = new BareTarget({ engine: 'interpreter' });
    const root = bare.table();
    bare.map(root, 0x4000_0000n, pages[1], leaf.urw);
    bare.map(root, 0x4000_1000n, pages[0], leaf.urw);
    const data = { reference: reference.gva(atp(root), 0x4000_0ffcn), length: 8, name: 'across' };
    const watch = new DataWatch(data, 'write', bare.target);
    bare.words(ramBase, [
      op('sw', { rs1: t.variable, rs2: t.value }),
      op('sh', { rs1: t.other, rs2: t.value }),
    ]);
    bare.hart.state.setX(t.value, 0x0201n);
    bare.hart.state.setX(t.variable, BigInt(pages[0]));
    bare.hart.state.setX(t.other, BigInt(pages[1] + 0xffe));
    bare.enter(machineMode);
    const parts = [1, 2].map(() => {
      const stop = bare.machine.run({ until: 2 });
      const hit = stop.kind === 'watchpoint' ? watch.hit(stop.accesses) : undefined;
      return [hit?.offset, hit?.length, hit && [...hit.before].join(''), hit && [...hit.after].join('')];
    });
    assert.deepEqual(parts, [
      [4, 4, '00000000', '00001200'],
      [2, 2, '00001200', '00121200'],
    ]);
  });

  it('is of one place where a kernel has mapped it', () => {
    const { bare } = scene(true);
    const root = bare.table();
    bare.map(root, address, pages[0], pte.V | pte.R | pte.W | pte.A | pte.D);
    const data = { reference: reference.gva(atp(root), address), length: 4, name: 'counter' };
    assert.equal(new DataWatch(data, 'read', bare.target).follows, false);
  });
});
