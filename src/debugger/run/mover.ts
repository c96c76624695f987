import type { Hart } from '../../hart/hart.ts';
import type { TakenTrap } from '../../hart/trap.ts';
import type { WatchedAccess } from '../../machine/watched-accesses.ts';
import type { MachineStop, StageReached } from '../../machine/machine-stop.ts';
import { compareMarks, type Mark } from '../../timeline/mark.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { endlessTrap } from './endless-trap.ts';
import type { Judge, Verdict } from './judge.ts';

/** What a movement waits for besides breakpoints. */
export interface Awaited {
  /** Asked where a thread is at an armed address. */
  readonly isAt?: (thread: DebugThread) => boolean;
  /** Asked before each stage of an exit. */
  readonly isStage?: (thread: DebugThread) => boolean;
  /** The movement ends as if its steps were done when all threads have waited for so long. */
  readonly mostIdleNanoseconds?: number;
}

/**
 * What a slice lets pass while all threads wait: who paces a run by the guest's time, and shows what it prints, has to
 * come to it as often as a person notices.
 */
export const idlePerSlice: Pick<Awaited, 'mostIdleNanoseconds'> = { mostIdleNanoseconds: 20_000_000 };

/** Why a movement ended. */
export type Moved =
  | { readonly kind: 'budget' }
  | { readonly kind: 'awaited' }
  | { readonly kind: 'verdict'; readonly thread: DebugThread; readonly verdict: Verdict }
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly description: string }
  | { readonly kind: 'fatal'; readonly message: string };

/** Moves the machine forward and asks, wherever it could be meant to stop, whether it is. */
export class Mover {
  readonly #target: Target;
  readonly #judge: Judge;
  /** The address that the last movement had judged last. */
  #judged: Mark | undefined;

  constructor(target: Target, judge: Judge) {
    this.#target = target;
    this.#judge = judge;
  }

  /**
   * Moves at most `steps` steps. `from` is where the resumption began: what stands there has been seen already and
   * does not stop again.
   */
  run(steps: number, from: Mark, awaited: Awaited = {}): Moved {
    const { machine } = this.#target;
    const until = machine.steps + steps;
    const { mostIdleNanoseconds } = awaited;
    this.#judged = undefined;
    this.#judge.prepare();
    let found: Verdict | 'awaited' | undefined;
    const observe = this.#observeStages(awaited, from, (what) => (found = what));
    return this.#withTraps(
      (what) => (found = what),
      () => {
        for (;;) {
          found = undefined;
          const stop = machine.run({
            until,
            ...(observe && { stopBeforeStage: observe }),
            ...(mostIdleNanoseconds !== undefined && { mostIdleNanoseconds }),
          });
          if (found === 'awaited') return { kind: 'awaited' };
          if (found !== undefined)
            return { kind: 'verdict', thread: this.#target.currentThread, verdict: found };
          const moved = this.#judgeStop(stop, from, awaited);
          if (moved !== undefined) return moved;
        }
      },
    );
  }

  /** What stops a thread where the last movement ended, unless it was judged on the way. */
  meet(thread: DebugThread): Verdict | undefined {
    const { position } = this.#target.machine;
    const isJudged = this.#judged !== undefined && compareMarks(this.#judged, position) === 0;
    return isJudged || this.#target.isInVmm(thread) ? undefined : this.#judge.atAddress(thread);
  }

  #judgeStop(stop: MachineStop, from: Mark, awaited: Awaited): Moved | undefined {
    switch (stop.kind) {
      case 'budget': {
        const message = endlessTrap(this.#target);
        return message === undefined ? { kind: 'budget' } : { kind: 'fatal', message };
      }
      case 'idle':
        return { kind: 'idle' };
      case 'trap':
      case 'stage':
        return undefined;
      case 'watchpoint':
        return this.#atAccess(stop.accesses);
      case 'breakpoint': {
        const thread = this.#target.currentThread;
        const { position } = this.#target.machine;
        if (compareMarks(position, from) === 0) return undefined;
        this.#judged = position;
        const verdict = this.#judge.atAddress(thread);
        if (verdict !== undefined) return { kind: 'verdict', thread, verdict };
        return awaited.isAt?.(thread) === true ? { kind: 'awaited' } : undefined;
      }
      case 'exit':
        return {
          kind: 'ended',
          exitCode: stop.code,
          description: `The guest ended with exit code ${stop.code}.`,
        };
      case 'fatal':
        return { kind: 'fatal', message: stop.message };
    }
  }

  /** What stands where the access led is met, too, for the next resumption passes it. */
  #atAccess(accesses: readonly WatchedAccess[]): Moved | undefined {
    const thread = this.#target.currentThread;
    const verdict = this.#judge.atAccess(thread, accesses);
    if (verdict === undefined) return undefined;
    const met = this.meet(thread);
    if (met === undefined || met.reason.kind !== 'breakpoint' || verdict.reason.kind !== 'data')
      return { kind: 'verdict', thread, verdict };
    const breakpointIds = [...verdict.reason.breakpointIds, ...met.reason.breakpointIds];
    return { kind: 'verdict', thread, verdict: { ...verdict, reason: { kind: 'data', breakpointIds } } };
  }

  /** Nothing is observed where nobody could want it: exits are then handled at full speed. */
  #observeStages(
    awaited: Awaited,
    from: Mark,
    tell: (what: Verdict | 'awaited') => void,
  ): ((stage: StageReached) => boolean) | undefined {
    const { vmm, machine } = this.#target;
    if (vmm === undefined || (!this.#judge.wantsStages && awaited.isStage === undefined)) return undefined;
    return () => {
      const exit = vmm.currentExit;
      if (exit === undefined || compareMarks(machine.position, from) === 0) return false;
      const thread = this.#target.currentThread;
      const what =
        this.#judge.atStage(thread, exit.record, exit.stage) ??
        (awaited.isStage?.(thread) === true ? ('awaited' as const) : undefined);
      if (what !== undefined) tell(what);
      return what !== undefined;
    };
  }

  #withTraps<T>(tell: (what: Verdict) => void, act: () => T): T {
    const { observed } = this.#target;
    const wantsExits = observed !== undefined && this.#judge.wantsStages;
    if (!this.#judge.wantsTraps && !wantsExits) return act();
    const { harts } = this.#target.machine;
    const onTrap = (hart: Hart, trap: TakenTrap): boolean => {
      const thread = this.#target.threadOn(hart);
      const exit = wantsExits && isExit(trap) ? observed.underWay(hart)?.record : undefined;
      const verdict =
        thread && ((exit && this.#judge.atExit(thread, exit)) ?? this.#judge.atTrap(thread, trap));
      if (verdict !== undefined) tell(verdict);
      return verdict !== undefined;
    };
    for (const hart of harts) hart.onTrap = (trap) => onTrap(hart, trap);
    try {
      return act();
    } finally {
      for (const hart of harts) hart.onTrap = undefined;
    }
  }
}

/** From a guest to software in HS mode, its VMM. */
function isExit({ from, to }: TakenTrap): boolean {
  return from.virtual && !to.virtual && to.privilege === 1;
}
