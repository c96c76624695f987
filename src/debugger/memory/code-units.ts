import { decode } from '../../isa/decode.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';

/** What stands at an address of a listing. Units follow each other without a gap. */
export interface CodeUnit {
  readonly address: bigint;
  readonly length: number;
  /** Empty where memory cannot be read. */
  readonly bytes: Uint8Array;
  /** Undefined for what is no instruction. */
  readonly decoded: DecodedInstruction | undefined;
}

/** Reads memory; fewer bytes than asked where it ends. */
export type ReadCode = (address: bigint, length: number) => Uint8Array;

/** Where an instruction is known to begin, at or before an address: the line table or the symbols say so. */
export type KnownStart = (address: bigint) => bigint | undefined;

const pageSize = 4096n;
const top = 1n << 64n;
/** Bytes that decoding is given to fall into step with the code, where nothing is known of it. */
const runUp = 64n;

/** Cuts memory into instructions, forwards and backwards. Addresses are even, and wrap at 2^64. */
export class CodeUnits {
  readonly #read: ReadCode;
  readonly #knownStart: KnownStart;

  constructor(read: ReadCode, knownStart: KnownStart) {
    this.#read = read;
    this.#knownStart = knownStart;
  }

  /** `count` units from `address` on. */
  from(address: bigint, count: number): CodeUnit[] {
    const units: CodeUnit[] = [];
    for (let at = address; units.length < count;) {
      const next = this.#at(at);
      units.push(next);
      at = wrap(at + BigInt(next.length));
    }
    return units;
  }

  /** `count` units that end where `address` begins. */
  before(address: bigint, count: number): CodeUnit[] {
    const pieces: CodeUnit[][] = [];
    let found = 0;
    for (let end = address; found < count;) {
      const piece = this.#pieceBefore(end === 0n ? top : end, count - found);
      pieces.push(piece);
      found += piece.length;
      end = piece[0]?.address ?? end;
    }
    return pieces
      .toReversed()
      .flat()
      .slice(found - count);
  }

  #at(address: bigint): CodeUnit {
    const bytes = this.#read(address, 4);
    if (bytes.length < 2) return hole(address, Math.min(4, Number(pageSize - (address % pageSize))));
    const low = word(bytes.subarray(0, 2));
    if ((low & 3) !== 3) return readable(address, bytes.subarray(0, 2), decode(low));
    if (bytes.length < 4) return readable(address, bytes.subarray(0, 2), undefined);
    return readable(address, bytes, decode(word(bytes)));
  }

  /** At least one unit, and about `wanted` if they can be had at once; the last ends at `end`. */
  #pieceBefore(end: bigint, wanted: number): CodeUnit[] {
    if (!this.#isReadable(end - 2n)) {
      const inPage = Number((end - 1n) % pageSize) + 1;
      const length = Math.min(4, inPage);
      return [hole(end - BigInt(length), length)];
    }
    const lowest = this.#lowestReadable(end, 4n * BigInt(wanted) + runUp);
    const known =
      this.#knownStart(lowest + runUp < end ? lowest + runUp : lowest) ?? this.#knownStart(end - 2n);
    if (known !== undefined && known < end && this.#isReadable(known) && known + 0x1_0000n > end)
      return this.#decodeTo(known, end);
    const [best] = [lowest, lowest + 2n]
      .filter((start) => start < end)
      .map((start) => this.#decodeTo(start, end))
      .toSorted((left, right) => oddities(left) - oddities(right));
    return best ?? [this.#parcel(end - 2n)];
  }

  /** Units from `start` that end at `end`; what of an instruction lies across the end is cut into parcels. */
  #decodeTo(start: bigint, end: bigint): CodeUnit[] {
    const units: CodeUnit[] = [];
    for (let at = start; at < end;) {
      const next = this.#at(at);
      const fits = at + BigInt(next.length) <= end;
      units.push(fits ? next : this.#parcel(at));
      at += fits ? BigInt(next.length) : 2n;
    }
    return units;
  }

  #parcel(address: bigint): CodeUnit {
    return readable(address, this.#read(address, 2), undefined);
  }

  /** The start of the readable run that ends at `end`, no farther away than `most`. */
  #lowestReadable(end: bigint, most: bigint): bigint {
    const limit = end > most ? end - most : 0n;
    let lowest = (end - 2n) & ~(pageSize - 1n);
    while (lowest > limit && this.#isReadable(lowest - 2n)) lowest -= pageSize;
    return lowest > limit ? lowest : limit;
  }

  #isReadable(address: bigint): boolean {
    return this.#read(address, 2).length === 2;
  }
}

function readable(address: bigint, bytes: Uint8Array, decoded: DecodedInstruction | undefined): CodeUnit {
  return { address, length: bytes.length, bytes, decoded };
}

function hole(address: bigint, length: number): CodeUnit {
  return { address, length, bytes: new Uint8Array(), decoded: undefined };
}

/** How badly a cut fits: what is no instruction, and most of all a last one that lies across the end. */
function oddities(units: readonly CodeUnit[]): number {
  const last = units.at(-1);
  const isCut = last?.decoded === undefined ? 1000 : 0;
  return units.filter(({ decoded }) => decoded === undefined).length + isCut;
}

function word(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => (value << 8) | byte, 0) >>> 0;
}

function wrap(address: bigint): bigint {
  return BigInt.asUintN(64, address);
}
