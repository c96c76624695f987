import { decode } from '../../isa/decode.ts';
import type { ArmedAddresses } from '../breakpoints/armed-addresses.ts';
import type { Granularity } from '../debugger.ts';
import type { DebugThread, Target } from '../target/target.ts';
import { stratumOf } from '../target/cpu.ts';
import { isEcall } from '../stack/boundary.ts';
import { compareMarks, type Mark } from '../../timeline/mark.ts';
import { Journey } from './journey.ts';
import { lineAt, type CodeLine } from './code-line.ts';
import type { Mover } from './mover.ts';
import { endOfStep } from './outcome.ts';
import type { Plan, SliceOutcome } from './plan.ts';
import { arrivalAt, returnFromTrap, returnOf } from './waypoint.ts';

/** What is known of an instruction before it runs. */
interface Departure {
  readonly pc: bigint;
  readonly sp: bigint;
  readonly privilege: number;
  readonly mark: Mark;
  /** Steps of its hart: what records of traps count by. */
  readonly hartSteps: number;
  /** Instructions that the hart had retired. */
  readonly retired: number;
  /** Address after it, where it is a call. */
  readonly returnsTo: bigint | undefined;
  readonly isEcall: boolean;
  /** `ret`: it leaves a function, also one that has no frame. */
  readonly isReturn: boolean;
}

/**
 * One step forward of a thread, in or over, by line or by instruction. It stays in its stratum: handlers of traps
 * run to their end, other threads take their turns. Only `in` at an ecall follows the trap up; a return to the
 * stratum below ends the step there.
 */
export class StepPlan implements Plan {
  readonly #target: Target;
  readonly #thread: DebugThread;
  readonly #how: 'over' | 'in';
  readonly #granularity: Granularity;
  readonly #mover: Mover;
  readonly #journey: Journey;
  readonly #startLine: CodeLine | undefined;
  readonly #startPc: bigint;
  readonly #startSp: bigint;
  #hasArrived = false;

  constructor(options: {
    readonly target: Target;
    readonly mover: Mover;
    readonly armed: ArmedAddresses;
    readonly thread: DebugThread;
    readonly how: 'over' | 'in';
    readonly granularity: Granularity;
  }) {
    const { target, mover, thread, how, granularity } = options;
    this.#target = target;
    this.#mover = mover;
    this.#thread = thread;
    this.#how = how;
    this.#granularity = granularity;
    this.#journey = new Journey(options);
    this.#startLine = lineAt(target, thread);
    this.#startPc = thread.cpu.pc;
    this.#startSp = thread.cpu.getX(2);
  }

  advance(steps: number): SliceOutcome {
    const end = this.#target.machine.steps + steps;
    while (!this.#hasArrived) {
      const left = end - this.#target.machine.steps;
      if (left <= 0) return { kind: 'running' };
      const outcome = this.#journey.isUnderWay ? this.#goOn(left) : this.#oneInstruction();
      if (outcome !== undefined) return outcome;
    }
    return endOfStep(this.#target, this.#mover);
  }

  dispose(): void {
    this.#journey.dispose();
  }

  /** Where a call or a handler returns to may be the next line already. */
  #goOn(steps: number): SliceOutcome | undefined {
    const outcome = this.#journey.goOn(steps);
    if (outcome === undefined && this.#isStop()) this.#hasArrived = true;
    return outcome;
  }

  #oneInstruction(): SliceOutcome | undefined {
    const thread = this.#thread;
    if (this.#target.currentThread !== thread) {
      this.#journey.to(arrivalAt(thread, thread.cpu.pc));
      return undefined;
    }
    const departure = this.#departure();
    const entersVmm = this.#how === 'in' && departure.isEcall;
    const outcome = this.#journey.single(entersVmm ? (at) => at === thread : undefined);
    if (outcome !== undefined) return outcome;
    // A breakpoint on the way, passed without moving, or time skipped while all wait.
    if (compareMarks(this.#target.machine.position, departure.mark) === 0) return undefined;
    if (this.#target.isInVmm(thread)) this.#hasArrived = true;
    else if (this.#target.currentThread === thread) this.#look(departure);
    return undefined;
  }

  #departure(): Departure {
    const { cpu } = this.#thread;
    const { pc } = cpu;
    const bytes = this.#target.read(pc, 4, cpu.regime());
    const word = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
    const decoded = bytes.length >= 2 ? decode(word) : undefined;
    const mnemonic = decoded?.instruction.mnemonic;
    const isCall = (mnemonic === 'jal' || mnemonic === 'jalr') && (decoded?.rd === 1 || decoded?.rd === 5);
    return {
      pc,
      sp: cpu.getX(2),
      privilege: cpu.mode.privilege,
      mark: this.#target.machine.position,
      hartSteps: this.#thread.hart.state.steps,
      retired: this.#thread.hart.state.retired,
      returnsTo: isCall ? BigInt.asUintN(64, pc + BigInt(decoded?.length ?? 4)) : undefined,
      isEcall: mnemonic === 'ecall',
      isReturn: mnemonic === 'jalr' && decoded?.rd === 0 && decoded.rs1 === 1,
    };
  }

  /** The thread has run one instruction, or a trap was taken in its place: what now? */
  #look(departure: Departure): void {
    const { cpu } = this.#thread;
    if (cpu.mode.privilege > departure.privilege) {
      this.#trapped();
    } else if (cpu.mode.privilege < departure.privilege) {
      this.#hasArrived = true;
    } else if (this.#isTrapWithin(departure)) {
      this.#trapped();
    } else if (departure.returnsTo !== undefined && cpu.pc !== departure.returnsTo) {
      this.#called(departure.returnsTo, departure.sp);
    } else {
      // An instruction that jumps to itself has run; one that the VMM had to find memory for has not.
      const hasRun = this.#thread.hart.state.retired > departure.retired;
      this.#hasArrived =
        (hasRun && this.#granularity === 'instruction') ||
        this.#isStop() ||
        (departure.isReturn && this.#hasLeft());
    }
  }

  /** Is the thread in another function than it set out from, and one that has lines? */
  #hasLeft(): boolean {
    const here = lineAt(this.#target, this.#thread);
    return here !== undefined && here.functionStart !== this.#startLine?.functionStart;
  }

  /** A trap into the same level (a kernel interrupted in its own code) is the newest record, of this very step. */
  #isTrapWithin(departure: Departure): boolean {
    const { newest } = this.#thread.hart.trapRecords;
    return newest !== undefined && newest.step >= departure.hartSteps && newest.pc === departure.pc;
  }

  #trapped(): void {
    const record = this.#thread.hart.trapRecords.newest;
    if (record === undefined || (isEcall(record) && this.#how === 'in')) this.#hasArrived = true;
    else this.#journey.to(returnFromTrap(this.#thread, record));
  }

  #called(returnsTo: bigint, sp: bigint): void {
    if (this.#how === 'over') {
      this.#journey.to(returnOf(this.#thread, returnsTo, sp));
      return;
    }
    if (this.#granularity === 'instruction') {
      this.#hasArrived = true;
      return;
    }
    const body = this.#bodyOfCallee();
    // A function without lines is passed over, as is usual.
    if (body === undefined) this.#journey.to(returnOf(this.#thread, returnsTo, sp));
    else if (body === this.#thread.cpu.pc) this.#hasArrived = true;
    else this.#journey.to(arrivalAt(this.#thread, body), () => (this.#hasArrived = true));
  }

  #bodyOfCallee(): bigint | undefined {
    const { cpu, guest } = this.#thread;
    if (lineAt(this.#target, this.#thread) === undefined) return undefined;
    const image = this.#target.imageAt(cpu.pc, stratumOf(cpu.mode), guest?.name, cpu.regime());
    const callee = image?.symbols.functionAt(cpu.pc);
    return callee && image?.symbols.prologueEnd(callee);
  }

  #isStop(): boolean {
    const { cpu } = this.#thread;
    if (this.#granularity === 'instruction' || this.#startLine === undefined) return cpu.pc !== this.#startPc;
    const here = lineAt(this.#target, this.#thread);
    if (here === undefined) return false;
    if (cpu.getX(2) > this.#startSp && this.#hasLeft()) return true;
    const isSameLine = here.file === this.#startLine.file && here.line === this.#startLine.line;
    return !isSameLine && here.isStatement && here.start === cpu.pc;
  }
}
