import { isaOf } from '../../src/isa/configuration/isa.ts';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeBoard } from '../../src/machine/device-tree.ts';
import { Clint } from '../../src/machine/devices/clint.ts';
import { Ns16550a } from '../../src/machine/devices/ns16550a.ts';
import { Plic, type PlicContext } from '../../src/machine/devices/plic.ts';
import { TestFinisher } from '../../src/machine/devices/test-finisher.ts';
import { flattenDeviceTree } from '../../src/machine/flattened-device-tree.ts';
import { virtMemoryMap, virtPlicSources } from '../../src/machine/memory-map.ts';

describe('machine/device-tree', () => {
  it('can be read back', () => {
    const tree = read(flattenDeviceTree(describeBoard(board(2))));
    assert.equal(text(tree, '/chosen', 'bootargs'), 'console=ttyS0 ä€😀');
    assert.equal(text(tree, '/chosen', 'stdout-path'), '/soc/serial@10000000');
    assert.deepEqual(cells(tree, '/chosen', 'linux,initrd-start'), [0, 0x8420_0000]);
    assert.deepEqual(cells(tree, '/chosen', 'linux,initrd-end'), [0, 0x8420_1000]);
    assert.deepEqual(cells(tree, '/memory@80000000', 'reg'), [0, 0x8000_0000, 0, 0x800_0000]);
    assert.deepEqual(cells(tree, '/cpus', 'timebase-frequency'), [10_000_000]);
    assert.equal(
      text(tree, '/cpus/cpu@1', 'riscv,isa'),
      'rv64imac_zic64b_zicsr_zmmul_zaamo_zalrsc_zca_zkt_sv39',
    );
    assert.equal(tree.get('/soc')?.get('ranges')?.length, 0);
    assert.equal(cells(tree, '/chosen', 'rng-seed').length, 8, 'as much as Linux takes for enough');
  });

  it('points every interrupt at a controller that is there', () => {
    const tree = read(flattenDeviceTree(describeBoard(board(3))));
    const handles = [...tree.keys()].flatMap((path) => cells(tree, path, 'phandle'));
    assert.equal(new Set(handles).size, handles.length);
    for (const path of tree.keys()) {
      const extended = cells(tree, path, 'interrupts-extended').filter((_, index) => index % 2 === 0);
      for (const handle of [
        ...extended,
        ...cells(tree, path, 'interrupt-parent'),
        ...cells(tree, path, 'regmap'),
      ]) {
        assert.ok(handles.includes(handle), `${path} refers to ${handle}`);
      }
    }
  });

  it("says of its devices what QEMU's virt board says of the same", function () {
    const folder = mkdtempSync(join(tmpdir(), 'strata-'));
    try {
      const file = join(folder, 'virt.dtb');
      const run = spawnSync('qemu-system-riscv64', [
        '-M',
        `virt,dumpdtb=${file}`,
        '-m',
        '128M',
        '-smp',
        '2',
        '-bios',
        'none',
      ]);
      if (run.error) {
        assert.ok(!process.env['CI'], 'qemu-system-riscv64 is needed in CI');
        console.warn('      (skipped: qemu-system-riscv64 is not installed)');
        this.skip();
      }
      compare(read(flattenDeviceTree(describeBoard(board(2)))), read(readFileSync(file)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const ignore = (): void => {};

type Tree = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;

/** Every property of ours that QEMU has too is equal, but for what the two boards have different. */
function compare(ours: Tree, qemus: Tree): void {
  const own = new Set([
    'model',
    'bootargs',
    'linux,initrd-start',
    'linux,initrd-end',
    'riscv,isa',
    'rng-seed',
    // Newer than QEMU 7.2.
    'riscv,isa-base',
    'riscv,isa-extensions',
    'mmu-type',
  ]);
  const references = new Set(['phandle', 'interrupt-parent', 'regmap', 'interrupts-extended']);
  let compared = 0;
  for (const [path, properties] of ours) {
    assert.ok(qemus.has(path), `${path} is also in QEMU's tree`);
    for (const [name, value] of properties) {
      if (own.has(name)) continue;
      const theirs = qemus.get(path)?.get(name);
      assert.ok(theirs, `${path} ${name} is also in QEMU's tree`);
      if (name === 'interrupts-extended') {
        const lines = (tree: Tree) => cells(tree, path, name).filter((_, index) => index % 2 === 1);
        assert.deepEqual(lines(ours), lines(qemus), path);
      } else if (!references.has(name)) {
        assert.deepEqual([...value], [...theirs], `${path} ${name}`);
      }
      compared++;
    }
  }
  assert.ok(compared > 50, `${compared} properties compared`);
}

function board(harts: number): Parameters<typeof describeBoard>[0] {
  const contexts = Array.from({ length: harts }, (_, hart): PlicContext[] => [
    { hart, level: 'M' },
    { hart, level: 'S' },
  ]).flat();
  const { clint, plic, uart0, finisher, ram } = virtMemoryMap;
  return {
    harts,
    isa: isaOf(['M', 'A', 'C']),
    timebaseHertz: 10_000_000,
    ram: { base: ram.base, size: 0x800_0000 },
    bootArguments: 'console=ttyS0 ä€😀',
    initrd: { base: 0x8420_0000, size: 0x1000 },
    regions: [
      {
        name: 'clint',
        ...clint,
        device: new Clint({
          harts,
          clock: { ticks: () => 0n },
          setTime: ignore,
          softwareInterrupt: ignore,
          timerInterrupt: ignore,
          comparisonChanged: ignore,
        }),
      },
      {
        name: 'plic',
        ...plic,
        device: new Plic({ sources: virtPlicSources, contexts, externalInterrupt: ignore }),
      },
      { name: 'uart0', ...uart0, device: new Ns16550a({ interrupt: ignore, output: ignore }) },
      { name: 'finisher', ...finisher, device: new TestFinisher({ request: ignore }) },
    ],
  };
}

function cells(tree: Tree, path: string, name: string): number[] {
  const bytes = tree.get(path)?.get(name);
  if (!bytes) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4));
}

function text(tree: Tree, path: string, name: string): string {
  return new TextDecoder().decode(tree.get(path)?.get(name)).replace(/\0$/, '');
}

/** A reader of its own (Devicetree Specification, chapter 5), so that writer and test share no mistake. */
function read(blob: Uint8Array): Tree {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  assert.equal(view.getUint32(0), 0xd00d_feed);
  assert.ok(view.getUint32(4) <= blob.length);
  const strings = view.getUint32(12);
  const string = (at: number): string => new TextDecoder().decode(blob.subarray(at, blob.indexOf(0, at)));
  const tree = new Map<string, Map<string, Uint8Array>>();
  const path: string[] = [];
  for (let at = view.getUint32(8); ;) {
    const token = view.getUint32(at);
    at += 4;
    if (token === 1) {
      const name = string(at);
      path.push(name);
      tree.set(path.join('/') || '/', new Map());
      at += (new TextEncoder().encode(name).length + 4) & ~3;
    } else if (token === 2) {
      path.pop();
    } else if (token === 3) {
      const length = view.getUint32(at);
      const name = string(strings + view.getUint32(at + 4));
      tree.get(path.join('/') || '/')?.set(name, blob.subarray(at + 8, at + 8 + length));
      at += (8 + length + 3) & ~3;
    } else {
      assert.equal(token, 9);
      assert.equal(path.length, 0);
      return tree;
    }
  }
}
