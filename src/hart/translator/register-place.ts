import { assert } from '../../common/errors.ts';
import { boxOf } from '../../isa/float-formats.ts';
import { dynamicRounding } from '../../isa/rounding-modes.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { AccessSize, AmoOperator, RegisterOperand, Value } from '../../isa/semantics.ts';
import {
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
import { writeTlbEntry } from '../engine/interpreter-frame.ts';
import { tlbArray, tlbField } from '../engine/layout.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import { slotOffset } from '../state.ts';
import type { PlacedInstruction } from './flow-graph.ts';

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

/** Where the last access by a register went, kept in locals: the next one to the same page needs no TLB. */
export interface PageCache {
  /** The virtual address of the page; all ones where there is none. An i64. */
  readonly tag: Local;
  /** As in the TLB. */
  readonly addend: Local;
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
    writeLoad(this, size, signed, address);
  }

  store(size: AccessSize, address: Operand, value: Operand): void {
    writeStore(this, size, address, value);
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

  /** What is misaligned is the interpreter's, be it allowed or not. */
  translate(...[array, size, address]: Parameters<AccessPad['translate']>): void {
    const { code } = this;
    const { address: virtual, entry } = this.#locals;
    const cache = this.#cacheFor(array);
    address();
    code.set(virtual);
    if (cache === undefined) {
      this.#findEntry(array, size);
      code.get(entry);
      code.memory('i32.load', tlbArray[array] + tlbField.addend);
      this.#guessAddend();
    } else {
      this.#pageAndAlignment(size);
      code.get(cache.tag);
      code.plain('i64.ne');
      code.if(() => {
        this.#findEntry(array, size);
        code.get(entry);
        code.memory('i64.load', tlbArray[array] + tlbField.tag);
        code.set(cache.tag);
        code.get(entry);
        code.memory('i32.load', tlbArray[array] + tlbField.addend);
        code.set(cache.addend);
      });
      code.get(cache.addend);
    }
    code.get(virtual);
    code.plain('i32.wrap_i64');
    code.plain('i32.add');
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
    this.translate('read', 8, address, 'any');
    this.code.memory('f64.load', 0);
  }

  storeDouble(address: Operand, value: Operand): void {
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

  /** Sets `entry` to the TLB's for the access, or leaves the instruction to the interpreter where it has none. */
  #findEntry(array: 'read' | 'write', size: AccessSize): void {
    const { code } = this;
    const { context, entry } = this.#locals;
    code.get(this.#locals.address);
    writeTlbEntry({ code, context });
    code.tee(entry);
    code.memory('i64.load', tlbArray[array] + tlbField.tag);
    this.#pageAndAlignment(size);
    code.plain('i64.ne');
    code.if(() => this.#ways.interpret());
  }

  /** Where the addend on the stack is the likely one, leaves that as a constant: an address need not wait for the TLB. */
  #guessAddend(): void {
    const { code, host } = this;
    if (this.#likelyAddend === undefined) return;
    code.tee(host);
    code.i32(this.#likelyAddend);
    code.plain('i32.eq');
    code.if(() => {
      code.i32(this.#likelyAddend as number);
      code.set(host);
    });
    code.get(host);
  }

  /** Leaves what is a page's tag; but a misaligned address keeps a bit that no tag has. */
  #pageAndAlignment(size: AccessSize): void {
    this.code.get(this.#locals.address);
    this.code.i64(-4096n | BigInt(size - 1));
    this.code.plain('i64.and');
  }

  #address(offset: number): void {
    this.code.get(this.#locals.base);
    this.code.i64(BigInt(offset));
    this.code.plain('i64.add');
  }
}

/** By rounding mode; ties away from zero is not among them. */
const roundingOpcode = ['f64.nearest', 'f64.trunc', 'f64.floor', 'f64.ceil'] as const;
