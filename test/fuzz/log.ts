/** First words of what the monitor logs. */
export const logMagic = {
  begin: 0x4245_4749n,
  trap: 0x5452_4150n,
  end: 0x454e_444en,
  finish: 0x4649_4e49n,
} as const;

/** Double words of a trap's record: its magic, x1 to x31, instructions since the last one, and the CSRs. */
export function recordSlots(csrs: readonly string[]): number {
  return 33 + csrs.length;
}

/** Which slot of a record holds a count of instructions, which emulators that count host time do not give. */
export const countSlot = 32;

/** What a case logged: the state at every trap, and in the end the double words that it began with. */
export interface CaseLog {
  readonly traps: readonly BigUint64Array[];
  readonly memory: BigUint64Array;
}

/** Takes the log apart. `pokes` tells of each case how many words its end holds; a log that breaks off gives fewer cases. */
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
    if (log[at++] !== logMagic.end) break;
    cases.push({ traps, memory: log.subarray(at, at + count) });
    at += count;
  }
  return cases;
}
