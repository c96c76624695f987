import { assert } from '../../common/errors.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { AccessSize, AmoOperator, RegisterOperand, Value } from '../../isa/semantics.ts';
import {
  loadOpcode,
  storeOpcode,
  writeAmoAccess,
  writeLoad,
  writeLoadReserved,
  writeStore,
  writeStoreConditional,
  writeZeroBlock,
  type AccessPad,
} from '../engine/compile/accesses.ts';
import { isPcRelative, type CodePlace, type Operand } from '../engine/compile/semantics.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import type { MemoryOpcode } from '../engine/wasm/opcodes.ts';
import type { PlacedInstruction } from './flow-graph.ts';
import { FloatRegisterPlace } from './float-register-place.ts';
import type { RegionLocals } from './region-frame.ts';
import { writeRegionTranslation, type PageCache } from './region-translation.ts';

/** What a place leads to; each of these ends the code that it is written into. */
export interface RegionWays {
  /** On with the block at an offset of the page, or out of the region where there is none. */
  goTo(offset: number): void;
  branchTo(condition: () => void, taken: number, otherwise: number): void;
  /** To the address in `target`. */
  goToTarget(): void;
  /** The interpreter has to do an instruction, by its place in the block. */
  interpret(index: number): void;
}

/** Of an access that is known to be in a page with others of its group. */
export interface NearAccess {
  /** Where the first byte of the group lies in the wasm memory, and from where the register points to. */
  readonly host: Local;
  readonly low: number;
}

/** Semantics compiled for one instruction of a region: registers in locals, the rest constants. */
export class RegisterPlace extends FloatRegisterPlace implements CodePlace, AccessPad {
  readonly host: Local;
  readonly ramDelta: number;
  readonly alignment: InstructionAlignment;
  readonly #locals: RegionLocals;
  readonly #ways: RegionWays;
  readonly #instruction: PlacedInstruction;
  readonly #index: number;
  /** Does the block end with this instruction? */
  readonly #isLast: boolean;
  readonly #likelyAddend: number | undefined;
  readonly #cache: PageCache | undefined;
  readonly #near: NearAccess | undefined;
  #scratchInUse = 0;

  constructor(options: {
    readonly code: CodeWriter;
    readonly ramDelta: number;
    readonly alignment: InstructionAlignment;
    readonly locals: RegionLocals;
    readonly ways: RegionWays;
    readonly instruction: PlacedInstruction;
    /** Its place in the block. */
    readonly index: number;
    readonly isLast: boolean;
    /** What most of the TLB has for `addend`, where memory is mapped in one piece, and it is worth guessing. */
    readonly likelyAddend: number | undefined;
    /** For a plain load or store. */
    readonly cache: PageCache | undefined;
    readonly near: NearAccess | undefined;
    /** What is to be looked at in the floating-point unit's word before this instruction, if it is one of its. */
    readonly unitMask: number;
  }) {
    super(options);
    this.host = options.locals.host;
    this.ramDelta = options.ramDelta;
    this.alignment = options.alignment;
    this.#locals = options.locals;
    this.#ways = options.ways;
    this.#instruction = options.instruction;
    this.#isLast = options.isLast;
    this.#cache = options.cache;
    this.#index = options.index;
    this.#likelyAddend = options.likelyAddend;
    this.#near = options.near;
  }

  readX(operand: RegisterOperand): void {
    const register = this.#instruction.decoded[operand];
    if (register === 0) this.code.i64(0n);
    else this.code.get(this.#x(register));
  }

  writeX(operand: 'rd', value: Operand): void {
    const register = this.#instruction.decoded[operand];
    value();
    if (register === 0) this.code.plain('drop');
    else this.code.set(this.#x(register));
  }

  /** In place of this instruction and the one before it: see `extensionBy`. */
  writeExtension(register: number, extend: (code: CodeWriter) => void): void {
    this.writeX('rd', () => {
      if (register === 0) this.code.i64(0n);
      else this.code.get(this.#x(register));
      extend(this.code);
    });
    this.fallThrough();
  }

  immediate(): void {
    this.code.i64(BigInt(this.#instruction.decoded.imm));
  }

  pc(): void {
    this.#address(this.#instruction.offset);
  }

  nextPc(): void {
    this.#address(this.#next);
  }

  withScratch(body: (scratch: Local) => void): void {
    const scratch = this.#locals.scratch[this.#scratchInUse];
    assert(scratch !== undefined, 'semantics are nested too deep');
    this.#scratchInUse++;
    body(scratch);
    this.#scratchInUse--;
  }

  load(size: AccessSize, signed: boolean, address: Operand): void {
    if (!this.#isNear(loadOpcode(size, signed))) writeLoad(this, size, signed, address);
  }

  store(size: AccessSize, address: Operand, value: Operand): void {
    if (!this.#isNear(storeOpcode(size), value)) writeStore(this, size, address, value);
  }

  loadReserved(size: 4 | 8, address: Operand): void {
    writeLoadReserved(this, size, address);
  }

  storeConditional(size: 4 | 8, address: Operand, value: Operand): void {
    writeStoreConditional(this, size, address, value);
  }

  amo(operator: AmoOperator, size: 4 | 8, address: Operand, value: Operand): void {
    writeAmoAccess(this, operator, size, address, value);
  }

  zimm(): void {
    this.code.i64(BigInt(this.#instruction.decoded.zimm));
  }

  contextWord(place: number): void {
    this.code.get(this.#locals.context);
    this.code.memory('i32.load', place);
  }

  zeroBlock(address: Operand): void {
    writeZeroBlock(this, address);
  }

  leaveIf(condition: () => void): void {
    condition();
    this.code.if(() => this.#ways.interpret(this.#index));
  }

  translate(...[array, size, address]: Parameters<AccessPad['translate']>): void {
    address();
    writeRegionTranslation(this.code, this.#locals, {
      array,
      size,
      cache: this.#cache,
      likelyAddend: this.#likelyAddend,
      interpret: () => this.#ways.interpret(this.#index),
    });
  }

  loadDouble(address: Operand): void {
    if (this.#isNear('f64.load')) return;
    this.translate('read', 8, address, 'any');
    this.code.memory('f64.load', 0);
  }

  storeDouble(address: Operand, value: Operand): void {
    if (this.#isNear('f64.store', value)) return;
    this.translate('write', 8, address, 'any');
    value();
    this.code.memory('f64.store', 0);
  }

  prepareJump(target: Value, compiled: Operand): void {
    if (isPcRelative(target)) return;
    compiled();
    this.code.set(this.#locals.target);
  }

  jump(target: Value): void {
    if (isPcRelative(target)) this.#ways.goTo(this.#relative);
    else this.#ways.goToTarget();
  }

  branch(condition: () => void, target: Value): void {
    assert(isPcRelative(target), 'a branch goes to an address that is relative to pc');
    this.#ways.branchTo(condition, this.#relative, this.#next);
  }

  fallThrough(): void {
    if (this.#isLast) this.#ways.goTo(this.#next);
  }

  get #next(): number {
    return this.#instruction.offset + this.#instruction.decoded.length;
  }

  get #relative(): number {
    return this.#instruction.offset + this.#instruction.decoded.imm;
  }

  #x(register: number): Local {
    const local = this.#locals.x[register];
    assert(local !== undefined, 'every register that a region uses has a local');
    return local;
  }

  /** Writes the access, if it is one of a group whose page is known. */
  #isNear(opcode: MemoryOpcode, value?: Operand): boolean {
    if (this.#near === undefined) return false;
    this.code.get(this.#near.host);
    value?.();
    this.code.memory(opcode, this.#instruction.decoded.imm - this.#near.low);
    return true;
  }

  #address(offset: number): void {
    this.code.get(this.#locals.base);
    this.code.i64(BigInt(offset));
    this.code.plain('i64.add');
  }
}
