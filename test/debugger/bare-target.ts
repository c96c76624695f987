import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ImageSet, type StratumImage } from '../../src/debugger/images/image-set.ts';
import { loadMachineImage } from '../../src/debugger/target/load-image.ts';
import { Target, type DebugThread } from '../../src/debugger/target/target.ts';
import type { Hart } from '../../src/hart/hart.ts';
import type { HartMode } from '../../src/hart/hart-mode.ts';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import { loadImage } from '../../src/symbols/symbol-index.ts';

export const ramBase = 0x8000_0000;
export const ramSize = 0x100_0000;
export const uartBase = 0x1000_0000;

/** Flags of page-table entries. */
export const pte = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 } as const;

/** Entries of leaves with A and D set. */
export const leaf = { rw: 0xc7, rwx: 0xcf, urw: 0xd7, urwx: 0xdf } as const;

export const reference = {
  gpa: (guest: string, address: number | bigint) =>
    ({ space: 'gpa', guest, address: BigInt(address) }) as const,
  hpa: (address: number | bigint) => ({ space: 'hpa', address: BigInt(address) }) as const,
  gva: (root: bigint, address: number | bigint, guest = '-') =>
    ({ space: 'gva', guest, root, address: BigInt(address) }) as const,
};

/** A machine without VMM and firmware, whose page tables a test makes by hand. */
export class BareTarget {
  readonly machine: Machine;
  readonly target: Target;
  readonly hart: Hart;
  readonly thread: DebugThread;
  #nextTable = ramBase + ramSize / 2;

  constructor(
    options: {
      readonly engine?: 'interpreter' | 'reference' | 'translator';
      readonly images?: readonly StratumImage[];
    } = {},
  ) {
    this.machine = createMachine({
      image: { segments: [], entry: BigInt(ramBase) },
      firmware: 'none',
      ramBytes: ramSize,
      engine: options.engine ?? 'reference',
    });
    this.target = new Target({
      machine: this.machine,
      vmm: undefined,
      images: new ImageSet(options.images ?? []),
    });
    this.hart = this.machine.harts[0] ?? assert.fail('no hart');
    this.thread = this.target.thread(1);
  }

  enter(mode: HartMode, pc = BigInt(ramBase)): void {
    this.hart.state.mode = mode;
    this.hart.state.pc = pc;
  }

  setCsr(name: string, value: bigint): void {
    this.hart.csrs.poke(name, value);
  }

  /** Room for a table (or the four pages of a second stage's root). */
  table(): number {
    const address = this.#nextTable;
    this.#nextTable += 0x4000;
    return address;
  }

  /** Maps a page from `root` down to `level`; answers the leaf's address. */
  map(
    root: number,
    address: bigint,
    to: number,
    flags: number,
    options: { level?: number; wide?: true } = {},
  ): number {
    const { level: last = 0, wide } = options;
    let table = root;
    for (let level = 2; ; level--) {
      const mask = wide === true && level === 2 ? 0x7ffn : 0x1ffn;
      const slot = table + 8 * Number((address >> BigInt(12 + 9 * level)) & mask);
      if (level === last) {
        this.write(slot, (BigInt(Math.floor(to / 4096)) << 10n) | BigInt(flags));
        return slot;
      }
      if (this.read(slot) === 0n) this.write(slot, (BigInt(this.table() / 4096) << 10n) | BigInt(pte.V));
      table = Number((this.read(slot) >> 10n) << 12n);
    }
  }

  read(address: number): bigint {
    return this.machine.board.physical.load(address, 8) ?? assert.fail(`no RAM at ${address}`);
  }

  write(address: number, value: bigint): void {
    assert.ok(this.machine.board.physical.store(address, 8, value));
  }

  /** Puts instructions or other words of 32 bits into RAM. */
  words(address: number, words: readonly number[]): void {
    words.forEach((word, index) =>
      this.machine.board.physical.store(address + 4 * index, 4, BigInt(word >>> 0)),
    );
  }
}

/** satp, vsatp or hgatp for a root. */
export function atp(root: number, id = 0n): bigint {
  return (8n << 60n) | (id << 44n) | BigInt(root / 4096);
}

/** A file of the sample guests. */
export function sampleFile(name: string): { readonly path: string; readonly bytes: Uint8Array } {
  const path = new URL(`../../sample-guests/${name}`, import.meta.url).pathname;
  return { path, bytes: readFileSync(path) };
}

/** The sample kernel on a bare machine, with the symbols of its programs. */
export function pebbleTarget(append: string): { readonly machine: Machine; readonly target: Target } {
  const symbols = (name: string, stratum: 'kernel' | 'process'): StratumImage => {
    const { path, bytes } = sampleFile(`kernel/build/${name}`);
    const loaded = loadImage(name, bytes);
    assert.ok(loaded.ok);
    return { name, path, stratum, guest: undefined, symbols: loaded.value };
  };
  const kernel = loadMachineImage(sampleFile('kernel/build/pebble.elf'), 'kernel', 32 << 20);
  assert.ok(kernel.ok);
  const machine = createMachine({ image: kernel.value, ramBytes: 32 << 20, bootArguments: append });
  const programs = ['hello.elf', 'count.elf', 'primes.elf', 'sh.elf', 'init.elf'];
  const images = [symbols('pebble.elf', 'kernel'), ...programs.map((name) => symbols(name, 'process'))];
  return { machine, target: new Target({ machine, vmm: undefined, images: new ImageSet(images) }) };
}
