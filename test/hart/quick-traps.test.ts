import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exceptionCode } from '../../src/hart/trap.ts';
import { dataPointer, World, type Setting } from './engine/differential/world.ts';
import { Random } from './engine/differential/random.ts';
import { deviceBase, op, ramBase } from './fixture.ts';

/** Each accesses by x10. */
const accesses = [
  op('ecall'),
  op('lb', { rd: 11, rs1: 10 }),
  op('lhu', { rd: 11, rs1: 10, imm: 2 }),
  op('lw', { rd: 0, rs1: 10, imm: -4 }),
  op('ld', { rd: 10, rs1: 10 }),
  op('fld', { rd: 11, rs1: 10 }),
  op('sb', { rs2: 12, rs1: 10 }),
  op('sw', { rs2: 12, rs1: 10, imm: 1 }),
  op('sd', { rs2: 12, rs1: 10 }),
  op('fsw', { rs2: 12, rs1: 10 }),
  op('c.lw', { rd: 11, rs1: 10 }),
  op('c.sd', { rs2: 12, rs1: 10 }),
  op('lr.w', { rd: 11, rs1: 10 }),
  op('amoadd.d', { rd: 11, rs1: 10, rs2: 12 }),
] as const;

/** Mapped, not mapped, and beyond what second stages of three levels can map. */
const guestPages = [ramBase + 0x1_0000, deviceBase, 0x3000_0000, 0x1000_0000, 0x200_0000_0000];
const delegations = [0n, 0xffff_ffff_ffffn, 1n << BigInt(exceptionCode.storeGuestPageFault)];

describe('hart/quick-traps', () => {
  const engines = ['reference', 'interpreter', 'translator'] as const;
  const worlds = engines.map((engine) => {
    const world = new World(engine);
    // A trap stops the run by its level: nobody is told of each.
    world.hart.onTrap = undefined;
    world.hosted.machine = true;
    world.hosted.supervisor = true;
    return world;
  });

  it('leave what the reference leaves, whatever is called or accessed, by whatever tables', function () {
    this.timeout(60_000);
    const traps = new Map<number, number>();
    fc.assert(
      fc.property(
        fc.constantFrom<Setting>('VS', 'VU', 'VS', 'VU', 'U'),
        fc.constantFrom(...accesses),
        fc.constantFrom(...guestPages),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(0xc0, 0xd7, 0xc7, 0),
        fc.nat(0x7fff_ffff),
        fc.constantFrom(...delegations),
        fc.record({ levels: fc.constantFrom(3, 4, 5), updatesUsage: fc.boolean() }),
        fc.constantFrom(0, 3),
        (setting, word, guestPage, random, likely, place, delegated, environment, floats) => {
          const results = worlds.map((world) => {
            const program = new Uint8Array(0x3000);
            new DataView(program.buffer).setUint32(0, op('addi', {}), true);
            new DataView(program.buffer).setUint32(4, word, true);
            world.begin(setting, program, new Uint8Array(0x8000), environment);
            world.setCsr('medeleg', delegated);
            world.state.setX(12, 0x1234_5678_9abcn);
            world.state.setX(10, dataPointer(setting, new Random(place)));
            const flags = likely === 0 ? random : likely | 1;
            const entry = BigInt(Math.floor(guestPage / 4096)) * 1024n + BigInt(flags);
            for (const leaf of world.leaves) world.write(leaf, entry);
            world.resume(setting, 0, { sum: true, mxr: false, floats: [3, floats], fcsr: 0 });
            const stops = [world.hart.run(2), world.hart.run(0)];
            const code = world.hart.trapRecords.newest?.code ?? 0;
            traps.set(code, (traps.get(code) ?? 0) + 1);
            return {
              stops,
              state: world.hart.stateBytes.slice(),
              records: world.hart.trapRecords.list(),
              word: stops[0]?.kind === 'hosted' && world.hart.trappedWord,
              entries: world.entries,
            };
          });
          const [expected, ...others] = results;
          for (const result of others) assert.deepEqual(result, expected);
        },
      ),
      { numRuns: 300 },
    );
    const { loadGuestPageFault, storeGuestPageFault, ecallFromVs } = exceptionCode;
    for (const code of [loadGuestPageFault, storeGuestPageFault, ecallFromVs])
      assert.ok((traps.get(code) ?? 0) > 10, `exception ${code} was met`);
  });
});
