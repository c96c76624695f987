import assert from 'node:assert/strict';
import type { EngineName } from '../../src/hart/harts.ts';
import { machineMode, supervisorMode } from '../../src/hart/hart-mode.ts';
import { atp, flags, op, ramBase, TestMachine } from './fixture.ts';

const data = ramBase + 0x3000;

describe('hart/watchpoints', () => {
  it('concern the bytes of a range, and its pages', () => {
    const watchpoints = new TestMachine().physical.watchpoints;
    watchpoints.add({ address: data + 0xffe, length: 4, reads: false, writes: true });
    assert.equal(watchpoints.concern(data + 0xff8, 8, 'write'), true);
    assert.equal(watchpoints.concern(data + 0xff8, 6, 'write'), false);
    assert.equal(watchpoints.concern(data + 0x1001, 1, 'write'), true);
    assert.equal(watchpoints.concern(data + 0x1002, 1, 'write'), false);
    assert.equal(watchpoints.concern(data + 0xffe, 1, 'read'), false);
    assert.equal(watchpoints.concernPage(data / 4096 + 1, 'write'), true);
    assert.equal(watchpoints.concernPage(data / 4096 + 1, 'read'), false);
    assert.equal(watchpoints.concernPage(data / 4096 + 2, 'write'), false);
  });

  it('count each range, and tell of changes', () => {
    const watchpoints = new TestMachine().physical.watchpoints;
    let changes = 0;
    watchpoints.onDidChange(() => changes++);
    const [one, two] = [0, 1].map(() => ({ address: data, length: 8, reads: true, writes: false }));
    assert.ok(one && two);
    watchpoints.add(one);
    watchpoints.add(two);
    watchpoints.remove(one);
    assert.equal(watchpoints.concern(data, 1, 'read'), true);
    watchpoints.remove(two);
    watchpoints.remove(two);
    assert.equal(watchpoints.areSet, false);
    assert.equal(changes, 4);
  });
});

/** Instructions on the watched bytes by a1, which points to them, and how they access them. */
const accesses: readonly (readonly [name: string, word: number, expected: readonly string[]])[] = [
  ['ld', op('ld', { rd: 12, rs1: 11 }), ['read 8']],
  ['lbu of the last byte', op('lbu', { rd: 12, rs1: 11, imm: 7 }), ['read 1']],
  ['sb', op('sb', { rs1: 11, rs2: 13 }), ['write 1']],
  ['sd that ends in it', op('sd', { rs1: 11, rs2: 13, imm: -1 }), ['write 8']],
  ['sd right before it', op('sd', { rs1: 11, rs2: 13, imm: -8 }), []],
  ['sb right after it', op('sb', { rs1: 11, rs2: 13, imm: 8 }), []],
  ['fld', op('fld', { rd: 1, rs1: 11 }), ['read 8']],
  ['fsw', op('fsw', { rs2: 1, rs1: 11 }), ['write 4']],
  ['amoadd.d', op('amoadd.d', { rd: 12, rs1: 11, rs2: 13 }), ['read 8', 'write 8']],
  ['amocas.w', op('amocas.w', { rd: 12, rs1: 11, rs2: 13 }), ['read 4', 'write 4']],
  ['lr.w', op('lr.w', { rd: 12, rs1: 11 }), ['read 4']],
  ['sc.w that fails', op('sc.w', { rd: 12, rs1: 11, rs2: 13 }), []],
  ['cbo.zero', op('cbo.zero', { rs1: 11 }), ['write 8']],
  ['hlv.w', op('hlv.w', { rd: 12, rs1: 11 }), ['read 4']],
  ['hsv.b', op('hsv.b', { rs1: 11, rs2: 13 }), ['write 1']],
  ['hlvx.hu', op('hlvx.hu', { rd: 12, rs1: 11 }), ['read 2']],
];

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart/watchpoints with engine ${engine}`, () => {
    for (const [name, word, expected] of accesses)
      it(`see ${name}`, () => {
        const machine = watching(engine, data + 64, 8);
        machine.program([op('addi', {}), word, op('addi', {}), op('addi', {})]);
        const stop = machine.hart.run(4);
        assert.deepEqual(touches(machine), expected);
        assert.equal(stop.kind, expected.length === 0 ? 'budget' : 'attention');
        // The instruction is done, and none after it.
        assert.equal(machine.state.steps, expected.length === 0 ? 4 : 2);
      });

    it('tell what was there before, and what is there now', () => {
      const machine = watching(engine, data + 64, 8);
      machine.write(data + 64, 0x1122_3344_5566_7788n);
      machine.physical.watchpoints.take();
      machine.setX({ 13: 0xabn });
      machine.program([op('sb', { rs1: 11, rs2: 13, imm: 1 })]);
      machine.hart.run(1);
      const [touch] = machine.physical.watchpoints.take();
      assert.deepEqual(touch, {
        kind: 'write',
        by: 'access',
        address: data + 65,
        before: Uint8Array.of(0x77),
        after: Uint8Array.of(0xab),
      });
    });

    it('see the part of an access that lies in another page', () => {
      const machine = watching(engine, data + 0x1000, 2);
      machine.setX({ 11: BigInt(data + 0xffd), 13: 0x0807_0605_0403_0201n });
      machine.program([op('sd', { rs1: 11, rs2: 13 })]);
      machine.hart.run(1);
      const found = machine.physical.watchpoints.take();
      assert.deepEqual(
        found.map(({ address, after }) => [address - data, ...after]),
        [
          [0x1000, 4],
          [0x1001, 5],
        ],
      );
    });

    it('see what a page walk writes to an entry', () => {
      const machine = new TestMachine(engine);
      const root = machine.table();
      machine.map(root, 0x4000_0000n, ramBase, flags.rwx);
      const leaf = machine.map(root, 0x4000_1000n, data, flags.rwx & ~0x80);
      machine.setCsr('menvcfg', 1n << 61n);
      machine.setCsr('satp', atp(root));
      machine.hart.fence({ kind: 'all' });
      machine.physical.watchpoints.onTouch = () => machine.hart.requestAttention();
      machine.physical.watchpoints.add({ address: leaf, length: 8, reads: true, writes: true });
      machine.setX({ 11: 0x4000_1000n });
      machine.program([op('addi', {}), op('sd', { rs1: 11, rs2: 13 }), op('addi', {}), op('addi', {})]);
      machine.enter(supervisorMode, 0x4000_0000n);
      machine.hart.run(4);
      assert.deepEqual(touches(machine), ['write 4']);
      assert.equal(machine.state.steps, 2);
    });

    it('are not disturbed by views, and see what devices write', () => {
      const machine = watching(engine, data, 8);
      machine.physical.peek(data, 8);
      machine.physical.poke(data, Uint8Array.of(1), 'view');
      assert.deepEqual(touches(machine), []);
      machine.physical.poke(data - 4, new Uint8Array(16));
      assert.deepEqual(touches(machine), ['write 16']);
    });

    it('come and go while the page is in use', () => {
      const machine = new TestMachine(engine);
      machine.physical.watchpoints.onTouch = () => machine.hart.requestAttention();
      machine.setX({ 11: BigInt(data) });
      machine.program([op('sd', { rs1: 11, rs2: 13 }), op('jal', { imm: -4 })]);
      assert.equal(machine.hart.run(20_000).kind, 'budget');
      const range = { address: data, length: 1, reads: false, writes: true };
      machine.physical.watchpoints.add(range);
      assert.equal(machine.hart.run(20_000).kind, 'attention');
      assert.deepEqual(touches(machine), ['write 8']);
      machine.physical.watchpoints.remove(range);
      assert.equal(machine.hart.run(20_000).kind, 'budget');
    });
  });
}

/** A machine that stops where these bytes, to which a1 points, are accessed. */
function watching(engine: EngineName, address: number, length: number): TestMachine {
  const machine = new TestMachine(engine);
  machine.setCsr('mstatus', 3n << 13n);
  machine.setX({ 11: BigInt(address) });
  machine.enter(machineMode);
  machine.physical.watchpoints.onTouch = () => machine.hart.requestAttention();
  machine.physical.watchpoints.add({ address, length, reads: true, writes: true });
  return machine;
}

function touches({ physical }: TestMachine): readonly string[] {
  return physical.watchpoints.take().map(({ kind, after }) => `${kind} ${after.length}`);
}
