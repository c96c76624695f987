import { Emitter, type Event } from '../common/event.ts';
import { StrataError } from '../common/errors.ts';
import { latin1 } from '../common/latin1.ts';
import { History } from '../timeline/history.ts';
import { compareMarks, type Mark } from '../timeline/mark.ts';
import { ArmedAddresses } from './breakpoints/armed-addresses.ts';
import { BreakpointSet } from './breakpoints/breakpoint-set.ts';
import type { BoundBreakpoint, BreakpointRequest } from './breakpoints/breakpoint.ts';
import { launchFilters } from './breakpoints/filters.ts';
import type {
  ConsoleOutput,
  DebuggerCore,
  DisassemblyRow,
  EvaluateResult,
  MemoryRead,
  Resume,
  SliceResult,
  Thread,
} from './debugger.ts';
import { Evaluator } from './expressions/evaluator.ts';
import type { EvaluationContext } from './expressions/evaluation-context.ts';
import type { Frame } from './frame.ts';
import type { MemoryReference } from './memory-reference.ts';
import { disassemble } from './memory/disassembly.ts';
import { MemoryAccess } from './memory/memory-access.ts';
import { ModuleWatch } from './introspection/module-watch.ts';
import { Judge, type Verdict } from './run/judge.ts';
import { Mover } from './run/mover.ts';
import { stopOf } from './run/outcome.ts';
import { OutsideInput } from './run/outside-input.ts';
import { Past } from './run/past.ts';
import { planFor } from './run/plan-for.ts';
import type { Plan } from './run/plan.ts';
import { scopesOf } from './scopes/scopes.ts';
import { GeneratedSources } from './stack/generated-sources.ts';
import { Stacks, type FrameSubject } from './stack/stack.ts';
import type { Stop } from './stop.ts';
import type { ConsoleLogs } from './target/console-logs.ts';
import { HartCpu } from './target/cpu.ts';
import type { DebugThread, Target } from './target/target.ts';
import type { Scope } from './variable.ts';
import type { WatchOffer, WatchRequest } from './watches/watch-offer.ts';

/** The debugger: what a client asks for goes to the part that does it; what moves the debuggee goes through here. */
export class StrataDebugger implements DebuggerCore {
  readonly filters = launchFilters;
  readonly onDidChangeBreakpoint: Event<BoundBreakpoint>;
  readonly onDidLog: Event<string>;
  readonly onDidPrint: Event<ConsoleOutput>;
  readonly #didChange = new Emitter<void>();
  readonly onDidChange = this.#didChange.event;
  readonly onDidInput: Event<void>;
  readonly onDidFork: Event<void>;
  readonly #target: Target;
  readonly #consoles: ConsoleLogs;
  readonly #history: History;
  readonly #sources = new GeneratedSources();
  readonly #stacks: Stacks;
  readonly #evaluator: Evaluator;
  readonly #memory: MemoryAccess;
  readonly #armed: ArmedAddresses;
  readonly #breakpoints: BreakpointSet;
  readonly #modules: ModuleWatch;
  readonly #judge: Judge;
  readonly #mover: Mover;
  readonly #past: Past;
  readonly #outside: OutsideInput;
  #plan: Plan | undefined;
  /** Where the resumption under way began. */
  #resumedAt: Mark | undefined;
  #stop: Stop | undefined;

  /** The machine stands at its beginning. */
  constructor(target: Target, consoles: ConsoleLogs) {
    this.#target = target;
    this.#consoles = consoles;
    this.#history = new History(target.machine);
    this.#stacks = new Stacks(target, this.#sources);
    this.#evaluator = new Evaluator(target);
    this.#evaluator.onDidAssign(() => this.#noteChange());
    this.#memory = new MemoryAccess(target);
    this.#armed = new ArmedAddresses(target.machine.breakpoints);
    this.#breakpoints = new BreakpointSet(target, this.#armed);
    this.#modules = new ModuleWatch(target, this.#breakpoints, this.#armed);
    this.#judge = new Judge(target, this.#breakpoints, this.#stacks, this.#evaluator, (thread) =>
      this.#modules.atAddress(thread),
    );
    this.#mover = new Mover(target, this.#judge);
    const onRestore = (step: number): void => consoles.truncate(step);
    const { history, judge, mover } = { history: this.#history, judge: this.#judge, mover: this.#mover };
    this.#past = new Past({ target, history, judge, mover, onRestore });
    this.#outside = new OutsideInput(target, history, this.#breakpoints);
    this.onDidInput = this.#outside.onDidInput;
    this.onDidFork = this.#outside.onDidFork;
    this.onDidChangeBreakpoint = this.#breakpoints.onDidChange;
    this.onDidLog = this.#judge.onDidLog;
    this.onDidPrint = consoles.onDidPrint;
    this.#stop = stopOf(target, target.currentThread, entry);
  }

  get threads(): readonly Thread[] {
    return this.#target.threads.map(({ id, name }) => ({ id, name }));
  }

  get images(): DebuggerCore['images'] {
    return this.#target.images.describe();
  }

  get stop(): Stop | undefined {
    return this.#stop;
  }

  setBreakpoints(owner: string, requests: readonly BreakpointRequest[]): readonly BoundBreakpoint[] {
    return this.#breakpoints.replace(owner, requests);
  }

  breakpointLines(path: string, from: number, to: number): readonly number[] {
    const lines = new Set<number>();
    for (const { symbols } of this.#target.images.all)
      for (let line = from; line <= to; line++) {
        const found = symbols.addressesOf(path, line);
        if (found !== undefined && found.line === line && found.addresses.length > 0) lines.add(line);
      }
    return [...lines].toSorted((a, b) => a - b);
  }

  resume(how: Resume): void {
    // Planned first: a thread that there is not leaves everything as it is.
    const plan = planFor(how, {
      target: this.#target,
      mover: this.#mover,
      armed: this.#armed,
      past: this.#past,
      beginning: this.#history.beginning,
    });
    this.#plan?.dispose();
    this.#plan = plan;
    this.#resumedAt = this.#target.machine.position;
    this.#stop = undefined;
    this.#stacks.forget();
  }

  runSlice(steps: number): SliceResult {
    const plan = this.#plan;
    if (plan === undefined) throw new StrataError('not-running', 'internal', 'nothing was resumed');
    const idleBefore = this.#target.machine.idleNanoseconds;
    const outcome = plan.advance(steps);
    this.#outside.noteRun();
    this.#stacks.forget();
    switch (outcome.kind) {
      case 'running':
        this.#consoles.flush();
        return {
          kind: 'running',
          idleNanoseconds: Math.max(0, this.#target.machine.idleNanoseconds - idleBefore),
        };
      case 'idle':
        this.#consoles.flush();
        return outcome;
      case 'ended':
        this.#finish();
        this.#outside.end();
        return outcome;
      case 'stopped':
        // What was printed again on the way is not news.
        if (outcome.wentBack) this.#consoles.resend();
        this.#finish();
        this.#stop = outcome.stop;
        return outcome;
    }
  }

  pause(): Stop {
    const { currentThread: thread, machine } = this.#target;
    const hasMoved = this.#resumedAt !== undefined && compareMarks(this.#resumedAt, machine.position) !== 0;
    // What stands where the pause lands is met by it: going on passes it.
    const met = this.#plan !== undefined && hasMoved ? this.#mover.meet(thread) : undefined;
    this.#finish();
    this.#stop = stopOf(this.#target, thread, met ?? { reason: { kind: 'pause' }, description: 'pause' });
    return this.#stop;
  }

  restart(): Stop {
    this.#finish();
    this.#outside.restart();
    this.#past.seek(this.#history.beginning);
    this.#modules.look();
    this.#breakpoints.forgetHits(this.#history.beginning);
    this.#stacks.forget();
    this.#consoles.resend();
    this.#stop = stopOf(this.#target, this.#target.currentThread, entry);
    return this.#stop;
  }

  stackTrace(threadId: number): readonly Frame[] {
    return this.#stacks.framesOf(this.#target.thread(threadId));
  }

  scopes(frameId: number): readonly Scope[] {
    return scopesOf(this.#stacks.subject(frameId), { target: this.#target, evaluator: this.#evaluator });
  }

  evaluate(text: string, frameId: number | undefined, purpose?: 'act' | 'look'): EvaluateResult {
    return this.#evaluator.evaluate(text, this.#context(frameId), purpose);
  }

  watchable(text: string, what: WatchRequest, frameId: number | undefined): WatchOffer {
    return this.#evaluator.offer(text, what, this.#context(frameId));
  }

  complete(text: string, column: number, frameId: number | undefined): readonly string[] {
    return this.#evaluator.complete(text, column, this.#context(frameId));
  }

  sourceText(id: number): string {
    return this.#sources.text(id);
  }

  readMemory(reference: MemoryReference, offset: bigint, count: number): MemoryRead {
    return this.#memory.read(reference, offset, count);
  }

  writeMemory(reference: MemoryReference, offset: bigint, bytes: Uint8Array): number {
    const written = this.#memory.write(reference, offset, bytes);
    this.#noteChange();
    return written;
  }

  disassemble(
    reference: MemoryReference,
    offset: bigint,
    instructionOffset: number,
    count: number,
  ): readonly DisassemblyRow[] {
    return disassemble(this.#target, reference, offset, instructionOffset, count);
  }

  get consoles(): DebuggerCore['consoles'] {
    return this.#consoles.names.map((id) => ({
      id,
      title: this.#target.vmm === undefined ? id : `guest ${id}`,
      text: latin1(this.#consoles.text(id)),
    }));
  }

  input(console: string, bytes: Uint8Array): void {
    this.#outside.type(console, bytes);
  }

  offer(port: string, bytes: Uint8Array): boolean {
    return this.#outside.offer(port, bytes);
  }

  #noteChange(): void {
    this.#stacks.forget();
    this.#breakpoints.forgetHits({ step: this.#target.machine.steps + 1 });
    // While an exit is under way, nothing can be saved: then the way back leads to before the change.
    if (this.#target.machine.stage === undefined) {
      this.#history.beginHere();
      this.#judge.tell('Something was written by hand: history begins here, and going back ends here.');
    }
    this.#didChange.fire();
  }

  #finish(): void {
    this.#plan?.dispose();
    this.#plan = undefined;
    this.#modules.look();
    // On the way back, what is watched was looked for at other times.
    this.#judge.prepare();
    this.#stacks.forget();
    this.#consoles.flush();
  }

  #context(frameId: number | undefined): EvaluationContext {
    const subject = frameId === undefined ? undefined : this.#stacks.subject(frameId);
    const thread = subject === undefined ? this.#target.currentThread : threadOf(subject);
    return {
      // In a frame of the VMM, registers are those that the VMM itself sees: the hart's, in HS mode.
      thread: subject?.kind === 'exit' ? { ...thread, cpu: new HartCpu(thread.hart) } : thread,
      activation: subject?.kind === 'activation' ? subject.activation : this.#stacks.innermost(thread),
      exit: this.#target.exitUnderWay(thread),
      trap: this.#stop?.reason.kind === 'trap' ? this.#judge.trapAtStop : undefined,
      hit: this.#stop?.reason.kind === 'data' ? this.#judge.hitAtStop : undefined,
      precedence: subject?.kind === 'activation' ? 'frame' : 'event',
    };
  }
}

function threadOf(subject: FrameSubject): DebugThread {
  return subject.kind === 'activation' ? subject.activation.thread : subject.thread;
}

const entry: Verdict = { reason: { kind: 'entry' }, description: 'entry' };
