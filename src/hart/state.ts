import type { WasmMemory } from '../common/web-assembly.ts';
import { hartMode, type HartMode } from './hart-mode.ts';
import { csrSlot, hartSlot, hartStateBytes, hartStateSlots, type StoredCsr } from './state-layout.ts';
import type { Privilege } from './trap.ts';

/**
 * The architectural state of one hart: one contiguous area of the machine's wasm memory, which the engine's
 * wasm code and TypeScript share. A snapshot or a hash of the hart is a copy or a hash of this area. What an
 * engine keeps for itself (TLBs, predecoded code, arguments of its slow paths) lies elsewhere.
 *
 * All values are 64-bit patterns, little-endian, in slots of eight bytes; as numbers, the few that fit one.
 */
export class HartState {
  /** Where the area begins in the wasm memory, in bytes; a multiple of eight. */
  readonly offset: number;
  /** The whole area as slots: `slots[hartSlot.pc]`. */
  readonly slots: BigUint64Array;
  /** The same as 32-bit halves, without BigInts: `halves[2 * slot]` is the low half. */
  readonly halves: Uint32Array;
  readonly bytes: Uint8Array;

  constructor(memory: WasmMemory, offset: number) {
    this.offset = offset;
    this.slots = new BigUint64Array(memory.buffer, offset, hartStateSlots);
    this.halves = new Uint32Array(memory.buffer, offset, 2 * hartStateSlots);
    this.bytes = new Uint8Array(memory.buffer, offset, hartStateBytes);
  }

  /** x0 to x31. */
  getX(index: number): bigint {
    return this.slot(hartSlot.x + index);
  }

  /** A write of x0 goes to the sink, so that x0 stays zero. `value` is taken modulo 2^64. */
  setX(index: number, value: bigint): void {
    this.slots[index === 0 ? hartSlot.sink : hartSlot.x + index] = value;
  }

  /** f0 to f31, as they are: a value of a narrower format is boxed. */
  getF(index: number): bigint {
    return this.slot(hartSlot.f + index);
  }

  setF(index: number, value: bigint): void {
    this.slots[hartSlot.f + index] = value;
  }

  get pc(): bigint {
    return this.slot(hartSlot.pc);
  }

  set pc(value: bigint) {
    this.slots[hartSlot.pc] = value;
  }

  get privilege(): Privilege {
    return this.halves[half.privilege] as Privilege;
  }

  set privilege(value: Privilege) {
    this.halves[half.privilege] = value;
  }

  /** Virtualization mode V. */
  get virtual(): boolean {
    return this.halves[half.virtual] !== 0;
  }

  set virtual(value: boolean) {
    this.halves[half.virtual] = value ? 1 : 0;
  }

  get mode(): HartMode {
    return hartMode(this.privilege, this.virtual);
  }

  set mode({ privilege, virtual }: HartMode) {
    this.privilege = privilege;
    this.virtual = virtual;
  }

  /** Instructions retired, traps taken and waits cut short since reset (ADR 1); exact up to 2^53. */
  get steps(): number {
    const { halves } = this;
    return (halves[half.steps] as number) + (halves[half.steps + 1] as number) * 0x1_0000_0000;
  }

  set steps(value: number) {
    this.#setCount(hartSlot.steps, value);
  }

  /** So many instructions have retired. */
  addSteps(count: number): void {
    const { halves } = this;
    const low = (halves[half.steps] as number) + count;
    halves[half.steps] = low;
    if (low > 0xffff_ffff)
      halves[half.steps + 1] = (halves[half.steps + 1] as number) + Math.floor(low / 0x1_0000_0000);
  }

  /** Traps taken, and waits cut short, since reset: the steps that retired no instruction. */
  get trapsTaken(): number {
    return this.#count(hartSlot.trapsTaken);
  }

  set trapsTaken(value: number) {
    this.#setCount(hartSlot.trapsTaken, value);
  }

  /** Counts the trap that is taken as a step that retires nothing: without the numbers that 64 bits may need. */
  countTrap(): void {
    const { halves } = this;
    const steps = ((halves[half.steps] as number) + 1) | 0;
    halves[half.steps] = steps;
    if (steps === 0) halves[half.steps + 1] = (halves[half.steps + 1] as number) + 1;
    const traps = ((halves[half.trapsTaken] as number) + 1) | 0;
    halves[half.trapsTaken] = traps;
    if (traps === 0) halves[half.trapsTaken + 1] = (halves[half.trapsTaken + 1] as number) + 1;
  }

  /** Instructions retired since reset; `minstret` counts these from what software last wrote. */
  get retired(): number {
    return this.steps - this.trapsTaken;
  }

  /** WFI retired, and nothing has ended the wait yet. */
  get waiting(): boolean {
    return this.halves[half.waiting] !== 0;
  }

  set waiting(value: boolean) {
    this.halves[half.waiting] = value ? 1 : 0;
  }

  /** Levels of the interrupt lines into the hart, a bit for each interrupt code. */
  get interruptLines(): number {
    return this.halves[half.interruptLines] as number;
  }

  set interruptLines(value: number) {
    this.halves[half.interruptLines] = value;
  }

  /** Host-physical address that LR reserved, or `undefined`. */
  get reservation(): bigint | undefined {
    return this.low(hartSlot.reservationValid) === 0 ? undefined : this.slot(hartSlot.reservationAddress);
  }

  set reservation(address: bigint | undefined) {
    if (address === undefined) {
      this.dropReservation();
      return;
    }
    this.setLow(hartSlot.reservationValid, 1);
    this.slots[hartSlot.reservationAddress] = address;
  }

  /** No address is reserved any more. */
  dropReservation(): void {
    const { halves } = this;
    halves[half.reservationValid] = 0;
    halves[half.reservationAddress] = 0;
    halves[half.reservationAddress + 1] = 0;
  }

  /** The stored bits of a CSR, without rules and effects: the CSR file builds on this. */
  getCsr(name: StoredCsr): bigint {
    return this.slot(csrSlot[name]);
  }

  setCsr(name: StoredCsr, value: bigint): void {
    this.slots[csrSlot[name]] = value;
  }

  /** Any slot as a 64-bit pattern. */
  slot(index: number): bigint {
    return this.slots[index] as bigint;
  }

  /** Bits 31:0 of a slot, without a BigInt. */
  low(slot: number): number {
    return this.halves[2 * slot] as number;
  }

  /** Bits 63:32 of a slot. */
  high(slot: number): number {
    return this.halves[2 * slot + 1] as number;
  }

  setLow(slot: number, value: number): void {
    this.halves[2 * slot] = value;
  }

  setHigh(slot: number, value: number): void {
    this.halves[2 * slot + 1] = value;
  }

  /** Copies a slot, without a BigInt. */
  copy(from: number, to: number): void {
    const { halves } = this;
    halves[2 * to] = halves[2 * from] as number;
    halves[2 * to + 1] = halves[2 * from + 1] as number;
  }

  /** Makes a slot zero, without a BigInt. */
  clear(slot: number): void {
    this.halves[2 * slot] = 0;
    this.halves[2 * slot + 1] = 0;
  }

  #count(slot: number): number {
    return this.low(slot) + this.high(slot) * 0x1_0000_0000;
  }

  #setCount(slot: number, value: number): void {
    // The array takes it modulo 2^32, without a division.
    this.setLow(slot, value);
    this.setHigh(slot, Math.floor(value / 0x1_0000_0000));
  }
}

/** Where the slots that every trap concerns have their low halves: looked up here once. */
const half = {
  privilege: 2 * hartSlot.privilege,
  virtual: 2 * hartSlot.virtual,
  steps: 2 * hartSlot.steps,
  trapsTaken: 2 * hartSlot.trapsTaken,
  waiting: 2 * hartSlot.waiting,
  interruptLines: 2 * hartSlot.interruptLines,
  reservationValid: 2 * hartSlot.reservationValid,
  reservationAddress: 2 * hartSlot.reservationAddress,
} as const;
