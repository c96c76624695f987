import type { SteadyClock } from './clock.ts';

/** Reads a clock without a BigInt: to compare two halves is many times as fast. */
export class ClockReader {
  /** The halves of `ticks()` modulo 2^64, as it was when `read` was called last. */
  low = 0;
  high = 0;
  readonly #clock: SteadyClock;
  #offset = 0n;
  #offsetLow = 0;
  #offsetHigh = 0;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  /** The same as one number: exact below 2^53, which is 28 years. */
  get ticks(): number {
    return this.high * 0x1_0000_0000 + this.low;
  }

  read(): void {
    const { offset, elapsed, stepsPerTick } = this.#clock;
    if (offset !== this.#offset) this.#takeOffset(offset);
    const passed = Math.floor(elapsed / stepsPerTick);
    const low = (passed >>> 0) + this.#offsetLow;
    const carry = low > 0xffff_ffff ? 1 : 0;
    this.low = low >>> 0;
    this.high = (Math.floor(passed / 0x1_0000_0000) + this.#offsetHigh + carry) >>> 0;
  }

  #takeOffset(offset: bigint): void {
    this.#offset = offset;
    this.#offsetLow = Number(BigInt.asUintN(32, offset));
    this.#offsetHigh = Number(BigInt.asUintN(32, offset >> 32n));
  }
}
