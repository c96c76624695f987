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
    return this.low(hartSlot.privilege) as Privilege;
  }

  set privilege(value: Privilege) {
    this.setLow(hartSlot.privilege, value);
  }

  /** Virtualization mode V. */
  get virtual(): boolean {
    return this.low(hartSlot.virtual) !== 0;
  }

  set virtual(value: boolean) {
    this.setLow(hartSlot.virtual, value ? 1 : 0);
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
    return this.#count(hartSlot.steps);
  }

  set steps(value: number) {
    this.#setCount(hartSlot.steps, value);
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
    this.#increment(hartSlot.steps);
    this.#increment(hartSlot.trapsTaken);
  }

  /** Instructions retired since reset; `minstret` counts these from what software last wrote. */
  get retired(): number {
    return this.steps - this.trapsTaken;
  }

  /** WFI retired, and nothing has ended the wait yet. */
  get waiting(): boolean {
    return this.low(hartSlot.waiting) !== 0;
  }

  set waiting(value: boolean) {
    this.setLow(hartSlot.waiting, value ? 1 : 0);
  }

  /** Levels of the interrupt lines into the hart, a bit for each interrupt code. */
  get interruptLines(): number {
    return this.low(hartSlot.interruptLines);
  }

  set interruptLines(value: number) {
    this.setLow(hartSlot.interruptLines, value);
  }

  /** Host-physical address that LR reserved, or `undefined`. */
  get reservation(): bigint | undefined {
    return this.low(hartSlot.reservationValid) === 0 ? undefined : this.slot(hartSlot.reservationAddress);
  }

  set reservation(address: bigint | undefined) {
    this.setLow(hartSlot.reservationValid, address === undefined ? 0 : 1);
    if (address === undefined) this.clear(hartSlot.reservationAddress);
    else this.slots[hartSlot.reservationAddress] = address;
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

  #increment(slot: number): void {
    const low = (this.low(slot) + 1) | 0;
    this.setLow(slot, low);
    if (low === 0) this.setHigh(slot, this.high(slot) + 1);
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
