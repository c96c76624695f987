import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultIsa } from '../../../src/isa/configuration/isa.ts';
import { PhysicalProtection } from '../../../src/hart/physical-protection.ts';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import { QuickWalk } from '../../../src/hart/translation/quick-walk.ts';
import { accessRegime, fetchRegime } from '../../../src/hart/translation/regime.ts';
import type { Walked } from '../../../src/hart/translation/walk.ts';
import { atp, flags, ramBase, TestMachine } from '../fixture.ts';

const access = fc.constantFrom('read' as const, 'write' as const, 'execute' as const);
const privilege = fc.constantFrom(0 as const, 1 as const, 3 as const);
/** Leaves with permissions, and with what is seldom or never right. */
const leafFlags = fc.oneof(fc.constantFrom<number>(flags.rwx, flags.urwx), fc.integer({ min: 0, max: 0xff }));
/** V, X, U, A and D: to be read where MXR says so. */
const executeOnly = 0xd9;
const high = fc.constantFrom(0n, 0n, 0n, 1n << 63n, 1n << 61n, 3n << 61n, 1n << 54n);
/** Under one entry of the root, one of the next table and one of the last, and elsewhere. */
const page = fc.oneof(
  fc.constantFrom(0x1000n, 0x2000n, 0x4000_0000n, 0xffff_ffff_8000_1000n, 1n << 38n, 1n << 63n, 0x8000_0000n),
  fc.bigInt(0n, (1n << 64n) - 1n),
);

describe('hart/translation/quick-walk', () => {
  it('finds what the walk finds, read from the same tables, or leaves it to that', () => {
    let found = 0;
    let writes = 0;
    const machine = new TestMachine('reference');
    const { state } = machine;
    const tables = Array.from({ length: 5 }, () => machine.table());
    const [root = 0] = tables;
    machine.physical.onDidWriteRam(() => writes++);
    fc.assert(
      fc.property(
        fc.record({
          access,
          privilege,
          page,
          leaf: leafFlags,
          high,
          levels: fc.constantFrom(0, 3, 4, 5),
          level: fc.integer({ min: 0, max: 4 }),
          status: fc.constantFrom(0n, 1n << 18n, 1n << 19n, 3n << 18n, 1n << 17n),
          environment: fc.constantFrom(0n, 1n << 61n, 3n << 61n),
          target: fc.constantFrom(ramBase, ramBase + 0x20_0000, 0x4000_0000, 0x1000_0000),
          protect: fc.boolean(),
        }),
        (chosen) => {
          machine.hart.reset(BigInt(ramBase));
          machine.memory.ram.fill(0, 0x20_0000, 0x21_8000);
          if (chosen.levels > 0) {
            const bits = BigInt(12 + 9 * chosen.levels);
            const address = BigInt.asUintN(Number(bits), chosen.page);
            write(machine, tables, address, chosen);
            machine.setCsr('satp', atp(root, { mode: BigInt(5 + chosen.levels) }));
          }
          machine.setCsr('mstatus', chosen.status);
          machine.setCsr('menvcfg', chosen.environment);
          if (chosen.protect) {
            machine.setCsr('pmpaddr0', BigInt(ramBase + 0x20_0000) >> 2n);
            machine.setCsr('pmpcfg0', 0x0fn);
          }
          state.mode = hartMode(chosen.privilege, false);
          const quick = quickWalk(machine);
          const actual = quick.find(Number(chosen.page >> 12n), chosen.access);
          if (actual === undefined) return;
          found++;
          const { walker } = machine.hart;
          const regime = chosen.access === 'execute' ? fetchRegime(state) : accessRegime(state, 'normal');
          const before = writes;
          const address = (chosen.page >> 12n) << 12n;
          assert.equal(walker.walk({ address, access: chosen.access, regime, effects: 'update' }), actual);
          assert.equal(writes, before, 'the walk changed nothing');
          assertSameTables(quick, walker);
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(found > 200, `${found} were found`);
  });

  it('finds in a guest what the walk through both stages finds, or leaves it to that', () => {
    let found = 0;
    const machine = new TestMachine('reference');
    const { state, walker } = machine.hart;
    const root = machine.table();
    // Three tables of the guest and a page of its data, by their places in the machine's memory and in the guest's.
    const hosts = [machine.table(), machine.table(), machine.table(), ramBase + 0x1000];
    const guests = hosts.map((_, place) => 0x4000_0000 + place * 0x1000);
    const secondLeaves = hosts.map((host, place) =>
      machine.map(root, BigInt(guests[place] ?? 0), host, flags.urwx),
    );
    fc.assert(
      fc.property(
        fc.record({
          access,
          privilege: fc.constantFrom(0 as const, 1 as const),
          page: fc.constantFrom(0x1000n, 0xffff_ffff_8000_1000n, 1n << 38n, ...guests.map(BigInt)),
          leaf: usual(leafFlags, flags.rwx, flags.urwx),
          high: usual(high, 0n),
          level: fc.constantFrom(0, 0, 1, 2),
          stages: fc.constantFrom('both', 'both', 'both', 'first', 'second'),
          changed: fc.constantFrom(0, 1, 2, 3, 3),
          second: usual(leafFlags, flags.urwx, executeOnly),
          status: fc.constantFrom(0n, 1n << 19n),
          guestStatus: fc.constantFrom(0n, 1n << 18n, 1n << 19n, 3n << 18n),
          environment: fc.constantFrom(0n, 3n << 61n),
          guestEnvironment: fc.constantFrom(0n, 1n << 61n, 3n << 61n),
        }),
        (chosen) => {
          machine.hart.reset(BigInt(ramBase));
          machine.setCsr('pmpaddr0', (1n << 54n) - 1n);
          machine.setCsr('pmpcfg0', 0x1fn);
          const places = chosen.stages === 'first' ? hosts : guests;
          for (const host of hosts.slice(0, 3))
            machine.memory.ram.fill(0, host - ramBase, host - ramBase + 4096);
          secondLeaves.forEach((leaf, place) => {
            const bits = place === chosen.changed ? chosen.second : flags.urwx;
            machine.write(leaf, (BigInt((hosts[place] ?? 0) >>> 12) << 10n) | BigInt(bits));
          });
          const address = BigInt.asUintN(39, chosen.page);
          for (let level = 2; level > chosen.level; level--)
            machine.write(
              (hosts[2 - level] ?? 0) + 8 * index(address, level),
              pointer(places[3 - level] ?? 0),
            );
          const leaf = (pointer(places[3] ?? 0) - 1n) | BigInt(chosen.leaf) | chosen.high;
          machine.write((hosts[2 - chosen.level] ?? 0) + 8 * index(address, chosen.level), leaf);
          machine.setCsr('menvcfg', chosen.environment);
          machine.setCsr('henvcfg', chosen.guestEnvironment);
          machine.setCsr('mstatus', chosen.status);
          machine.setCsr('vsstatus', chosen.guestStatus);
          if (chosen.stages !== 'second') machine.setCsr('vsatp', atp(places[0] ?? 0));
          if (chosen.stages !== 'first') machine.setCsr('hgatp', atp(root));
          state.mode = hartMode(chosen.privilege, true);
          const quick = quickWalk(machine);
          const actual = quick.find(Number(chosen.page >> 12n), chosen.access);
          if (actual === undefined) return;
          if (chosen.stages === 'both') found++;
          const regime = chosen.access === 'execute' ? fetchRegime(state) : accessRegime(state, 'normal');
          const request = { address: (chosen.page >> 12n) << 12n, access: chosen.access, regime } as const;
          assert.equal(walker.walk({ ...request, effects: 'update' }), actual);
          assertSameTables(quick, walker);
        },
      ),
      { numRuns: 2000 },
    );
    assert.ok(found > 50, `${found} were found by both stages`);
  });
});

function quickWalk({ physical, hart: { state } }: TestMachine): QuickWalk {
  return new QuickWalk({
    state,
    memory: physical,
    protection: new PhysicalProtection(state),
    contiguousPages: defaultIsa.has('Svnapot'),
  });
}

function assertSameTables(actual: Walked, expected: Walked): void {
  assert.deepEqual(
    actual.tables.subarray(0, actual.tableCount),
    expected.tables.subarray(0, expected.tableCount),
  );
  assert.equal(actual.lowest, expected.lowest);
}

/** Maps an address by a leaf at some level. */
function write(
  machine: TestMachine,
  tables: readonly number[],
  address: bigint,
  chosen: {
    readonly levels: number;
    readonly level: number;
    readonly leaf: number;
    readonly high: bigint;
    readonly target: number;
  },
): void {
  const last = Math.min(chosen.level, chosen.levels - 1);
  let table = tables[0] ?? 0;
  for (let level = chosen.levels - 1; level > last; level--) {
    const next = tables[chosen.levels - level] ?? 0;
    machine.write(table + 8 * index(address, level), (BigInt(next >>> 12) << 10n) | 1n);
    table = next;
  }
  const leaf = (BigInt(chosen.target >>> 12) << 10n) | BigInt(chosen.leaf) | chosen.high;
  machine.write(table + 8 * index(address, last), leaf);
}

/** One of these three times out of four. */
function usual<T>(rare: fc.Arbitrary<T>, ...values: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: rare });
}

function pointer(address: number): bigint {
  return (BigInt(address >>> 12) << 10n) | 1n;
}

function index(address: bigint, level: number): number {
  return Number((address >> BigInt(12 + 9 * level)) & 0x1ffn);
}
