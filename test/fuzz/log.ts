import { layout } from './layout.ts';

/** What an image came to: whether it ended by itself, and what RAM then held of its log and its arena. */
export interface Outcome {
  readonly ended: boolean;
  readonly log: BigUint64Array;
  readonly arena: Uint8Array;
}

const chunkBytes = 0x1_0000;
/** No record is so long, and none is all zero. */
const tailBytes = 0x1000;

/** The part of the log that was written, from RAM that was zero. `read` fills bytes from an address on. */
export function readLog(read: (address: number, bytes: Uint8Array) => unknown): BigUint64Array {
  const chunks: Uint8Array[] = [];
  for (let at: number = layout.log; at < layout.logEnd; at += chunkBytes) {
    const chunk = new Uint8Array(chunkBytes);
    read(at, chunk);
    chunks.push(chunk);
    if (chunk.subarray(-tailBytes).every((byte) => byte === 0)) break;
  }
  const log = new Uint8Array(chunks.length * chunkBytes);
  for (const [index, chunk] of chunks.entries()) log.set(chunk, index * chunkBytes);
  return new BigUint64Array(log.buffer);
}

/** First words of what the monitor logs. */
export const logMagic = {
  begin: 0x4245_4749n,
  trap: 0x5452_4150n,
  end: 0x454e_444en,
  finish: 0x4649_4e49n,
} as const;

/** Double words of a trap's record: its magic, x1 to x31, instructions since the last one, the CSRs, f0 to f31 and fcsr. */
export function recordSlots(csrs: readonly string[]): number {
  return floatSlot(csrs) + 33;
}

/** Which slot of a record holds f0. */
export function floatSlot(csrs: readonly string[]): number {
  return countSlot + 1 + csrs.length;
}

/** What a slot after the magic holds: `x5`, `mstatus`, `f7`, `fcsr`. */
export function slotName(slot: number, csrs: readonly string[]): string {
  if (slot < countSlot) return `x${slot}`;
  const register = slot - floatSlot(csrs);
  if (register < 0) return csrs[slot - countSlot - 1] ?? '';
  return register < 32 ? `f${register}` : 'fcsr';
}

/** Which slot of a record holds a count of instructions, which emulators that count host time do not give. */
export const countSlot = 32;

/** What a case logged: the state at every trap, and in the end the double words that it began with. */
export interface CaseLog {
  /** Whether it came to its end, and so tells of memory. */
  readonly ended: boolean;
  readonly traps: readonly BigUint64Array[];
  readonly memory: BigUint64Array;
}

/** Takes the log apart. `pokes` tells of each case how many words its end holds; the last case of a log that breaks off did not end. */
export function parseLog(
  log: BigUint64Array,
  csrs: readonly string[],
  pokes: readonly number[],
): readonly CaseLog[] {
  const slots = recordSlots(csrs);
  const cases: CaseLog[] = [];
  let at = 0;
  for (const count of pokes) {
    if (log[at++] !== logMagic.begin) break;
    const traps: BigUint64Array[] = [];
    for (; log[at] === logMagic.trap; at += slots) traps.push(log.subarray(at, at + slots));
    const ended = log[at++] === logMagic.end;
    cases.push({ ended, traps, memory: ended ? log.subarray(at, at + count) : new BigUint64Array() });
    if (!ended) break;
    at += count;
  }
  return cases;
}
