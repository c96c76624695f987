import assert from 'node:assert/strict';
import { pteBit, type PageAccess } from '../../../src/hart/translation/page-table.ts';
import {
  permissiveOptions,
  stageOptions,
  type TranslationRegime,
} from '../../../src/hart/translation/regime.ts';
import { firstStageSchemes, secondStageSchemes } from '../../../src/isa/translation-schemes.ts';
import type { WalkFault, WalkStep } from '../../../src/hart/translation/walk.ts';
import { atp, flags, TestMachine } from '../fixture.ts';

const { valid, read, write, execute, user, accessed, dirty } = pteBit;
const used = accessed | dirty;
const target = 0x8000_5000;
const supervisor: TranslationRegime = {
  virtual: false,
  privilege: 1,
  satp: 0n,
  hgatp: 0n,
  sum: false,
  mxr: false,
  guestMxr: false,
  options: permissiveOptions,
  guestOptions: permissiveOptions,
};
/** A and D bits fault while they are 0, and there are no memory types. */
const svade: Partial<TranslationRegime> = { options: stageOptions(0), guestOptions: stageOptions(0) };

describe('hart/translation/walk', () => {
  let machine: TestMachine;
  beforeEach(() => {
    machine = new TestMachine();
  });

  const walk = (
    address: bigint,
    access: PageAccess,
    regime: TranslationRegime,
    options: { effects?: 'update' | 'none'; steps?: WalkStep[] } = {},
  ): number | WalkFault => {
    const { effects = 'none', steps } = options;
    return machine.hart.walker.walk({
      address,
      access,
      regime,
      effects,
      ...(steps && { observer: (step: WalkStep) => steps.push(step) }),
    });
  };

  describe('of one stage', () => {
    let root: number;
    let regime: TranslationRegime;
    beforeEach(() => {
      root = machine.table();
      regime = { ...supervisor, satp: atp(root) };
    });

    it('finds the page, and shows every level', () => {
      machine.map(root, 0x12_3456_7000n, target, flags.rwx);
      const steps: WalkStep[] = [];
      assert.equal(walk(0x12_3456_7abcn, 'read', regime, { steps }), target / 4096);
      assert.deepEqual(
        steps.map(({ root: register, level, verdict }) => [register, level, verdict]),
        [
          ['satp', 2, 'pointer'],
          ['satp', 1, 'pointer'],
          ['satp', 0, 'leaf'],
        ],
      );
      assert.equal(steps[0]?.address, BigInt(root + 8 * 0x48));
      assert.equal(steps[2]?.entry, (BigInt(target >>> 12) << 10n) | BigInt(flags.rwx));
    });

    it('takes M mode, and a root of 0, as addresses that are physical already', () => {
      assert.equal(walk(BigInt(target), 'write', { ...regime, privilege: 3 }), target / 4096);
      assert.equal(walk(BigInt(target), 'write', supervisor), target / 4096);
    });

    it('wants bits 63 to 39 to equal bit 38', () => {
      machine.map(root, 0x3f_ffff_f000n, target, flags.rwx);
      machine.map(root, 0x7f_ffff_f000n, target, flags.rwx);
      assert.equal(walk(0x3f_ffff_f000n, 'read', regime), target / 4096);
      assert.equal(walk(0xffff_ffff_ffff_f000n, 'read', regime), target / 4096);
      for (const address of [0x7f_ffff_f000n, 0x40_0000_0000n, 0xffff_ffbf_ffff_f000n, 1n << 63n]) {
        assert.deepEqual(walk(address, 'read', regime), { kind: 'page' });
      }
    });

    it('joins the low page numbers of a superpage with those of the address', () => {
      machine.write(root + 8, (BigInt(0x8000_0000 >>> 12) << 10n) | BigInt(flags.rwx));
      assert.equal(walk(0x4012_3456n, 'read', regime), 0x8_0123);
      const next = machine.table();
      machine.write(root + 16, (BigInt(next >>> 12) << 10n) | 1n);
      machine.write(next + 8, (BigInt(0x8020_0000 >>> 12) << 10n) | BigInt(flags.rwx));
      assert.equal(walk(0x8020_0000n + 0x1f_f000n, 'read', regime), 0x8_03ff);
    });

    const verdicts: [string, number | bigint, PageAccess, Partial<TranslationRegime>, string][] = [
      ['an entry that is not valid', read | write, 'read', {}, 'invalid'],
      ['write without read', valid | write | used, 'read', {}, 'reserved'],
      ['write and execute without read', valid | write | execute | used, 'execute', {}, 'reserved'],
      ['a reserved high bit', BigInt(flags.rwx) | (1n << 54n), 'read', {}, 'reserved'],
      ['a memory type without PBMTE', BigInt(flags.rwx) | (1n << 61n), 'read', svade, 'reserved'],
      ['non-cacheable memory', BigInt(flags.rwx) | (1n << 61n), 'read', {}, 'leaf'],
      ['I/O', BigInt(flags.rwx) | (2n << 61n), 'read', {}, 'leaf'],
      ['the memory type that is reserved', BigInt(flags.rwx) | (3n << 61n), 'read', {}, 'reserved'],
      ['a memory type in a pointer', BigInt(valid) | (1n << 61n), 'read', {}, 'reserved'],
      ['NAPOT of a size that there is not', BigInt(flags.rwx) | (1n << 63n), 'read', {}, 'reserved'],
      ['NAPOT in a pointer', BigInt(valid) | (1n << 63n), 'read', {}, 'reserved'],
      ['a page without A under Svade', valid | read | write, 'read', svade, 'not-accessed'],
      ['a store to a clean page under Svade', valid | read | write | accessed, 'write', svade, 'not-dirty'],
      ['a load from a clean page under Svade', valid | read | write | accessed, 'read', svade, 'leaf'],
      ['a store without W or D under Svade', valid | read | accessed, 'write', svade, 'not-writable'],
      ['a pointer at the last level', valid, 'read', {}, 'too-deep'],
      ['a pointer with a dirty bit', valid | dirty, 'read', {}, 'reserved'],
      ['a user page for S mode', flags.urwx, 'read', {}, 'user-page'],
      ['a user page for S mode with SUM', flags.urwx, 'read', { sum: true }, 'leaf'],
      ['a fetch from a user page with SUM', flags.urwx, 'execute', { sum: true }, 'user-page'],
      ['a supervisor page for U mode', flags.rwx, 'read', { privilege: 0 }, 'supervisor-page'],
      ['a user page for U mode', flags.urwx, 'execute', { privilege: 0 }, 'leaf'],
      ['a store to a read-only page', valid | read | used, 'write', {}, 'not-writable'],
      ['a fetch from a data page', valid | read | write | used, 'execute', {}, 'not-executable'],
      ['a load from an execute-only page', valid | execute | used, 'read', {}, 'not-readable'],
      ['a load from an execute-only page with MXR', valid | execute | used, 'read', { mxr: true }, 'leaf'],
      ['HLVX from a data page', valid | read | used, 'execute-read', {}, 'not-executable'],
      ['HLVX from an execute-only page', valid | execute | used, 'execute-read', {}, 'leaf'],
      ['a view of a page that nobody may touch', valid | execute, 'any', { privilege: 0 }, 'leaf'],
    ];
    for (const [what, leaf, access, change, verdict] of verdicts) {
      it(`judges ${what}: ${verdict}`, () => {
        const place = machine.map(root, 0x1000n, target, 0);
        machine.write(place, (BigInt(target >>> 12) << 10n) | BigInt(leaf));
        const steps: WalkStep[] = [];
        const result = walk(0x1000n, access, { ...regime, ...change }, { steps });
        assert.equal(steps.at(-1)?.verdict, verdict);
        assert.deepEqual(result, verdict === 'leaf' ? target / 4096 : { kind: 'page' });
      });
    }

    for (const { name, mode, levels, addressBits } of firstStageSchemes.slice(1)) {
      const bits = BigInt(addressBits);
      const deep = { ...supervisor, satp: 0n };
      beforeEach(() => {
        deep.satp = atp(root, { mode: BigInt(mode) });
      });

      it(`walks the ${levels} levels of ${name}, for canonical addresses alone`, () => {
        const [low, high] = [(1n << (bits - 1n)) - 0x1000n, BigInt.asUintN(64, -(1n << (bits - 1n)))];
        for (const address of [low, high, 0x12_3456_7000n])
          machine.map(root, BigInt.asUintN(addressBits, address), target, flags.rwx, levels);
        const steps: WalkStep[] = [];
        assert.equal(walk(0x12_3456_7abcn, 'write', deep, { steps }), target / 4096);
        assert.deepEqual(
          steps.map(({ level }) => level),
          Array.from({ length: levels }, (_, index) => levels - 1 - index),
        );
        assert.equal(walk(low, 'read', deep), target / 4096);
        assert.equal(walk(high, 'read', deep), target / 4096);
        for (const address of [low + 0x1000n, high - 0x1000n, 1n << 63n])
          assert.deepEqual(walk(address, 'read', deep), { kind: 'page' });
      });

      it(`joins page numbers at every level of ${name}, and wants each aligned`, () => {
        let table = root;
        for (let level = levels - 1; level > 0; level--) {
          const span = 512 ** level;
          machine.write(table + 8, (BigInt(span) << 10n) | BigInt(flags.rwx));
          machine.write(table + 16, (BigInt(span + 1) << 10n) | BigInt(flags.rwx));
          const base = BigInt(span) * 0x1000n;
          const inside = base - 0x1000n;
          assert.equal(walk(base + inside, 'write', deep), 2 * span - 1, `level ${level}`);
          assert.deepEqual(walk(2n * base, 'write', deep), { kind: 'page' }, `level ${level}`);
          const next = machine.table();
          machine.write(table, (BigInt(next >>> 12) << 10n) | 1n);
          table = next;
        }
      });
    }

    it('takes an address as physical where MODE is Bare, whatever else satp holds', () => {
      assert.equal(
        walk(BigInt(target), 'write', { ...supervisor, satp: 0xffff_0000_0008_0000n }),
        target / 4096,
      );
    });

    it('takes the low four bits of a contiguous page from the address (Svnapot)', () => {
      const leaf = (1n << 63n) | BigInt(flags.rwx) | (0x8_0018n << 10n);
      const place = machine.map(root, 0x1_3000n, 0, 0);
      machine.write(place, leaf);
      assert.equal(walk(0x1_3abcn, 'write', regime), 0x8_0013);
      machine.write(root + 8, (1n << 63n) | BigInt(flags.rwx) | (8n << 10n));
      assert.deepEqual(walk(0x4000_0000n, 'read', regime), { kind: 'page' }, 'at no level but 0');
    });

    it('refuses a superpage that is not aligned', () => {
      machine.write(root, (BigInt(target >>> 12) << 10n) | BigInt(flags.rwx));
      const steps: WalkStep[] = [];
      assert.deepEqual(walk(0x1000n, 'read', regime, { steps }), { kind: 'page' });
      assert.equal(steps[0]?.verdict, 'misaligned-superpage');
    });

    it('makes an access fault of a table that is not in RAM', () => {
      const steps: WalkStep[] = [];
      assert.deepEqual(walk(0n, 'write', { ...regime, satp: atp(0x1000_0000) }, { steps }), {
        kind: 'access',
      });
      assert.deepEqual(
        steps.map(({ verdict }) => verdict),
        ['unreachable'],
      );
      assert.deepEqual(walk(0n, 'write', { ...regime, satp: (8n << 60n) | 0xfff_ffff_ffffn }), {
        kind: 'access',
      });
    });

    it('sets A at any access and D at a store, and only where that has effects', () => {
      const leaf = machine.map(root, 0x1000n, target, valid | read | write | execute);
      const usage = (): bigint => machine.read(leaf) & BigInt(used);
      assert.equal(walk(0x1000n, 'write', regime), target / 4096);
      assert.equal(usage(), 0n);
      walk(0x1000n, 'execute', regime, { effects: 'update' });
      assert.equal(usage(), BigInt(accessed));
      walk(0x1000n, 'read', regime, { effects: 'update' });
      assert.equal(usage(), BigInt(accessed));
      walk(0x1000n, 'write', regime, { effects: 'update' });
      assert.equal(usage(), BigInt(used));
    });

    it('marks nothing where the access is refused', () => {
      const leaf = machine.map(root, 0x1000n, target, valid | read);
      walk(0x1000n, 'write', regime, { effects: 'update' });
      assert.equal(machine.read(leaf) & BigInt(used), 0n);
    });
  });

  describe('of two stages', () => {
    let vsRoot: number;
    let gRoot: number;
    let regime: TranslationRegime;
    /** Where the guest sees its own tables and its page. */
    const guestRoot = 0x1_0000;
    const guestPage = 0x5000;
    beforeEach(() => {
      gRoot = machine.table();
      vsRoot = machine.table();
      regime = { ...supervisor, virtual: true, satp: atp(guestRoot), hgatp: atp(gRoot, { id: 3n }) };
      // Each table of the guest lies where a page of its root's neighbourhood is mapped to.
      guestMap(0x40_2000n, guestPage, flags.rwx);
    });

    /** The guest's tables: root, then two levels, at guest-physical 0x10000, 0x11000 and 0x12000. */
    function guestMap(address: bigint, to: number, leafFlags: number): void {
      const tables = [vsRoot, machine.table(), machine.table()];
      tables.forEach((table, index) => {
        machine.map(gRoot, BigInt(guestRoot + 0x1000 * index), table, flags.urwx);
      });
      const index = (level: number): number => Number((address >> BigInt(12 + 9 * level)) & 511n);
      const [first = 0, second = 0, third = 0] = tables;
      machine.write(first + 8 * index(2), (BigInt((guestRoot + 0x1000) >>> 12) << 10n) | 1n);
      machine.write(second + 8 * index(1), (BigInt((guestRoot + 0x2000) >>> 12) << 10n) | 1n);
      machine.write(third + 8 * index(0), (BigInt(to >>> 12) << 10n) | BigInt(leafFlags));
    }
    const guestLeaf = (): number => {
      const steps: WalkStep[] = [];
      walk(0x40_2000n, 'any', regime, { steps });
      const step = steps.findLast(({ root }) => root === 'vsatp');
      return Number(step?.address ?? assert.fail('no leaf'));
    };

    it('translates every address of the guest: fifteen entries for one access', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx);
      const steps: WalkStep[] = [];
      assert.equal(walk(0x40_2abcn, 'read', regime, { steps }), target / 4096);
      assert.equal(steps.length, 15);
      assert.deepEqual(
        steps.map(
          ({ root, level, purpose }) => `${root}${level}${purpose === undefined ? '' : ` for ${purpose}`}`,
        ),
        [
          ...[2, 1, 0].flatMap((level) => [
            ...[2, 1, 0].map((inner) => `hgatp${inner} for ${level}`),
            `vsatp${level}`,
          ]),
          'hgatp2 for access',
          'hgatp1 for access',
          'hgatp0 for access',
        ],
      );
      assert.equal(steps[3]?.guestAddress, BigInt(guestRoot));
      assert.equal(steps[14]?.translates, BigInt(guestPage) + 0xabcn);
    });

    it('names the guest-physical address of an access that the second stage refuses', () => {
      assert.deepEqual(walk(0x40_2abcn, 'read', regime), {
        kind: 'guest-page',
        guestPhysical: BigInt(guestPage) + 0xabcn,
      });
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx & ~write);
      assert.equal(walk(0x40_2000n, 'read', regime), target / 4096);
      assert.deepEqual(walk(0x40_2008n, 'write', regime), {
        kind: 'guest-page',
        guestPhysical: BigInt(guestPage) + 8n,
      });
    });

    it('names the entry, and says that the walk read it, where a table of the guest is not mapped', () => {
      machine.map(gRoot, BigInt(guestRoot) + 0x1000n, 0, 0);
      assert.deepEqual(walk(0x40_2abcn, 'write', regime), {
        kind: 'guest-page',
        guestPhysical: BigInt(guestRoot) + 0x1000n + 8n * 2n,
        implicit: 'read',
      });
    });

    it('says that the walk wrote, where an entry to be marked lies on a page that is read-only', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx);
      const leaf = guestLeaf();
      machine.write(leaf, (BigInt(guestPage >>> 12) << 10n) | BigInt(valid | read | write));
      const tablePage = BigInt(guestRoot) + 0x2000n;
      machine.map(gRoot, tablePage, leaf - (leaf % 4096), flags.urwx & ~write);
      const fault = { kind: 'guest-page', guestPhysical: tablePage + 16n, implicit: 'write' };
      assert.deepEqual(walk(0x40_2000n, 'read', regime, { effects: 'update' }), fault);
      assert.deepEqual(walk(0x40_2000n, 'read', regime), fault, 'a view foretells it');
      machine.map(gRoot, tablePage, leaf - (leaf % 4096), flags.urwx);
      assert.equal(walk(0x40_2000n, 'write', regime, { effects: 'update' }), target / 4096);
      assert.equal(machine.read(leaf) & BigInt(used), BigInt(used));
    });

    it('makes every second-stage access as U mode', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.rwx);
      assert.deepEqual(walk(0x40_2000n, 'read', regime), {
        kind: 'guest-page',
        guestPhysical: BigInt(guestPage),
      });
    });

    it('lets only the MXR of HS level into the second stage', () => {
      machine.map(gRoot, BigInt(guestPage), target, valid | execute | user | used);
      machine.write(guestLeaf(), (BigInt(guestPage >>> 12) << 10n) | BigInt(valid | execute | used));
      const result = (mxr: boolean, guestMxr: boolean): unknown => {
        const found = walk(0x40_2000n, 'read', { ...regime, mxr, guestMxr });
        return typeof found === 'number' ? 'readable' : found.kind;
      };
      assert.equal(result(false, false), 'page');
      assert.equal(result(true, false), 'guest-page');
      assert.equal(result(true, true), 'readable');
      assert.equal(walk(0x40_2000n, 'execute-read', regime), target / 4096, 'HLVX');
    });

    it('reports a page fault of the first stage as such, without guest-physical address', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx);
      assert.deepEqual(walk(0x40_3000n, 'read', regime), { kind: 'page' });
    });

    it('does without either stage', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx);
      assert.equal(walk(BigInt(guestPage), 'write', { ...regime, satp: 0n }), target / 4096);
      const flat = machine.table();
      machine.map(flat, 0x40_2000n, target, flags.rwx);
      assert.equal(walk(0x40_2000n, 'write', { ...regime, satp: atp(flat), hgatp: 0n }), target / 4096);
      assert.equal(walk(BigInt(target), 'write', { ...regime, satp: 0n, hgatp: 0n }), target / 4096);
    });

    it('takes 41 bits of guest-physical address, and shows the faulting one in full beyond', () => {
      const bare = { ...regime, satp: 0n };
      machine.map(gRoot, 0x1ff_ffff_f000n, target, flags.urwx);
      assert.equal(walk(0x1ff_ffff_f123n, 'read', bare), target / 4096);
      for (const address of [0x200_0000_0000n, 0xffff_ffff_ffff_f123n]) {
        assert.deepEqual(walk(address, 'read', bare), { kind: 'guest-page', guestPhysical: address });
      }
    });

    it('knows every table that it read, with A and D set on the way', () => {
      const leaf = machine.map(gRoot, BigInt(guestPage), target, flags.urwx);
      const entry = guestLeaf();
      machine.write(entry, (BigInt(guestPage >>> 12) << 10n) | BigInt(valid | read | write));
      assert.equal(walk(0x40_2000n, 'write', regime, { effects: 'update' }), target / 4096);
      assert.ok(
        machine.hart.walker.tables
          .subarray(0, machine.hart.walker.tableCount)
          .includes(Math.floor(leaf / 4096)),
        'that of the last entry too',
      );
    });

    for (const { name, mode, levels, addressBits } of secondStageSchemes.slice(1)) {
      it(`takes ${addressBits} bits of guest-physical address under ${name}`, () => {
        const bare = { ...regime, satp: 0n, hgatp: atp(gRoot, { mode: BigInt(mode) }) };
        const last = (1n << BigInt(addressBits)) - 0x1000n;
        machine.map(gRoot, last, target, flags.urwx, levels);
        const steps: WalkStep[] = [];
        assert.equal(walk(last + 0x123n, 'read', bare, { steps }), target / 4096);
        assert.equal(steps.length, levels);
        for (const address of [last + 0x1000n, 0xffff_ffff_ffff_f123n])
          assert.deepEqual(walk(address, 'read', bare), { kind: 'guest-page', guestPhysical: address });
      });
    }

    const kind = (change: Partial<TranslationRegime>): unknown => {
      const found = walk(0x40_2000n, 'read', { ...regime, ...change });
      return typeof found === 'number' ? 'leaf' : found.kind;
    };

    it('asks menvcfg about the second stage, and henvcfg about the first', () => {
      machine.map(gRoot, BigInt(guestPage), target, flags.urwx & ~used);
      machine.write(guestLeaf(), (BigInt(guestPage >>> 12) << 10n) | BigInt(valid | read | write));
      assert.equal(kind({}), 'leaf');
      assert.equal(kind({ options: stageOptions(0) }), 'page');
      assert.equal(kind({ guestOptions: stageOptions(0) }), 'guest-page');
    });

    it('makes an access fault of a second-stage table that is not in RAM', () => {
      assert.deepEqual(walk(0x40_2000n, 'read', { ...regime, hgatp: atp(0x1000_0000) }), { kind: 'access' });
    });
  });
});
