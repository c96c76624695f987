import assert from 'node:assert/strict';
import type { Isa } from '../../src/isa/configuration/isa.ts';
import type { AccessSize } from '../../src/isa/semantics.ts';
import { encode } from '../../src/isa/encode.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import type { Operands } from '../../src/isa/operands.ts';
import type { Bus } from '../../src/hart/bus.ts';
import type { SteadyClock } from '../../src/hart/clock.ts';
import type { Hart } from '../../src/hart/hart.ts';
import { createHarts, type EngineName, type Harts } from '../../src/hart/harts.ts';
import type { HostedLevels } from '../../src/hart/hosted.ts';
import { createMachineMemory } from '../../src/hart/layout.ts';
import type { MachineMemory } from '../../src/hart/memory.ts';
import { PhysicalMemory } from '../../src/hart/physical-memory.ts';
import { pteBit } from '../../src/hart/translation/page-table.ts';
import type { HartMode } from '../../src/hart/hart-mode.ts';
import type { HartState } from '../../src/hart/state.ts';
import type { Breakpoints } from '../../src/hart/breakpoints.ts';
import { standardPolicy, type TranslationPolicy } from '../../src/hart/translator/translation-policy.ts';
import type { HartStop } from '../../src/hart/stop.ts';
import { chosenEngine } from '../chosen-engine.ts';

export const ramBase = 0x8000_0000;
export const ramSize = 0x40_0000;
/** Where the one device of the test bus answers: a byte of storage for each address. */
export const deviceBase = 0x1000_0000;
const deviceSize = 0x1000;

/** Pages of code that programs of tests have at most, unless a test says otherwise: machines are made fast with few. */
const mostCodePages = 64;

const eagerPolicy: TranslationPolicy = {
  ...standardPolicy,
  interval: 1000,
  pageHeat: 0,
  loopHeat: 3,
  changeHeat: 6,
};

/** A device that remembers what was written, and every access. */
export class TestBus implements Bus {
  readonly log: string[] = [];
  readonly bytes = new Map<number, bigint>();
  onAccess: (() => void) | undefined;

  load(address: number, size: AccessSize): bigint | undefined {
    if (!this.#answers(address)) return undefined;
    this.log.push(`load${size} ${address.toString(16)}`);
    this.onAccess?.();
    return this.bytes.get(address) ?? 0n;
  }

  store(address: number, size: AccessSize, value: bigint): boolean {
    if (!this.#answers(address)) return false;
    this.log.push(`store${size} ${address.toString(16)} ${value.toString(16)}`);
    this.bytes.set(address, value);
    this.onAccess?.();
    return true;
  }

  #answers(address: number): boolean {
    return address >= deviceBase && address < deviceBase + deviceSize;
  }
}

/** Ten steps to a tick. */
export class TestClock implements SteadyClock {
  readonly stepsPerTick = 10;
  readonly #state: () => HartState;
  offset = 0n;

  constructor(state: () => HartState) {
    this.#state = state;
  }

  get elapsed(): number {
    return this.#state().steps;
  }

  ticks(): bigint {
    return BigInt(Math.floor(this.#state().steps / 10)) + this.offset;
  }

  stepsUntil(deadline: bigint): number {
    const left = deadline - this.ticks();
    return left <= 0n ? 0 : this.stepsFor(Number(left));
  }

  stepsFor(ticks: number): number {
    return ticks * 10 - (this.#state().steps % 10);
  }
}

/** A machine with one hart, in M mode at the start of RAM. */
export class TestMachine {
  readonly bus = new TestBus();
  readonly hosted: HostedLevels = { machine: false, supervisor: false };
  readonly memory: MachineMemory;
  readonly physical: PhysicalMemory;
  readonly breakpoints: Breakpoints;
  readonly translation: Harts['translation'];
  readonly clock: TestClock;
  readonly hart: Hart;
  #nextTable = 0x8020_0000;

  constructor(
    engine: EngineName = chosenEngine ?? 'reference',
    options: {
      readonly isa?: Isa;
      readonly predecodedPages?: number;
      readonly policy?: TranslationPolicy;
    } = {},
  ) {
    const { predecodedPages = engine === 'reference' ? 0 : mostCodePages, ...others } = options;
    this.memory = createMachineMemory({ harts: 1, ramBase, ramSize, predecodedPages });
    this.physical = new PhysicalMemory({ memory: this.memory, bus: this.bus });
    this.clock = new TestClock(() => this.hart.state);
    const { memory, physical, clock, hosted } = this;
    const { harts, breakpoints, translation } = createHarts({
      memory,
      physical,
      clock,
      hosted,
      engine,
      // So short are programs of tests that otherwise nothing of them would be translated.
      ...(engine === chosenEngine && { policy: eagerPolicy }),
      ...others,
    });
    this.breakpoints = breakpoints;
    this.translation = translation;
    this.hart = harts[0] ?? assert.fail('no hart');
    this.hart.reset(BigInt(ramBase));
  }

  get state(): HartState {
    return this.hart.state;
  }

  /** Puts instructions at an address; by default where the hart starts. */
  program(instructions: readonly number[], at = ramBase): void {
    let address = at;
    for (const word of instructions) {
      const size = (word & 3) === 3 ? 4 : 2;
      assert.ok(this.physical.store(address, size, BigInt(word)));
      address += size;
    }
  }

  /** Runs one instruction, or the trap that it raises. */
  step(): HartStop {
    return this.hart.run(1);
  }

  enter(mode: HartMode, pc = BigInt(ramBase)): void {
    this.state.mode = mode;
    this.state.pc = pc;
  }

  csr(name: string): bigint {
    return this.hart.csrs.peek(name);
  }

  setCsr(name: string, value: bigint): void {
    this.hart.csrs.poke(name, value);
  }

  setX(values: Readonly<Record<number, bigint>>): void {
    for (const [index, value] of Object.entries(values)) this.state.setX(Number(index), value);
  }

  /** A table of zeroes: four pages, so that it can be the root of a second stage. Returns its address. */
  table(): number {
    const address = this.#nextTable;
    this.#nextTable += 0x4000;
    return address;
  }

  /**
   * Maps a page in the table at `root`, of three levels (Sv39) or more; returns the leaf's address. An address with two
   * more bits is one of a second stage.
   */
  map(root: number, virtual: bigint, physical: number, flags: number | bigint, levels = 3): number {
    let table = root;
    for (let level = levels - 1; level > 0; level--) {
      const mask = level === levels - 1 ? 0x7ffn : 0x1ffn;
      const bits = BigInt(12 + 9 * levels);
      const wide = level === levels - 1 && virtual < 1n << (bits + 2n) && virtual >= 1n << bits;
      const index = Number((virtual >> BigInt(12 + 9 * level)) & (wide ? mask : 0x1ffn));
      const entry = table + 8 * index;
      let next = Number((this.read(entry) >> 10n) << 12n);
      if (next === 0) {
        next = this.table();
        this.write(entry, (BigInt(next >>> 12) << 10n) | 1n);
      }
      table = next;
    }
    const leaf = table + 8 * Number((virtual >> 12n) & 0x1ffn);
    this.write(leaf, (BigInt(Math.floor(physical / 4096)) << 10n) | BigInt(flags));
    return leaf;
  }

  read(address: number): bigint {
    return this.physical.load(address, 8) ?? assert.fail(`no memory at ${address.toString(16)}`);
  }

  write(address: number, value: bigint): void {
    assert.ok(this.physical.store(address, 8, value));
  }
}

const { valid, read, write, execute, user, accessed, dirty } = pteBit;
/** Flags of leaves, A and D set. */
export const flags = {
  rwx: valid | read | write | execute | accessed | dirty,
  urwx: valid | read | write | execute | user | accessed | dirty,
} as const;

/** satp, vsatp or hgatp for a table: Sv39 or Sv39x4 unless `mode` is another. */
export function atp(root: number, options: { readonly id?: bigint; readonly mode?: bigint } = {}): bigint {
  return ((options.mode ?? 8n) << 60n) | ((options.id ?? 0n) << 44n) | BigInt(root >>> 12);
}

/** Assembles one instruction: `op('addi', { rd: 1, imm: 5 })`. */
export function op(mnemonic: string, operands: Operands = {}): number {
  const description = [...allInstructions, ...allCompressed].find(
    (instruction) => instruction.mnemonic === mnemonic,
  );
  return encode(description ?? assert.fail(`no instruction ${mnemonic}`), operands);
}

/** An instruction word as CSRs hold it. */
export const plain = (word: number): bigint => BigInt(word >>> 0);

/** Every bit set. */
export const every = 0xffff_ffff_ffff_ffffn;
