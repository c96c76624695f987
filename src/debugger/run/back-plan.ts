import type { Mark } from '../../timeline/mark.ts';
import type { Granularity } from '../debugger.ts';
import type { Symbols } from '../../symbols/placed-symbols.ts';
import type { StratumImage } from '../images/image-set.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { lineAt } from './code-line.ts';
import { stopOf } from './outcome.ts';
import type { Past } from './past.ts';
import type { Plan, SliceOutcome } from './plan.ts';

/** Back to the last point at which a breakpoint would have stopped, or to the beginning. */
export class ReverseContinuePlan implements Plan {
  readonly #target: Target;
  readonly #past: Past;
  readonly #beginning: Mark;

  constructor(target: Target, past: Past, beginning: Mark) {
    this.#target = target;
    this.#past = past;
    this.#beginning = beginning;
  }

  advance(): SliceOutcome {
    const found = this.#past.lastStopBefore(this.#target.machine.position);
    this.#past.seek(found?.mark ?? this.#beginning);
    const thread = found === undefined ? this.#target.currentThread : this.#target.thread(found.threadId);
    const stop = stopOf(this.#target, thread, found?.verdict ?? beginning);
    return { kind: 'stopped', stop, wentBack: true };
  }

  dispose(): void {
    // Nothing was armed.
  }
}

const beginning = { reason: { kind: 'beginning' as const }, description: 'the beginning of history' };

/** Steps looked at first when a line of the past is looked for; then ten times as many, and so on. */
const firstWindow = 200;
const largestWindow = 200_000;

/** One point of the past, with what tells lines and frames apart. */
interface Visit {
  readonly mark: Mark;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly privilege: number;
}

/**
 * One step back of a thread: to the instruction it ran last, or to the beginning of the line it is in or, from
 * there, of the line before, in the same frame or its callers.
 */
export class StepBackPlan implements Plan {
  readonly #target: Target;
  readonly #past: Past;
  readonly #thread: DebugThread;
  readonly #granularity: Granularity;
  readonly #how: 'over' | 'in' | 'out';
  readonly #beginning: Mark;

  constructor(options: {
    readonly target: Target;
    readonly past: Past;
    readonly thread: DebugThread;
    readonly how: 'over' | 'in' | 'out';
    readonly granularity: Granularity;
    readonly beginning: Mark;
  }) {
    this.#target = options.target;
    this.#past = options.past;
    this.#thread = options.thread;
    this.#how = options.how;
    this.#granularity = options.granularity;
    this.#beginning = options.beginning;
  }

  advance(): SliceOutcome {
    const now = this.#target.machine.position;
    const mark = now.stage === undefined ? this.#findStart(now) : { step: now.step, stage: now.stage - 1 };
    const atBeginning = mark === undefined;
    // Before the first stage of an exit there is the instruction that the guest was at.
    if (mark !== undefined && mark.stage !== undefined && mark.stage < 0)
      this.#past.seek({ step: mark.step - 1 });
    else this.#past.seek(mark ?? this.#beginning);
    const { currentThread } = this.#target;
    const reason = atBeginning ? beginning : { reason: { kind: 'step' as const }, description: 'step back' };
    const stop = stopOf(this.#target, currentThread, reason);
    return { kind: 'stopped', stop, wentBack: true };
  }

  dispose(): void {
    // Nothing was armed.
  }

  #findStart(now: Mark): Mark | undefined {
    const thread = this.#thread;
    const present = this.#visit();
    const isHere = this.#ownCode();
    const { symbols } = this.#image() ?? {};
    const byLine = this.#granularity !== 'instruction' && lineAt(this.#target, thread) !== undefined;
    let previous: Visit | undefined;
    for (let window = firstWindow; window <= largestWindow; window *= 10) {
      const from: Mark = { step: Math.max(this.#beginning.step, now.step - window) };
      const visits: Visit[] = [];
      this.#past.walk(from, now, () => {
        if (this.#target.currentThread !== thread) return;
        previous = this.#visit();
        if (isHere()) visits.push(previous);
      });
      const found = byLine
        ? this.#lineStart(visits, present, symbols)
        : this.#instruction(visits, present, symbols);
      if (found !== undefined) return found.mark;
      if (from.step <= this.#beginning.step) break;
    }
    // Nothing of this code came before: then what the thread did just before, in whatever stratum.
    return previous?.mark;
  }

  #visit(): Visit {
    const { cpu } = this.#thread;
    const { position: mark } = this.#target.machine;
    return { mark, pc: cpu.pc, sp: cpu.getX(2), privilege: cpu.mode.privilege };
  }

  /** Is the thread at hand in its own stratum and space, or in the one below, which called it? */
  #ownCode(): () => boolean {
    const { cpu } = this.#thread;
    const { privilege } = cpu.mode;
    const { root } = cpu;
    return () => cpu.mode.privilege <= privilege && (privilege !== 0 || cpu.root === root);
  }

  #instruction(visits: readonly Visit[], present: Visit, symbols: Symbols | undefined): Visit | undefined {
    if (this.#how === 'in') return visits.at(-1);
    return visits.findLast(
      (visit) => visit.privilege < present.privilege || this.#isFrame(visit, present, symbols),
    );
  }

  /** The stack grows down: what lies deeper belongs to a call that has returned, and so does a leaf's code. */
  #isFrame(visit: Visit, present: Visit, symbols: Symbols | undefined): boolean {
    if (this.#how === 'in' || visit.sp > present.sp) return true;
    if (this.#how === 'out' || visit.sp < present.sp) return false;
    return symbols?.functionAt(visit.pc)?.low === symbols?.functionAt(present.pc)?.low;
  }

  #image(): StratumImage | undefined {
    const { cpu, guest } = this.#thread;
    return this.#target.imageAt(cpu.pc, stratumOf(cpu.mode), guest?.name, cpu.regime());
  }

  /** The earliest visit of the last run of one line, seen from the end. */
  #lineStart(visits: readonly Visit[], present: Visit, symbols: Symbols | undefined): Visit | undefined {
    let chosen: Visit | undefined;
    let line: string | undefined;
    for (const visit of visits.toReversed()) {
      // Before the first line of a handler comes the instruction that it was called from.
      if (visit.privilege < present.privilege) return chosen ?? visit;
      if (!this.#isFrame(visit, present, symbols)) continue;
      const found = symbols?.lineAt(visit.pc);
      if (found === undefined) continue;
      const key = `${found.file}:${found.line}`;
      if (chosen !== undefined && key !== line) return chosen;
      line = key;
      if (found.isStatement && found.start === visit.pc) chosen = visit;
    }
    // The window's first visit may be in the middle of its line: then the line began before the window.
    return undefined;
  }
}
