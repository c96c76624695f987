import { boxOf, floatFormats } from '../../../../src/isa/float-formats.ts';
import type { FloatFormat } from '../../../../src/isa/float-semantics.ts';

/** Numbers that look random and follow from a seed: 32 bits of a Weyl sequence, mixed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Any 32-bit pattern, signed. */
  bits(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return mixed ^ (mixed >>> 15);
  }

  /** 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(((this.bits() >>> 0) / 0x1_0000_0000) * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** By weight: `weighted([[3, 'often'], [1, 'seldom']])`. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let place = this.below(choices.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, choice] of choices) {
      if (place < weight) return choice;
      place -= weight;
    }
    return (choices[0] as readonly [number, T])[1];
  }

  /** A 64-bit pattern: often small, near a power of two, or all ones. */
  value(): bigint {
    const any = (BigInt(this.bits() >>> 0) << 32n) | BigInt(this.bits() >>> 0);
    switch (this.below(4)) {
      case 0:
        return BigInt.asUintN(64, BigInt(this.below(64) - 32));
      case 1:
        return BigInt.asUintN(64, (1n << BigInt(this.below(64))) + BigInt(this.below(3) - 1));
      case 2:
        return BigInt.asUintN(64, BigInt(this.bits()));
      default:
        return any;
    }
  }

  /** What an f register may hold: numbers of a format, boxed, most often neither large nor small. */
  float(): bigint {
    const format = this.pick(['d', 'd', 's', 'h'] as const);
    const number = this.floatOf(format);
    return this.chance(97) ? number | boxOf(format) : number;
  }

  /** Bits of a number of a format, or of an infinity or NaN. */
  floatOf(format: FloatFormat): bigint {
    const { bits, fractionBits, exponentBits } = floatFormats[format];
    const most = 2 ** exponentBits - 1;
    const field = this.weighted([
      [12, (most - 1) / 2 - 4 + this.below(8)],
      [2, this.below(most + 1)],
      [1, this.pick([0, 1, most - 1, most])],
    ]);
    const fraction = BigInt.asUintN(fractionBits, this.chance(50) ? this.value() : ~this.value() << 20n);
    const sign = this.chance(50) ? 0n : 1n << BigInt(bits - 1);
    return sign | (BigInt(field) << BigInt(fractionBits)) | fraction;
  }
}
