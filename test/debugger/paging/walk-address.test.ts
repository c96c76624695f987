import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { WalkAccess, WalkOutcome } from '../../../src/debugger/paging/address-walk.ts';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import {
  hartMode,
  machineMode,
  supervisorMode,
  userMode,
  virtualSupervisorMode,
  type HartMode,
} from '../../../src/hart/hart-mode.ts';
import type { TakenTrap } from '../../../src/hart/trap.ts';
import { schemeOf } from '../../../src/isa/translation-schemes.ts';
import { op } from '../../hart/fixture.ts';
import { atp, BareTarget, leaf, pte, ramBase, uartBase } from '../bare-target.ts';

const page = 0x1_0000n;
const physical = ramBase + 0x3000;

/** A machine in a mode with one page mapped, and a walk of an address in it. */
function oneStage(flags: number, mode: HartMode = userMode) {
  const bare = new BareTarget();
  const root = bare.table();
  const slot = bare.map(root, page, physical, flags);
  bare.setCsr('satp', atp(root));
  bare.setCsr('medeleg', 0xb109n);
  bare.enter(mode);
  const walk = (access: WalkAccess, address = page + 8n) =>
    walkAddress(bare.target, bare.thread, address, access);
  return { bare, root, slot, walk };
}

/** A guest's space: one page of it, through both stages. */
function twoStages(flags: { readonly first: number; readonly second: number }, mode = virtualSupervisorMode) {
  const bare = new BareTarget();
  const guestRoot = bare.table();
  bare.map(guestRoot, page, physical, flags.first);
  const hostRoot = bare.table();
  for (let at = ramBase; at < ramBase + 0x100_0000; at += 0x20_0000)
    bare.map(hostRoot, BigInt(at), at, leaf.urwx, { level: 1, wide: true });
  bare.map(hostRoot, page, physical, flags.second, { wide: true });
  return { bare, guestRoot, hostRoot, mode };
}

function fault(outcome: WalkOutcome): Extract<WalkOutcome, { kind: 'fault' }> {
  return outcome.kind === 'fault' ? outcome : assert.fail(`mapped to ${outcome.hpa}`);
}

describe('debugger/paging/walk-address', () => {
  it('shows every level down to the leaf, with index, value and what the entry says', () => {
    const { walk, root, slot } = oneStage(leaf.urw);
    const { passes, outcome, mode, stages } = walk('read');
    const [only] = passes;
    assert.equal(passes.length, 1);
    assert.deepEqual(
      only?.entries.map(({ level, index, verdict }) => ({ level, index, verdict })),
      [
        { level: 2, index: 0, verdict: 'pointer' },
        { level: 1, index: 0, verdict: 'pointer' },
        { level: 0, index: 16, verdict: 'leaf' },
      ],
    );
    assert.equal(only?.entries.at(-1)?.address, BigInt(slot));
    assert.equal(only?.output, BigInt(physical + 8));
    assert.deepEqual(stages, [
      { name: 'S-stage', register: 'satp', value: atp(root), scheme: schemeOf('satp', 8n << 60n) },
    ]);
    assert.deepEqual(mode, userMode);
    assert.deepEqual(outcome, {
      kind: 'mapped',
      hpa: BigInt(physical + 8),
      gpa: undefined,
      owner: { kind: 'ram' },
    });
  });

  it('changes nothing, and says which bits the access would set', () => {
    const { bare, walk, slot } = oneStage(pte.V | pte.R | pte.W | pte.U);
    const before = bare.machine.hash();
    const sets = (['read', 'write'] as const).map((access) => walk(access).passes[0]?.entries.at(-1)?.sets);
    assert.deepEqual(sets, [['A'], ['A', 'D']]);
    assert.equal(bare.read(slot) & 0xc0n, 0n);
    assert.equal(bare.machine.hash(), before);
  });

  const reasons: readonly (readonly [string, number, HartMode, WalkAccess, string, string])[] = [
    ['an empty entry', 0, userMode, 'read', 'invalid', 'V is 0 in the S-stage entry at level 0'],
    ['W without R', pte.V | pte.W, userMode, 'read', 'reserved', 'reserved bits are set'],
    ['a pointer at the last level', pte.V, userMode, 'read', 'too-deep', 'it is a pointer'],
    ['a page without W', leaf.urw & ~pte.W, userMode, 'write', 'not-writable', 'W is 0'],
    ['a page without X', leaf.urw, userMode, 'execute', 'not-executable', 'X is 0'],
    ['a page that only executes', pte.V | pte.X | pte.U, userMode, 'read', 'not-readable', 'R is 0'],
    ['a kernel page', leaf.rw, userMode, 'read', 'supervisor-page', 'U is 0'],
    ['a user page', leaf.urw, supervisorMode, 'read', 'user-page', 'U is 1 and SUM is 0'],
    [
      'code of a user page',
      leaf.urwx,
      supervisorMode,
      'execute',
      'user-page',
      'never fetches from user pages',
    ],
  ];
  for (const [what, flags, mode, access, reason, words] of reasons)
    it(`finds the reason of a fault: ${what}`, () => {
      const { verdict, outcome, passes } = oneStage(flags, mode).walk(access);
      const found = fault(outcome);
      assert.equal(found.reason, reason);
      assert.equal(found.pass, passes[0]);
      assert.ok(verdict.includes(words), verdict);
      assert.match(
        verdict,
        /^A (load|store|fetch) in [US] mode takes an? .* page fault: .*; the kernel takes the trap\.$/,
      );
    });

  it('tells of addresses that no table can translate', () => {
    const { walk } = oneStage(leaf.urw);
    const { outcome, verdict, passes } = walk('write', 1n << 39n);
    assert.equal(fault(outcome).reason, 'not-canonical');
    assert.equal(fault(outcome).trap.name, 'store/AMO page fault');
    assert.deepEqual(passes, []);
    assert.match(verdict, /bits 63 to 39/);
  });

  it('tells of tables that lie outside of memory, and of pages that lead nowhere', () => {
    const { bare, root, walk } = oneStage(leaf.urw);
    bare.map(root, page, 0x7000_0000, leaf.urw);
    assert.equal(fault(walk('read').outcome).reason, 'nothing-there');
    assert.equal(fault(walk('read').outcome).trap.name, 'load access fault');
    bare.setCsr('satp', atp(0x7000_0000));
    assert.equal(fault(walk('read').outcome).reason, 'unreachable');
  });

  it('tells of physical memory protection', () => {
    const { bare, walk } = oneStage(leaf.urw);
    // Entry 0: all of memory, readable alone.
    bare.setCsr('pmpaddr0', (1n << 54n) - 1n);
    bare.setCsr('pmpcfg0', 0x19n);
    assert.equal(walk('read').outcome.kind, 'mapped');
    const { outcome, verdict } = walk('write');
    assert.equal(fault(outcome).reason, 'protected');
    assert.match(verdict, /store\/AMO access fault.*PMP/);
  });

  it('names the device and the register that an address reaches', () => {
    const { bare, root, walk } = oneStage(leaf.urw);
    bare.map(root, page, uartBase, leaf.urw);
    const { outcome, verdict } = walk('write', page);
    assert.ok(outcome.kind === 'mapped');
    assert.deepEqual(outcome.owner, { kind: 'device', device: 'uart0', register: 'THR' });
    assert.match(verdict, /uart0\.THR\.$/);
  });

  it('sees M mode’s addresses as they are, but for MPRV', () => {
    const { bare, walk } = oneStage(leaf.urw, machineMode);
    const untranslated = walk('read', BigInt(physical));
    assert.deepEqual([untranslated.stages, untranslated.passes], [[], []]);
    assert.equal(untranslated.outcome.kind, 'mapped');
    bare.setCsr('mstatus', 1n << 17n);
    assert.equal(walk('read').outcome.kind, 'mapped');
    assert.deepEqual(walk('read').mode, userMode);
    assert.equal(walk('execute').mode, machineMode);
  });

  it('walks as the kernel or as the process where told', () => {
    const { bare } = oneStage(leaf.urw, supervisorMode);
    const kindAs = (as: 'process' | 'kernel') =>
      walkAddress(bare.target, bare.thread, page, 'read', as).outcome.kind;
    assert.deepEqual([kindAs('process'), kindAs('kernel')], ['mapped', 'fault']);
    bare.enter(machineMode);
    const { outcome } = walkAddress(bare.target, bare.thread, 0n, 'read', 'process');
    assert.deepEqual(fault(outcome).receiver, supervisorMode);
  });

  it('puts a two-stage walk together: the VS-stage, then the G-stage of each of its entries and of the access', () => {
    const { bare, guestRoot, hostRoot, mode } = twoStages({ first: leaf.rw, second: leaf.urw });
    bare.setCsr('vsatp', atp(guestRoot));
    bare.setCsr('hgatp', atp(hostRoot));
    bare.enter(mode);
    bare.map(guestRoot, page, Number(page), leaf.rw);
    const { passes, outcome } = walkAddress(bare.target, bare.thread, page + 4n, 'read');
    assert.deepEqual(
      passes.map(({ stage, purpose, entries }) => [
        stage.name,
        purpose.kind === 'entry' ? `${purpose.use} ${purpose.level}` : purpose.kind,
        entries.length,
      ]),
      [
        ['VS-stage', 'access', 3],
        ['G-stage', 'read 2', 2],
        ['G-stage', 'read 1', 2],
        ['G-stage', 'read 0', 2],
        ['G-stage', 'access', 3],
      ],
    );
    assert.equal(passes[0]?.output, page + 4n);
    assert.equal(passes[1]?.input, BigInt(guestRoot));
    for (const { input, output } of passes.slice(1, 4)) assert.equal(output, input);
    assert.ok(outcome.kind === 'mapped');
    assert.deepEqual([outcome.gpa, outcome.hpa], [page + 4n, BigInt(physical + 4)]);
  });

  it('knows that the root of the G-stage is four pages long', () => {
    const { bare, guestRoot, hostRoot, mode } = twoStages({ first: leaf.rw, second: leaf.urw });
    const wide = 2 ** 40 + 2 ** 39;
    bare.map(guestRoot, page, wide, leaf.rw);
    bare.map(hostRoot, BigInt(wide), physical, leaf.urw, { wide: true });
    bare.setCsr('vsatp', atp(guestRoot));
    bare.setCsr('hgatp', atp(hostRoot));
    bare.enter(mode);
    const { passes, outcome } = walkAddress(bare.target, bare.thread, page, 'read');
    assert.equal(passes.at(-1)?.entries[0]?.index, 1536);
    assert.ok(outcome.kind === 'mapped');
    assert.equal(outcome.gpa, BigInt(wide));
  });

  it('shows the write by which a VS-stage entry gets its A and D bits', () => {
    const { bare, guestRoot, hostRoot, mode } = twoStages({ first: pte.V | pte.R | pte.W, second: leaf.urw });
    bare.setCsr('vsatp', atp(guestRoot));
    bare.setCsr('hgatp', atp(hostRoot));
    bare.enter(mode);
    const { passes } = walkAddress(bare.target, bare.thread, page, 'write');
    const updates = passes.filter(({ purpose }) => purpose.kind === 'entry' && purpose.use === 'write');
    assert.deepEqual(
      updates.map(({ purpose }) => purpose),
      [{ kind: 'entry', level: 0, use: 'write' }],
    );
  });

  it('agrees with the hart on every access: same trap to the same mode, or the same address', () => {
    const bare = new BareTarget();
    const guestRoot = bare.table();
    const hostRoot = bare.table();
    const identity = (at: number, flags: number): void =>
      void bare.map(hostRoot, BigInt(at), at, flags, { level: 1, wide: true });
    for (let at = ramBase; at < ramBase + 0x100_0000; at += 0x20_0000) identity(at, leaf.urwx);
    bare.map(guestRoot, page, Number(page), leaf.rw);
    const instructions = {
      read: op('lbu', { rd: 5, rs1: 6 }),
      write: op('sb', { rs1: 6, rs2: 0 }),
      execute: 0,
    };
    fc.assert(
      fc.property(
        fc.record({
          first: fc.nat(255),
          second: fc.nat(255),
          privilege: fc.constantFrom(0 as const, 1 as const),
          virtual: fc.boolean(),
          access: fc.constantFrom('read' as const, 'write' as const, 'execute' as const),
          status: fc.constantFrom(0n, 1n << 18n, 1n << 19n),
          delegated: fc.constantFrom(0n, 0xf0_b109n, 0xb109n),
          onward: fc.constantFrom(0n, 0xb109n),
        }),
        ({ first, second, privilege, virtual, access, status, delegated, onward }) => {
          const mode = hartMode(privilege, virtual);
          bare.map(guestRoot, page, virtual ? Number(page) : physical, first);
          bare.map(hostRoot, page, physical, second, { wide: true });
          // The code that makes the access is fetched through a page that any mode in question may execute.
          const code = 0x20_0000n;
          bare.map(guestRoot, code, ramBase, privilege === 0 ? leaf.urwx : leaf.rwx);
          bare.words(ramBase, [instructions[access]]);
          bare.words(physical, [op('addi', {})]);
          bare.setCsr('satp', atp(guestRoot));
          bare.setCsr('vsatp', atp(guestRoot));
          bare.setCsr('hgatp', atp(hostRoot));
          bare.setCsr('mstatus', status);
          bare.setCsr('vsstatus', status);
          bare.setCsr('medeleg', delegated);
          bare.setCsr('hedeleg', onward);
          bare.enter(mode, access === 'execute' ? page : code);
          bare.hart.state.setX(6, page);
          const { outcome } = walkAddress(bare.target, bare.thread, page, access);
          const traps: TakenTrap[] = [];
          bare.hart.onTrap = (trap) => traps.push(trap) > 0;
          bare.machine.run({ budget: 1 });
          const [taken] = traps;
          if (outcome.kind === 'mapped') assert.equal(taken, undefined);
          else assert.deepEqual([outcome.trap.code, outcome.receiver], [taken?.trap.code, taken?.to]);
          if (outcome.kind === 'fault' && outcome.guest !== undefined)
            assert.equal(outcome.guest.gpa >> 2n, taken?.trap.tval2);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
