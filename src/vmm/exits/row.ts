import { csrSlot } from '../../hart/state-layout.ts';
import type { HartState } from '../../hart/state.ts';

/**
 * An exit as the VMM writes it down: a row of 32-bit words, so that a hundred thousand exits a second leave
 * nothing behind for the garbage collector. `ExitRecord` is what others read.
 */
export class ExitRow {
  readonly words: Uint32Array;
  /** The same, two at a time. */
  readonly #pairs: Float64Array;
  /** Index of the row's first word: even, as rows begin at a multiple of their length. */
  base: number;

  constructor(words: Uint32Array = new Uint32Array(rowWords), base = 0) {
    this.words = words;
    this.#pairs = new Float64Array(words.buffer);
    this.base = base;
  }

  /** Makes the columns of one word 0. What one of two words holds means nothing until one of these says so. */
  clear(): void {
    // A loop: `fill` is a call into the host, which takes longer.
    const pairs = this.#pairs;
    const first = this.base >>> 1;
    for (let at = first; at < first + narrowPairs; at++) pairs[at] = 0;
  }

  /** A copy that later exits do not change. */
  copy(): ExitRow {
    return new ExitRow(this.words.slice(this.base, this.base + rowWords));
  }

  get(at: Narrow): number {
    return this.words[this.base + at] as number;
  }

  set(at: Narrow, value: number): void {
    this.words[this.base + at] = value;
  }

  /** A 64-bit pattern. */
  getWide(wide: Wide): bigint {
    const at = this.base + wide;
    halves[0] = this.words[at] as number;
    halves[1] = this.words[at + 1] as number;
    return whole[0] as bigint;
  }

  setWide(wide: Wide, value: bigint): void {
    const at = this.base + wide;
    whole[0] = value;
    this.words[at] = halves[0] as number;
    this.words[at + 1] = halves[1] as number;
  }

  /** A 64-bit pattern given as its halves, which costs no BigInt. */
  setHalves(wide: Wide, low: number, high: number): void {
    const at = this.base + wide;
    this.words[at] = low;
    this.words[at + 1] = high;
  }

  /** Bits 31:0 and 63:32, without a BigInt. */
  getLow(wide: Wide): number {
    return this.words[this.base + wide] as number;
  }

  getHigh(wide: Wide): number {
    return this.words[this.base + wide + 1] as number;
  }

  /** A count below 2^53. */
  getCount(wide: Wide): number {
    const at = this.base + wide;
    return (this.words[at + 1] as number) * 0x1_0000_0000 + (this.words[at] as number);
  }

  setCount(wide: Wide, value: number): void {
    // The array takes it modulo 2^32, without a division.
    this.setHalves(wide, value, Math.floor(value / 0x1_0000_0000));
  }
}

/** Between a BigInt and its halves: arithmetic on BigInts costs ten times as much. */
const whole = new BigUint64Array(1);
const halves = new Uint32Array(whole.buffer);

/** Columns of one word. Numbers of things that may be absent are one more than the number, and 0 for none. */
const narrowColumns = [
  'hart',
  'guest',
  'vcpu',
  /** 1: from virtual supervisor mode; 0: from virtual user mode. */
  'fromKernel',
  /** Index into `exitReasons`. */
  'reason',
  /** Index into `exitActions`. */
  'action',
  /** How many stages are done. */
  'stagesDone',
  /** The instruction at pc, compressed or not; 0 where it is not known. */
  'instruction',
  /** Bytes of it, where the VMM does it in the guest's place. */
  'instructionLength',
  /** scause without its interrupt bit; `interrupt` has that. */
  'cause',
  'interrupt',
  /** htinst: its upper half is always zero for standard instructions. */
  'htinst',
  /** Number of the device plus one. */
  'device',
  /** Number of the device's register plus one. */
  'register',
  /** Index into `accessKinds` plus one. */
  'accessKind',
  'accessSize',
  /** 1 for a load that extends the sign. */
  'accessSigned',
  /** The x register that a load fills or a store empties. */
  'accessRegister',
  /** CSR address plus one. */
  'csr',
  /** 1 where the guest got an exception; `injectedCause` says which. */
  'injected',
  'injectedCause',
  /** Bytes of the page that was mapped at `mappedTo`; 0 for none. */
  'mappedSize',
  /** How many of `resultError` and `resultValue` the guest got. */
  'results',
  /** Number of the vCPU that got the hart, plus one: its place among all vCPUs. */
  'resumed',
] as const;

const narrowPairs = Math.ceil(narrowColumns.length / 2);

/** Columns of two words: 64-bit patterns and counts. The first of them are set in every row. */
const wideColumns = [
  'sequence',
  'step',
  /** Steps from the exit to the next entry. */
  'cost',
  'pc',
  'stval',
  'htval',
  /** What was loaded or stored. */
  'accessValue',
  'a0',
  'a1',
  'a2',
  'a3',
  'a4',
  'a5',
  'a6',
  'a7',
  'resultError',
  'resultValue',
  'injectedValue',
  /** Host-physical address of a page that was mapped. */
  'mappedTo',
] as const;

/** Where a column of one word, or of two, lies in a row. The brands keep the two kinds apart. */
export type Narrow = number & { readonly __words: 1 };
/** Likewise of two words: the low half first. */
export type Wide = number & { readonly __words: 2 };

/** All columns by name. */
export const column = Object.fromEntries([
  ...narrowColumns.map((name, index) => [name, index]),
  ...wideColumns.map((name, index) => [name, narrowColumns.length + 2 * index]),
]) as Readonly<Record<(typeof narrowColumns)[number], Narrow> & Record<(typeof wideColumns)[number], Wide>>;

/** The column of register a0 + index. */
export function argumentColumn(index: number): Wide {
  return (column.a0 + 2 * index) as Wide;
}

/** Copies what a trap has left in the CSRs of HS mode. */
export function copyTrapRegisters({ words, base }: ExitRow, { halves: registers }: HartState): void {
  words[base + cause] = registers[scause] as number;
  words[base + interrupt] = (registers[scause + 1] as number) >>> 31;
  words[base + htinst] = registers[htinstRegister] as number;
  words[base + pc] = registers[sepc] as number;
  words[base + pc + 1] = registers[sepc + 1] as number;
  words[base + stval] = registers[stvalRegister] as number;
  words[base + stval + 1] = registers[stvalRegister + 1] as number;
  words[base + htval] = registers[htvalRegister] as number;
  words[base + htval + 1] = registers[htvalRegister + 1] as number;
}

// Both are done at every exit: where things lie is looked up here once.
const { cause, interrupt, htinst, pc, stval, htval } = column;
const sepc = 2 * csrSlot.sepc;
const scause = 2 * csrSlot.scause;
const stvalRegister = 2 * csrSlot.stval;
const htvalRegister = 2 * csrSlot.htval;
const htinstRegister = 2 * csrSlot.htinst;

/** 32-bit words of a row. */
export const rowWords = narrowColumns.length + 2 * wideColumns.length;
