import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultIsa } from '../../../src/isa/configuration/isa.ts';
import { PhysicalProtection } from '../../../src/hart/physical-protection.ts';
import { hartMode } from '../../../src/hart/state.ts';
import { QuickWalk } from '../../../src/hart/translation/quick-walk.ts';
import { accessRegime, fetchRegime } from '../../../src/hart/translation/regime.ts';
import { atp, flags, ramBase, TestMachine } from '../fixture.ts';

const access = fc.constantFrom('read' as const, 'write' as const, 'execute' as const);
const privilege = fc.constantFrom(0 as const, 1 as const, 3 as const);
/** Leaves with permissions, and with what is seldom or never right. */
const leafFlags = fc.oneof(fc.constantFrom<number>(flags.rwx, flags.urwx), fc.integer({ min: 0, max: 0xff }));
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
          const quick = new QuickWalk({
            state,
            memory: machine.physical,
            protection: new PhysicalProtection(state),
            contiguousPages: defaultIsa.has('Svnapot'),
          });
          const actual = quick.find(Number(chosen.page >> 12n), chosen.access);
          if (actual === undefined) return;
          found++;
          const { walker } = machine.hart;
          const regime = chosen.access === 'execute' ? fetchRegime(state) : accessRegime(state, 'normal');
          const before = writes;
          const address = (chosen.page >> 12n) << 12n;
          assert.equal(walker.walk({ address, access: chosen.access, regime, effects: 'update' }), actual);
          assert.equal(writes, before, 'the walk changed nothing');
          assert.deepEqual(
            quick.tables.subarray(0, quick.tableCount),
            walker.tables.subarray(0, walker.tableCount),
          );
          assert.equal(quick.endsAtPage, walker.endsAtPage);
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(found > 200, `${found} were found`);
  });

  it('leaves guests to the walk', () => {
    const machine = new TestMachine('reference');
    const { state } = machine;
    const { physical: memory } = machine;
    const protection = new PhysicalProtection(state);
    const quick = new QuickWalk({ state, memory, protection, contiguousPages: true });
    state.mode = hartMode(1, false);
    assert.equal(quick.find(ramBase / 0x1000, 'read'), ramBase / 0x1000);
    state.mode = hartMode(1, true);
    assert.equal(quick.find(ramBase / 0x1000, 'read'), undefined);
  });
});

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

function index(address: bigint, level: number): number {
  return Number((address >> BigInt(12 + 9 * level)) & 0x1ffn);
}
