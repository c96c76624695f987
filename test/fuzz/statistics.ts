import type { Mode } from '../../src/isa/instruction.ts';
import type { FuzzCase } from './case.ts';
import { levelOf } from './differences/traps.ts';
import { countSlot, type CaseLog } from './log.ts';
import { monitorInstructions } from './monitor.ts';

/** What a run met: a comparison that meets nothing proves nothing. */
export class Statistics {
  cases = 0;
  traps = 0;
  /** Generated instructions by the mode in which their case begins, by extension, and by mnemonic. */
  readonly byMode = new Map<Mode, number>();
  readonly byExtension = new Map<string, number>();
  readonly byMnemonic = new Map<string, number>();
  /** Instructions that were executed, traps among them, by the mode in which their case begins. */
  readonly executed = new Map<Mode, number>();
  /** Traps by level and code: `HS 15`. */
  readonly byCause = new Map<string, number>();
  /** Cases whose rest was not compared, because they part at a known difference. */
  readonly explained = new Map<string, number>();
  /** Values that differ as known, and nothing else. */
  readonly tolerated = new Map<string, number>();

  get instructions(): number {
    return [...this.byMode.values()].reduce((sum, count) => sum + count, 0);
  }

  count<Key>(counts: Map<Key, number>, key: Key, more = 1): void {
    counts.set(key, (counts.get(key) ?? 0) + more);
  }

  add(cases: readonly FuzzCase[], logs: readonly CaseLog[], csrs: readonly string[]): void {
    const at = (name: string): number => countSlot + 1 + csrs.indexOf(name);
    const causes = { M: at('mcause'), HS: at('scause'), VS: at('vscause') } as const;
    for (const [index, log] of logs.entries()) {
      const fuzzCase = cases[index];
      if (!fuzzCase) break;
      this.cases++;
      this.count(this.byMode, fuzzCase.mode, fuzzCase.slots.length);
      for (const { mnemonic, extension } of fuzzCase.slots) {
        this.count(this.byExtension, extension);
        this.count(this.byMnemonic, mnemonic);
      }
      for (const [position, record] of log.traps.entries()) {
        this.traps++;
        const level = levelOf(record[causes.M] ?? 0n, record[at('mepc')] ?? 0n);
        const cause = record[causes[level]] ?? 0n;
        const name = cause >> 63n === 1n ? `interrupt ${cause & 63n}` : `${cause}`;
        this.count(this.byCause, `${level} ${name}`);
        // Code that writes minstret makes the count useless.
        const own = position === 0 ? monitorInstructions.begin : monitorInstructions.resume;
        const count = Number(BigInt.asIntN(64, record[countSlot] ?? 0n)) - own;
        if (count > 0 && count < 1000) this.count(this.executed, fuzzCase.mode, count);
      }
    }
  }
}
