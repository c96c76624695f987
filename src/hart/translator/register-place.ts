import { assert } from '../../common/errors.ts';
import { boxOf } from '../../isa/float-formats.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
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
} from '../engine/compile-accesses.ts';
import { writeBox, type NativeFormat } from '../engine/float-place.ts';
import { isPcRelative, type CodePlace, type Operand } from '../engine/compile-semantics.ts';
import { writeUnitRefusal } from '../engine/float-unit.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import type { MemoryOpcode } from '../engine/wasm/opcodes.ts';
import { slotOffset } from '../state.ts';
import type { PlacedInstruction } from './flow-graph.ts';
import { writeRegionTranslation, type PageCache } from './region-translation.ts';

/** The locals that all code of a region works with. */
export interface RegionLocals {
  /** Instructions that may still be run. */
  readonly budget: Local;
  /** Where an indirect jump goes; at the start, and at the end, pc. */
  readonly target: Local;
  readonly state: Local;
  readonly context: Local;
  /** The virtual address of the page. */
  readonly base: Local;
  readonly address: Local;
  readonly entry: Local;
  readonly host: Local;
  readonly scratch: readonly Local[];
  /** By number; `undefined` where the region does not use the register. */
  readonly x: readonly (Local | undefined)[];
  /** Likewise; of the type f64, whatever they hold. */
  readonly f: readonly (Local | undefined)[];
  /** What `writeUnit` says of the floating-point unit. */
  readonly unit: Local;
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
}

/** What a place leads to; each of these ends the code that it is written into. */
export interface RegionWays {
  /** On with the block at an offset of the page, or out of the region where there is none. */
  goTo(offset: number): void;
  branchTo(condition: () => void, taken: number, otherwise: number): void;
  /** To the address in `target`. */
  goToTarget(): void;
  /** The interpreter has to do the present instruction. */
  interpret(): void;
}

/** Of an access that is known to be in a page with others of its group. */
export interface NearAccess {
  /** Where the first byte of the group lies in the wasm memory, and from where the register points to. */
  readonly host: Local;
  readonly low: number;
}

/** Semantics compiled for one instruction of a region: registers in locals, the rest constants. */
export class RegisterPlace implements CodePlace, AccessPad {
  readonly code: CodeWriter;
  readonly host: Local;
  readonly ramDelta: number;
  readonly alignment: InstructionAlignment;
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
  readonly #locals: RegionLocals;
  readonly #ways: RegionWays;
  readonly #instruction: PlacedInstruction;
  /** Does the block end with this instruction? */
  readonly #isLast: boolean;
  readonly #likelyAddend: number | undefined;
  readonly #cacheFor: (array: 'read' | 'write') => PageCache | undefined;
  readonly #unitMask: number;
  readonly #near: NearAccess | undefined;
  #scratchInUse = 0;

  constructor(options: {
    readonly code: CodeWriter;
    readonly ramDelta: number;
    readonly alignment: InstructionAlignment;
    readonly locals: RegionLocals;
    readonly ways: RegionWays;
    readonly instruction: PlacedInstruction;
    readonly isLast: boolean;
    /** What most of the TLB has for `addend`, where memory is mapped in one piece, and it is worth guessing. */
    readonly likelyAddend: number | undefined;
    readonly cacheFor: (array: 'read' | 'write') => PageCache | undefined;
    readonly near: NearAccess | undefined;
    /** What is to be looked at in the floating-point unit's word before this instruction, if it is one of its. */
    readonly unitMask: number;
  }) {
    this.code = options.code;
    this.host = options.locals.host;
    this.ramDelta = options.ramDelta;
    this.alignment = options.alignment;
    this.#locals = options.locals;
    this.#ways = options.ways;
    this.#instruction = options.instruction;
    this.#isLast = options.isLast;
    this.doubles = options.locals.doubles;
    this.singles = options.locals.singles;
    this.#cacheFor = options.cacheFor;
    this.#unitMask = options.unitMask;
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
    this.code.if(() => this.#ways.interpret());
  }

  translate(...[array, size, address]: Parameters<AccessPad['translate']>): void {
    address();
    writeRegionTranslation(this.code, this.#locals, {
      array,
      size,
      cache: this.#cacheFor(array),
      likelyAddend: this.#likelyAddend,
      interpret: () => this.#ways.interpret(),
    });
  }

  stateBase(): void {
    this.code.get(this.#locals.state);
  }

  slotAt(slot: number): number {
    return slotOffset(slot);
  }

  requireUnit(): void {
    const { code } = this;
    if (this.#unitMask === 0) return;
    this.leaveIf(() => writeUnitRefusal(code, () => code.get(this.#locals.unit), this.#unitMask));
  }

  /** Where NX is not set the region was left: the interpreter looks whether results are exact. */
  requireExact(): void {
    return;
  }

  roundToIntegral(value: Local): void {
    const { rm } = this.#instruction.decoded;
    this.code.get(value);
    this.code.plain(roundingOpcode[rm === dynamicRounding ? 0 : rm] ?? 'f64.nearest');
  }

  readF(operand: RegisterOperand): void {
    this.code.get(this.#f(operand));
    this.code.plain('i64.reinterpret_f64');
  }

  writeF(operand: 'rd', value: Operand): void {
    value();
    this.code.plain('f64.reinterpret_i64');
    this.code.set(this.#f(operand));
  }

  readFloat(operand: RegisterOperand, format: NativeFormat): void {
    const { code } = this;
    if (format === 'd') {
      code.get(this.#f(operand));
      return;
    }
    this.withScratch((bits) => {
      this.readF(operand);
      code.set(bits);
      this.leaveIf(() => {
        code.get(bits);
        code.i64(boxOf('s'));
        code.plain('i64.lt_u');
      });
      code.get(bits);
      code.plain('i32.wrap_i64');
      code.plain('f32.reinterpret_i32');
    });
  }

  writeFloat(operand: 'rd', format: NativeFormat, value: Operand): void {
    const { code } = this;
    value();
    if (format === 's') {
      writeBox(code);
      code.plain('f64.reinterpret_i64');
    }
    code.set(this.#f(operand));
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

  #f(operand: RegisterOperand): Local {
    const local = this.#locals.f[this.#instruction.decoded[operand]];
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

/** By rounding mode; ties away from zero is not among them. */
const roundingOpcode = ['f64.nearest', 'f64.trunc', 'f64.floor', 'f64.ceil'] as const;
