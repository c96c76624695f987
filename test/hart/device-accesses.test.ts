import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dataPointer, World, type Setting } from './engine/differential/world.ts';
import { Random } from './engine/differential/random.ts';
import { deviceBase, op, ramBase } from './fixture.ts';

/** Each accesses by x10. */
const loads = (['lb', 'lbu', 'lh', 'lhu', 'lw', 'lwu', 'ld'] as const).flatMap((name) => [
  op(name, { rd: 11, rs1: 10 }),
  op(name, { rd: 0, rs1: 10, imm: 8 }),
]);
const others = [
  op('c.lw', { rd: 11, rs1: 10 }),
  op('fld', { rd: 11, rs1: 10 }),
  op('sb', { rs2: 12, rs1: 10, imm: 1 }),
  op('sh', { rs2: 12, rs1: 10, imm: 1 }),
  op('sw', { rs2: 12, rs1: 10 }),
  op('sd', { rs2: 12, rs1: 10 }),
  op('c.sd', { rs2: 12, rs1: 10 }),
  op('fsw', { rs2: 12, rs1: 10 }),
  op('lr.w', { rd: 11, rs1: 10 }),
  op('amoadd.d', { rd: 11, rs1: 10, rs2: 12 }),
  op('cbo.zero', { rs1: 10 }),
];

/** A device, nothing, and RAM. */
const targets = [deviceBase, deviceBase, deviceBase, 0x3000_0000, ramBase + 0x1_0000];

describe('hart/device-accesses', () => {
  const engines = ['reference', 'interpreter', 'translator'] as const;
  const worlds = engines.map((engine) => new World(engine));

  it('do what the reference does, whatever is accessed, by whatever tables', function () {
    this.timeout(60_000);
    let [accesses, faults] = [0, 0];
    fc.assert(
      fc.property(
        fc.constantFrom<Setting>('M', 'M by S', 'S', 'U', 'VS', 'VU'),
        fc.constantFrom(...loads, ...others),
        fc.constantFrom(...targets),
        fc.constantFrom(0xdf, 0xdf, 0x1f, 0xcf, 0xd7, 0xc7, 0x5f, 0),
        fc.constantFrom(0, 0, 0, 1, 4, 0xffc),
        fc.nat(0x7fff_ffff),
        fc.record({ levels: fc.constantFrom(3, 4, 5), updatesUsage: fc.boolean() }),
        fc.constantFrom(2, 4),
        fc.constantFrom(0x7fn, 0x80n, 0x8000n, 0x8000_0000n, 1n << 63n),
        (setting, word, target, flags, more, place, environment, times, held) => {
          const [expected, ...results] = worlds.map((world) => {
            const program = new Uint8Array(0x3000);
            const code = new DataView(program.buffer);
            // Again and again, for the engine asks less then.
            for (let index = 0; index < times; index++) code.setUint32(4 * index, word, true);
            world.begin(setting, program, new Uint8Array(0x8000), environment);
            for (let byte = 0; byte < 16; byte++) world.bus.bytes.set(deviceBase + byte, held);
            world.state.setX(12, 0x8234_5678_9abc_def0n);
            const pointer = dataPointer(setting, new Random(place));
            world.state.setX(10, setting === 'M' ? BigInt(target + more) : (pointer & -4096n) + BigInt(more));
            const entry = BigInt(Math.floor(target / 4096)) * 1024n + BigInt(flags);
            for (const leaf of world.leaves) world.write(leaf, entry);
            world.resume(setting, 0, { sum: true, mxr: false, floats: [3, 3], fcsr: 0 });
            const stops = [world.hart.run(times), world.hart.run(0)];
            return {
              stops,
              steps: world.state.steps,
              state: world.hart.stateBytes.slice(),
              log: [...world.bus.log],
              entries: world.entries,
            };
          });
          assert.ok(expected !== undefined);
          if (expected.log.length > 0) accesses++;
          if (expected.stops[0]?.kind !== 'budget') faults++;
          for (const result of results) assert.deepEqual(result, expected);
        },
      ),
      { numRuns: 400 },
    );
    assert.ok(accesses > 50 && faults > 50, `${accesses} accesses and ${faults} faults`);
  });
});
