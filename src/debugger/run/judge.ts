import { Emitter } from '../../common/event.ts';
import type { TakenTrap } from '../../hart/trap.ts';
import type { WatchedAccess } from '../../machine/watched-accesses.ts';
import type { ExitStage } from '../../vmm/exits/actions.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import { titleOf } from '../../vmm/exits/title.ts';
import type { Breakpoint, BreakpointSet } from '../breakpoints/breakpoint-set.ts';
import { anyExit, anyTrap, trapFilterId } from '../breakpoints/filters.ts';
import { hostAddress } from '../breakpoints/places.ts';
import type { Type } from '../../symbols/types.ts';
import { lookupAddress } from '../../symbols/unwind.ts';
import type { Evaluator } from '../expressions/evaluator.ts';
import { Surroundings } from '../expressions/surroundings.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import { asLinked, type StratumImage } from '../images/image-set.ts';
import type { MemoryReference } from '../memory-reference.ts';
import { causeName, modeName } from '../stack/boundary.ts';
import type { Stacks } from '../stack/stack.ts';
import type { StopReason } from '../stop.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { WatchedFrame } from '../watches/data-id.ts';
import type { DataHit } from '../watches/data-watch.ts';
import type { HitReport } from '../watches/hit-report.ts';
import { reportHit } from '../watches/hit-text.ts';

/** What conditions may ask about. */
interface Event {
  readonly exit?: ExitRecord;
  readonly trap?: TakenTrap;
  readonly hit?: DataHit;
}

/** Why a breakpoint stops, in words. */
export interface Verdict {
  readonly reason: StopReason;
  readonly description: string;
  /** Of watched memory: each access that stops. */
  readonly hits?: readonly HitReport[];
}

/**
 * Decides whether the debuggee stops where a breakpoint could be meant: space and image, condition, hits. A
 * breakpoint that only logs is done here and stops nothing.
 */
export class Judge {
  readonly #target: Target;
  readonly #breakpoints: BreakpointSet;
  readonly #stacks: Stacks;
  readonly #evaluator: Evaluator;
  readonly #onAddress: (thread: DebugThread) => void;
  readonly #didLog = new Emitter<string>();
  readonly onDidLog = this.#didLog.event;
  /** The trap of the last stop at one: expressions may ask about it while the debuggee stands there. */
  trapAtStop: TakenTrap | undefined;
  /** Likewise the access of watched memory. */
  hitAtStop: DataHit | undefined;
  /** While the past is run through again, nothing is logged, and hits are not counted. */
  isRehearsal = false;

  /** `onAddress` is told of every armed address that a thread comes to, first. */
  constructor(
    target: Target,
    breakpoints: BreakpointSet,
    stacks: Stacks,
    evaluator: Evaluator,
    onAddress: (thread: DebugThread) => void,
  ) {
    this.#onAddress = onAddress;
    this.#target = target;
    this.#breakpoints = breakpoints;
    this.#stacks = stacks;
    this.#evaluator = evaluator;
  }

  /** The thread is about to run an instruction at an armed address. */
  atAddress(thread: DebugThread): Verdict | undefined {
    this.#onAddress(thread);
    const isAt = (reference: MemoryReference): boolean => this.#isAtReference(thread, reference);
    const ids = this.#hits(this.#breakpoints.at(this.#codeOf(thread), isAt), thread, {});
    if (ids.length === 0) return undefined;
    return {
      reason: { kind: 'breakpoint', breakpointIds: ids },
      description: `breakpoint in ${stratumOf(thread.cpu.mode)}`,
    };
  }

  /** A trap was delivered. */
  atTrap(thread: DebugThread, trap: TakenTrap): Verdict | undefined {
    const name = causeName(trap.trap);
    const candidates = this.#breakpoints.filters(trapFilterId(name), anyTrap);
    const ids = this.#hits(candidates, thread, { trap });
    if (ids.length === 0) return undefined;
    this.trapAtStop = trap;
    const description = `trap: ${name}, ${modeName(trap.from)} to ${modeName(trap.to)}`;
    return { reason: { kind: 'trap', breakpointIds: ids, cause: name }, description };
  }

  /** A guest has left to a VMM that is software of the machine: its first instruction is about to run. */
  atExit(thread: DebugThread, record: ExitRecord): Verdict | undefined {
    return this.#atExit([...this.#breakpoints.filters(`exit.${record.reason}`, anyExit)], thread, record);
  }

  /** An exit is about to go through a stage of the hosted VMM. */
  atStage(thread: DebugThread, record: ExitRecord, stage: ExitStage): Verdict | undefined {
    const candidates = [
      ...(stage === 'exit' ? this.#breakpoints.filters(`exit.${record.reason}`, anyExit) : []),
      ...this.#breakpoints.stages(stage),
    ];
    return this.#atExit(candidates, thread, record);
  }

  /** The machine is about to move, from wherever and whenever it is now. */
  prepare(): void {
    this.#breakpoints.follow();
    if (!this.isRehearsal) this.#breakpoints.tellFollowed();
  }

  /** Watched memory was accessed. */
  atAccess(thread: DebugThread, accesses: readonly WatchedAccess[]): Verdict | undefined {
    const ids: number[] = [];
    const hits: HitReport[] = [];
    for (const breakpoint of this.#breakpoints.onData) {
      const { watch } = breakpoint;
      const hit = watch.hit(accesses);
      if (hit === undefined || !this.#isFrameThere(thread, watch.data.frame)) continue;
      if (this.#hits([breakpoint], thread, { hit }).length === 0) continue;
      this.hitAtStop = hit;
      ids.push(breakpoint.id);
      const surroundings = new Surroundings(this.#target, this.#context(thread, {}));
      hits.push(reportHit(watch, hit, this.#typeOf(breakpoint), { thread, surroundings }));
    }
    if (this.#breakpoints.onData.some(({ watch }) => watch.isMovedBy(accesses))) this.prepare();
    if (ids.length === 0) return undefined;
    return {
      reason: { kind: 'data', breakpointIds: ids },
      description: hits.map(({ title }) => title).join('; '),
      hits,
    };
  }

  /** What is watched of a frame is its variables only as long as it is on the stack. */
  #isFrameThere(thread: DebugThread, frame: WatchedFrame | undefined): boolean {
    if (frame === undefined) return true;
    this.#stacks.forget();
    return this.#stacks
      .activations(thread)
      .some(
        ({ cfa, image, registers }) =>
          cfa === frame.cfa &&
          (image?.symbols.functionAt(lookupAddress(registers))?.low ?? 0n) === frame.function,
      );
  }

  #typeOf({ request }: Breakpoint): Type | undefined {
    return request.kind === 'data' ? this.#evaluator.offeredTypes.get(request.dataId) : undefined;
  }

  #atExit(candidates: readonly Breakpoint[], thread: DebugThread, record: ExitRecord): Verdict | undefined {
    if (candidates.length === 0) return undefined;
    const ids = this.#hits(candidates, thread, { exit: record });
    if (ids.length === 0) return undefined;
    const description = `VM exit: ${titleOf(record)}`;
    return { reason: { kind: 'exit', breakpointIds: ids, reason: record.reason }, description };
  }

  /** Says something to the user, as a log point does. */
  tell(text: string): void {
    this.#didLog.fire(text);
  }

  get wantsTraps(): boolean {
    return this.#breakpoints.all.some(
      ({ binding }) => binding.kind === 'filter' && binding.filter.startsWith('trap.'),
    );
  }

  get wantsStages(): boolean {
    return this.#breakpoints.all.some(
      ({ binding }) =>
        binding.kind === 'stage' || (binding.kind === 'filter' && binding.filter.startsWith('exit.')),
    );
  }

  /** The image whose code a thread runs, and the address of that as linked. Programs are compared only if need be. */
  #codeOf({
    cpu,
    guest,
  }: DebugThread): { readonly image: StratumImage; readonly address: bigint } | undefined {
    const { pc } = cpu;
    const stratum = stratumOf(cpu.mode);
    if (stratum === 'process' && !this.#breakpoints.hasCodeAt(pc)) return undefined;
    const image = this.#target.imageAt(pc, stratum, guest?.name, cpu.regime());
    return image && { image: asLinked(image), address: BigInt.asUintN(64, pc - (image.slide ?? 0n)) };
  }

  #isAtReference(thread: DebugThread, reference: MemoryReference): boolean {
    const { cpu, guest } = thread;
    switch (reference.space) {
      case 'current':
        return cpu.pc === reference.address;
      case 'gva':
        return (
          cpu.pc === reference.address &&
          cpu.root === reference.root &&
          (this.#target.guestName(thread, cpu.regime()) ?? '-') === reference.guest
        );
      case 'gpa':
        return (
          guest?.name === reference.guest &&
          this.#target.physicalPc(thread) === hostAddress(guest, reference.address)
        );
      case 'hpa':
        return this.#target.physicalPc(thread) === reference.address;
    }
  }

  /** Ids of those whose condition holds and whose hits are enough. */
  #hits(candidates: Iterable<Breakpoint>, thread: DebugThread, event: Event): readonly number[] {
    const ids: number[] = [];
    let context: EvaluationContext | undefined;
    for (const breakpoint of candidates) {
      context ??= this.#context(thread, event);
      if (this.#stopsAt(breakpoint, context)) ids.push(breakpoint.id);
    }
    return ids;
  }

  #context(thread: DebugThread, { exit, trap, hit }: Event): EvaluationContext {
    this.#stacks.forget();
    const stacks = this.#stacks;
    return {
      thread,
      get activation() {
        return stacks.innermost(thread);
      },
      exit,
      trap,
      hit,
      precedence: 'event',
    };
  }

  #stopsAt(breakpoint: Breakpoint, context: EvaluationContext): boolean {
    const { condition } = breakpoint.request;
    if (condition !== undefined) {
      const result = this.#evaluator.isTrue(condition, context);
      if (!result.ok) {
        // A condition that cannot be evaluated stops, and says why: silence would look like "never reached".
        this.#breakpoints.announce(breakpoint, `condition: ${result.message}`);
        return true;
      }
      if (!result.value) return false;
    }
    const { position } = this.#target.machine;
    if (!this.isRehearsal) breakpoint.hits.add(position);
    if (breakpoint.hitCondition?.(breakpoint.hits.before(position) + 1) === false) return false;
    if (breakpoint.log === undefined) return true;
    if (!this.isRehearsal) this.#didLog.fire(this.#logText(breakpoint, context));
    return false;
  }

  #logText({ log = [] }: Breakpoint, context: EvaluationContext): string {
    return log
      .map((part) => {
        if (part.kind === 'text') return part.text;
        const result = this.#evaluator.textOf(part.text, context);
        return result.ok ? result.value : `{${part.text}: ${result.message}}`;
      })
      .join('');
  }
}
