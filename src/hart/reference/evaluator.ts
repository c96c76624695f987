import type { Isa } from '../../isa/configuration/isa.ts';
import { decoderOf, type Decode } from '../../isa/decode.ts';
import { floatConstantBits } from '../../isa/float-constants.ts';
import type { DecodedInstruction, Instruction } from '../../isa/instruction.ts';
import type { AccessKind, AccessSize, Statement, Value } from '../../isa/semantics.ts';
import { faultTrap, misalignedJump, type FaultingAccess } from '../fault-trap.ts';
import { compileGuards, refusal, refusalTrap, type CompiledGuards } from '../guards.ts';
import { operations } from '../operations/index.ts';
import type { OperationContext } from '../operations/operation.ts';
import type { Trap } from '../trap.ts';
import type { AccessFault } from '../virtual-memory.ts';
import { boxed, markFloatingPointDirty, unboxed } from '../floating-point-state.ts';
import { computeFloat, convert } from '../floating-point/operations.ts';
import type { Rounded, RoundingMode } from '../floating-point/round.ts';
import { csrSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import { calculate, calculateUnary, combine, extend, holds } from './arithmetic.ts';

/** What the evaluator works on. */
export interface EvaluatorContext extends OperationContext {
  readonly isa: Isa;
}

/**
 * Executes instructions by walking their semantics: plain, slow and the oracle for every engine, which leave to
 * it what they do not do themselves.
 */
export class Evaluator {
  /** The instruction word (32 bits, or 16 of a compressed one) of the last step; 0 where its fetch faulted. */
  word = 0;
  readonly #context: EvaluatorContext;
  readonly #decoder: Decode;
  readonly #known = new Map<number, Known>();
  readonly #guards = new Map<Instruction, CompiledGuards>();

  constructor(context: EvaluatorContext) {
    this.#context = context;
    this.#decoder = decoderOf(context.isa);
  }

  /**
   * Executes the instruction at pc. It retires and counts as a step, or it traps: then nothing but memory that a
   * page walk marked has changed, no step is counted, and the trap is for the caller to take. `fetched` is its word
   * where an engine has fetched it.
   */
  step(fetched?: number): Trap | undefined {
    const { state, memory, triggers } = this.#context;
    const { pc } = state;
    const word = fetched ?? memory.fetch(pc);
    this.word = typeof word === 'number' ? word : 0;
    if (typeof word !== 'number') return faultTrap(word, 'fetch', pc);
    const fired = triggers.areArmed ? triggers.afterFetch(word) : undefined;
    if (fired !== undefined) return fired;
    const known = this.#known.get(word) ?? this.#decode(word);
    if (known === undefined) return refusalTrap('illegal-instruction', word);
    const { decoded, guards } = known;
    const refused = refusal(guards, state);
    if (refused !== undefined) return refusalTrap(refused, word);
    // Unpriv. F, floating-point control and status register: 5 to 7 in frm are no rounding modes.
    if (decoded.rm === dynamicRounding && dynamicMode(state) > 4)
      return refusalTrap('illegal-instruction', word);
    const trap = new Execution(this.#context, decoded, pc).run();
    if (trap === undefined) state.steps++;
    return trap;
  }

  #decode(word: number): Known | undefined {
    const decoded = this.#decoder(word);
    if (decoded === undefined) return undefined;
    if (this.#known.size >= knownCapacity) this.#known.clear();
    const known = { decoded, guards: this.#guardsOf(decoded.instruction) };
    this.#known.set(word, known);
    return known;
  }

  #guardsOf(instruction: Instruction): CompiledGuards {
    let guards = this.#guards.get(instruction);
    if (guards === undefined) {
      guards = compileGuards(instruction.guards);
      this.#guards.set(instruction, guards);
    }
    return guards;
  }
}

/** What frm holds. */
function dynamicMode(state: HartState): number {
  return state.low(csrSlot.fcsr) >>> 5;
}

/** What a word says, whenever and wherever it is met. */
interface Known {
  readonly decoded: DecodedInstruction;
  readonly guards: CompiledGuards;
}

/** Words of which that is kept: more than any kernel's working set. */
const knownCapacity = 0x1_0000;

/** One instruction under way. The first fault ends it; what is evaluated after is of no consequence. */
class Execution {
  readonly #context: EvaluatorContext;
  readonly #decoded: DecodedInstruction;
  readonly #pc: bigint;
  #next: bigint;
  #jumped = false;
  #trap: Trap | undefined;

  constructor(context: EvaluatorContext, decoded: DecodedInstruction, pc: bigint) {
    this.#context = context;
    this.#decoded = decoded;
    this.#pc = pc;
    this.#next = BigInt.asUintN(64, pc + BigInt(decoded.length));
  }

  run(): Trap | undefined {
    // Every operand is read before anything is written: jalr's rd may be its rs1.
    for (const statement of this.#decoded.instruction.semantics) {
      this.#execute(statement);
      if (this.#trap !== undefined) return this.#trap;
    }
    if (!this.#jumped) this.#context.state.pc = this.#next;
    return undefined;
  }

  #execute(statement: Statement): void {
    const { state, memory } = this.#context;
    switch (statement.kind) {
      case 'setX': {
        const value = this.#evaluate(statement.value);
        if (this.#trap === undefined) state.setX(this.#decoded[statement.operand], value);
        break;
      }
      case 'setF': {
        const value = this.#evaluate(statement.value);
        if (this.#trap !== undefined) break;
        state.setF(this.#decoded[statement.operand], boxed(value, statement.format));
        if (markFloatingPointDirty(state)) this.#context.contextChanged();
        break;
      }
      case 'jump':
        this.#goTo(this.#evaluate(statement.target));
        break;
      case 'branch': {
        const { operator, left, right } = statement.condition;
        if (holds(operator, this.#evaluate(left), this.#evaluate(right))) {
          this.#goTo(this.#evaluate(statement.target));
        }
        break;
      }
      case 'store': {
        const address = this.#evaluate(statement.address);
        const value = this.#evaluate(statement.value);
        const { size, access } = statement;
        if (this.#fires('store', access, address, size, value)) break;
        const fault = memory.store(address, size, value, access);
        if (fault !== undefined) this.#fault(fault, 'store', address);
        break;
      }
      case 'operation': {
        const outcome = operations[statement.name](this.#context, this.#decoded);
        if (outcome === 'jumped') this.#jumped = true;
        else if (outcome !== 'next') this.#trap = outcome;
        break;
      }
    }
  }

  /** Unpriv. I, control transfer: a target that is not aligned is the exception of the jump that is taken to it. */
  #goTo(target: bigint): void {
    const { isa, state } = this.#context;
    this.#next = target;
    if (isa.instructionAlignment === 4 && (target & 2n) !== 0n)
      this.#trap ??= misalignedJump(target, state.mode.virtual);
  }

  #evaluate(value: Value): bigint {
    switch (value.kind) {
      case 'constant':
        return BigInt.asUintN(64, value.value);
      case 'x':
        return this.#context.state.getX(this.#decoded[value.operand]);
      case 'f':
        return unboxed(this.#context.state.getF(this.#decoded[value.operand]), value.format);
      case 'floatConstant':
        return floatConstantBits(value.format, this.#decoded.zimm);
      case 'float':
        return this.#accrue(
          computeFloat(
            value.operator,
            value.format,
            value.operands.map((operand) => this.#evaluate(operand)),
            this.#roundingMode(),
          ),
        );
      case 'convert':
        return this.#accrue(convert(this.#evaluate(value.value), value.from, value.to, this.#roundingMode()));
      case 'immediate':
        return BigInt.asUintN(64, BigInt(this.#decoded.imm));
      case 'pc':
        return this.#pc;
      case 'nextPc':
        return BigInt.asUintN(64, this.#pc + BigInt(this.#decoded.length));
      case 'binary':
        return calculate(value.operator, this.#evaluate(value.left), this.#evaluate(value.right));
      case 'unary':
        return calculateUnary(value.operator, this.#evaluate(value.value));
      case 'extend':
        return extend(this.#evaluate(value.value), value.bits, value.signed);
      case 'boolean':
        return this.#holds(value.condition) ? 1n : 0n;
      case 'select':
        return this.#evaluate(this.#holds(value.condition) ? value.whenTrue : value.whenFalse);
      case 'load':
      case 'loadReserved':
      case 'storeConditional':
      case 'amo':
        return this.#access(value);
    }
  }

  #roundingMode(): RoundingMode {
    const { rm } = this.#decoded;
    return (rm === dynamicRounding ? dynamicMode(this.#context.state) : rm) as RoundingMode;
  }

  /** Notes the exceptions of an operation in fcsr. */
  #accrue({ bits, flags }: Rounded): bigint {
    const { state, contextChanged } = this.#context;
    const old = state.low(csrSlot.fcsr);
    if ((old | flags) === old) return bits;
    state.setLow(csrSlot.fcsr, old | flags);
    if (markFloatingPointDirty(state)) contextChanged();
    return bits;
  }

  #access(value: Extract<Value, { readonly address: Value }>): bigint {
    const { memory } = this.#context;
    const address = this.#evaluate(value.address);
    const { kind, size } = value;
    const access = kind === 'load' ? value.access : 'normal';
    const stored = kind === 'storeConditional' || kind === 'amo' ? this.#evaluate(value.value) : 0n;
    if (this.#trap !== undefined) return 0n;
    switch (kind) {
      case 'load':
      case 'loadReserved': {
        if (this.#fires('load', access, address, size)) return 0n;
        const loaded =
          kind === 'load' ? memory.load(address, size, access) : memory.loadReserved(address, value.size);
        if (typeof loaded !== 'bigint') return this.#fault(loaded, 'load', address);
        this.#loaded(access, address, size, loaded);
        return kind === 'load' && !value.signed ? loaded : extend(loaded, 8 * size, true);
      }
      case 'storeConditional': {
        if (this.#fires('store', access, address, size, stored)) return 0n;
        const done = memory.storeConditional(address, value.size, stored);
        if (typeof done !== 'boolean') return this.#fault(done, 'store', address);
        return done ? 0n : 1n;
      }
      case 'amo': {
        const bits = 8 * size;
        const firesAtLoad = this.#fires('load', access, address, size);
        if (this.#fires('store', access, address, size) || firesAtLoad) return 0n;
        const old = memory.modify(address, value.size, (present) =>
          combine(value.operator, present, stored, bits),
        );
        // Unpriv. 14.4: an AMO never reports a load's fault.
        if (typeof old !== 'bigint') return this.#fault(old, 'store', address);
        this.#loaded(access, address, size, old);
        return extend(old, bits, true);
      }
    }
  }

  /** Does a trigger stop an access (Sdtrig)? `data` is what would be stored. */
  #fires(
    kind: 'load' | 'store',
    access: AccessKind,
    address: bigint,
    size: AccessSize,
    data?: bigint,
  ): boolean {
    const { triggers } = this.#context;
    if (!triggers.areArmed) return false;
    const trap = triggers.onAccess({ kind, access, address, size }, data);
    this.#trap ??= trap;
    return trap !== undefined;
  }

  #loaded(access: AccessKind, address: bigint, size: AccessSize, data: bigint): void {
    const { triggers } = this.#context;
    if (triggers.areArmed) triggers.onLoaded({ kind: 'load', access, address, size }, data);
  }

  #holds({ operator, left, right }: Extract<Statement, { kind: 'branch' }>['condition']): boolean {
    return holds(operator, this.#evaluate(left), this.#evaluate(right));
  }

  #fault(fault: AccessFault, access: FaultingAccess, start: bigint): bigint {
    this.#trap ??= faultTrap(fault, access, start, this.#decoded);
    return 0n;
  }
}
