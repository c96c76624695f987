import type { Decode } from '../../isa/decode.ts';
import { csrByAddress } from '../../isa/csrs/index.ts';
import { accessesCsr } from '../../isa/sensitivity.ts';
import { exitCode } from './exit-code.ts';

/** How often an engine left its wasm code: what runs there is fast, and what is done outside is not. */
export interface DepartureCounts {
  /** By reason: a TLB had no entry, code was not decoded yet, the budget was used up, … */
  readonly reasons: Readonly<Partial<Record<DepartureReason, number>>>;
  /** Instructions that were done outside, by mnemonic and CSR (`csrrw satp`). */
  readonly instructions: Readonly<Record<string, number>>;
}

/** Why wasm was left, by the name of its `exitCode`; to a region control goes without leaving. */
export type DepartureReason = Exclude<keyof typeof exitCode, 'region'>;

const reasons: readonly DepartureReason[] = [
  'budget',
  'decode',
  'fetchMiss',
  'readMiss',
  'writeMiss',
  'slow',
  'breakpoint',
  'hotLoop',
  'hotPage',
];

/** Counts the departures of one hart's engine, cheaply: names are made when somebody asks. */
export class Departures {
  readonly #byReason = new Float64Array(Object.keys(exitCode).length);
  readonly #byWord = new Map<number, Counter>();
  // What was counted last: a guest that exits does so by one instruction, again and again.
  #lastKey = notCounted;
  #lastCount: Counter = { value: 0 };
  readonly #decode: Decode;

  constructor(decode: Decode) {
    this.#decode = decode;
  }

  /** `why` is an `exitCode`. */
  left(why: number): void {
    this.#byReason[why] = (this.#byReason[why] as number) + 1;
  }

  /** An instruction was done outside; its word, or `undefined` where not even its fetch was easy. */
  doneOutside(word: number | undefined): void {
    const key = word ?? notFetched;
    if (key !== this.#lastKey) {
      this.#lastCount = this.#countOf(key);
      this.#lastKey = key;
    }
    this.#lastCount.value++;
  }

  counts(): DepartureCounts {
    const instructions: Record<string, number> = {};
    for (const [word, count] of this.#byWord) {
      const name = this.#nameOf(word);
      instructions[name] = (instructions[name] ?? 0) + count.value;
    }
    const counted = reasons.map((reason) => [reason, this.#byReason[exitCode[reason]] as number] as const);
    return { reasons: Object.fromEntries(counted.filter(([, count]) => count > 0)), instructions };
  }

  #countOf(key: number): Counter {
    const known = this.#byWord.get(key);
    if (known !== undefined) return known;
    const added = { value: 0 };
    if (this.#byWord.size < mostWords) this.#byWord.set(key, added);
    return added;
  }

  #nameOf(word: number): string {
    const decoded = word === notFetched ? undefined : this.#decode(word);
    if (decoded === undefined) return word === notFetched ? 'not fetched' : 'illegal';
    const { instruction, csr } = decoded;
    if (!accessesCsr(instruction)) return instruction.mnemonic;
    return `${instruction.mnemonic} ${csrByAddress.get(csr)?.name ?? csr.toString(16)}`;
  }
}

interface Counter {
  value: number;
}

/** The counts of several harts together. */
export function sumDepartures(all: readonly DepartureCounts[]): DepartureCounts {
  return {
    reasons: addUp(all.map((each) => each.reasons)),
    instructions: addUp(all.map((each) => each.instructions)),
  };
}

function addUp(members: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const member of members)
    for (const [key, count] of Object.entries(member)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

const notFetched = -1;
const notCounted = -2;
/** Words differ by their registers: a kernel has hundreds. What comes after so many is not told apart. */
const mostWords = 4096;
