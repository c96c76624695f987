import assert from 'node:assert/strict';
import { regimeOf } from '../../src/hart/translation/regime.ts';
import { atp, deviceBase, flags, ramBase, ramSize, TestMachine } from './fixture.ts';

describe('hart/memory-view', () => {
  const machine = new TestMachine();
  const { view } = machine.hart;
  const root = machine.table();
  machine.map(root, 0x1000n, 0x8001_0000, flags.rwx & ~0xc0);
  machine.map(root, 0x2000n, 0x8003_0000, flags.rwx & ~0xc0);
  machine.map(root, 0x4000n, deviceBase, flags.rwx);
  machine.setCsr('satp', atp(root));
  const user = regimeOf(machine.state, false, 0);

  it('reads and writes over page boundaries, whoever may access the pages, and leaves no trace', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
    assert.equal(view.write(0x1fe0n, bytes, user), 100);
    assert.deepEqual(view.read(0x1fe0n, 100, user), bytes);
    assert.equal(machine.read(0x8003_0000), 0x2726_2524_2322_2120n);
    const leaf = machine.map(root, 0x1000n, 0x8001_0000, flags.rwx & ~0xc0);
    view.read(0x1000n, 1, user);
    assert.equal(machine.read(leaf) & 0xc0n, 0n);
  });

  it('stops at the first page that is not mapped, or is not RAM', () => {
    assert.equal(view.read(0x2ff0n, 100, user).length, 16);
    assert.equal(view.write(0x2ff0n, new Uint8Array(100), user), 16);
    assert.equal(view.read(0x4000n, 4, user).length, 0);
    assert.deepEqual(machine.bus.log, []);
  });

  it('reads physical memory up to the end of RAM', () => {
    const machineRegime = regimeOf(machine.state, false, 3);
    assert.equal(view.read(BigInt(ramBase + ramSize - 8), 100, machineRegime).length, 8);
    assert.equal(view.read(0n, 100, machineRegime).length, 0);
  });

  it('reads guest-physical memory as a guest without tables of its own', () => {
    const gRoot = machine.table();
    machine.map(gRoot, 0x9000n, 0x8001_0000, flags.urwx);
    machine.write(0x8001_0000, 0x42n);
    const regime = { ...regimeOf(machine.state, true, 1), satp: 0n, hgatp: atp(gRoot) };
    assert.deepEqual([...view.read(0x9000n, 2, regime)], [0x42, 0]);
  });
});
