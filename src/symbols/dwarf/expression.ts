import { ByteReader } from '../byte-reader.ts';
import { binary, unary } from './arithmetic.ts';
import {
  type ExpressionContext,
  type Location,
  type LocationPiece,
  OPTIMIZED_OUT,
  type OperandType,
  unavailable,
} from './location.ts';
import { DW_OP } from './operations.ts';

/** An expression can jump backwards; one that needs more steps than this does not end. */
const MOST_STEPS = 10_000;
const DEEPEST_STACK = 1_000;

/** Evaluates a location description or expression (DWARF 2.5 and 2.6) in one frame. Never throws, always ends. */
export function evaluateExpression(expression: Uint8Array, context: ExpressionContext): Location {
  return new ExpressionMachine(expression, context).run();
}

/** Evaluates an expression whose result is an address or a number rather than a location. */
export function evaluateToNumber(
  expression: Uint8Array,
  context: ExpressionContext,
  initial: readonly bigint[] = [],
): bigint | undefined {
  const location = new ExpressionMachine(expression, context, initial).run();
  switch (location.kind) {
    case 'address':
      return location.address;
    case 'value':
      return location.value;
    case 'register':
      return context.register(location.register);
    case 'bytes':
    case 'pieces':
    case 'unavailable':
      return undefined;
  }
}

class ExpressionMachine {
  readonly #reader: ByteReader;
  readonly #context: ExpressionContext;
  readonly #stack: bigint[];
  readonly #pieces: LocationPiece[] = [];
  /** What stands in place of the top of the stack as the location so far. */
  #simple: Location | undefined;
  #failure: Location | undefined;

  constructor(expression: Uint8Array, context: ExpressionContext, initial: readonly bigint[] = []) {
    this.#reader = new ByteReader(expression);
    this.#context = context;
    this.#stack = [...initial];
  }

  run(): Location {
    if (this.#reader.done && this.#stack.length === 0) return OPTIMIZED_OUT;
    for (let steps = 0; !this.#reader.done && !this.#failure; steps++) {
      if (steps > MOST_STEPS || this.#stack.length > DEEPEST_STACK) this.#fail('its location does not end');
      else this.#step(this.#reader.u8());
    }
    if (this.#failure) return this.#failure;
    if (this.#reader.failed) return unavailable(DAMAGED);
    return this.#pieces.length > 0 ? { kind: 'pieces', pieces: this.#pieces } : this.#current();
  }

  #step(opcode: number): void {
    if (opcode >= DW_OP.lit0 && opcode <= DW_OP.lit31) this.#push(BigInt(opcode - DW_OP.lit0));
    else if (opcode >= DW_OP.reg0 && opcode <= DW_OP.reg31) this.#inRegister(opcode - DW_OP.reg0);
    else if (opcode >= DW_OP.breg0 && opcode <= DW_OP.breg31) this.#based(opcode - DW_OP.breg0);
    else if (!this.#place(opcode) && !this.#constant(opcode) && !this.#arithmetic(opcode)) {
      this.#fail('its location uses an operation that is not known');
    }
  }

  /**
   * Operations that say where the value is, or look at the machine. Like the groups below, gives whether the
   * operation is of this group.
   */
  #place(opcode: number): boolean {
    const reader = this.#reader;
    switch (opcode) {
      case DW_OP.regx:
        return this.#inRegister(reader.uleb());
      case DW_OP.bregx:
        return this.#based(reader.uleb());
      case DW_OP.fbreg:
        return this.#plus(this.#context.frameBase(), reader.slebBig(), 'its frame is unknown');
      case DW_OP.call_frame_cfa:
        return this.#plus(this.#context.cfa(), 0n, 'its frame is unknown');
      case DW_OP.deref:
        return this.#dereference(8);
      case DW_OP.deref_size:
        return this.#dereference(reader.u8());
      case DW_OP.deref_type:
      case DW_OP.GNU_deref_type: {
        const size = reader.u8();
        return this.#typed(reader.uleb(), () => this.#dereference(size));
      }
      case DW_OP.regval_type:
      case DW_OP.GNU_regval_type: {
        const register = reader.uleb();
        return this.#typed(reader.uleb(), () =>
          this.#plus(this.#context.register(register), 0n, lost(register)),
        );
      }
      case DW_OP.stack_value:
        if (this.#stack.length === 0) return this.#fail(DAMAGED);
        this.#simple = { kind: 'value', value: this.#pop() };
        return true;
      case DW_OP.implicit_value:
        this.#simple = { kind: 'bytes', bytes: reader.take(reader.uleb()) };
        return true;
      case DW_OP.piece:
        return this.#piece(reader.uleb() * 8, 0);
      case DW_OP.bit_piece:
        return this.#piece(reader.uleb(), reader.uleb());
      case DW_OP.form_tls_address:
      case DW_OP.GNU_push_tls_address:
        return this.#fail('it is thread-local');
      case DW_OP.implicit_pointer:
      case DW_OP.GNU_implicit_pointer:
        return this.#fail('it points to a value that was optimized out');
      case DW_OP.entry_value:
      case DW_OP.GNU_entry_value:
      case DW_OP.GNU_parameter_ref:
        return this.#fail('optimized out: only its value at the function’s entry is described');
      default:
        return false;
    }
  }

  #indexed(index: number, offset: bigint): boolean {
    return this.#plus(this.#context.indexedAddress(index), offset, 'its address is missing from .debug_addr');
  }

  /** Operations that push a number from the expression itself. */
  #constant(opcode: number): boolean {
    const reader = this.#reader;
    switch (opcode) {
      case DW_OP.addr:
        return this.#push(reader.u64() + (this.#context.slide ?? 0n));
      case DW_OP.const8u:
      case DW_OP.const8s:
        return this.#push(reader.u64());
      case DW_OP.const1u:
        return this.#push(BigInt(reader.u8()));
      case DW_OP.const1s:
        return this.#push(BigInt(reader.i8()));
      case DW_OP.const2u:
        return this.#push(BigInt(reader.u16()));
      case DW_OP.const2s:
        return this.#push(BigInt(reader.i16()));
      case DW_OP.const4u:
        return this.#push(BigInt(reader.u32()));
      case DW_OP.const4s:
        return this.#push(BigInt(reader.i32()));
      case DW_OP.constu:
        return this.#push(reader.ulebBig());
      case DW_OP.consts:
        return this.#push(reader.slebBig());
      case DW_OP.addrx:
      case DW_OP.GNU_addr_index:
        return this.#indexed(reader.uleb(), this.#context.slide ?? 0n);
      case DW_OP.constx:
      case DW_OP.GNU_const_index:
        return this.#indexed(reader.uleb(), 0n);
      case DW_OP.const_type:
      case DW_OP.GNU_const_type: {
        const type = reader.uleb();
        const constant = new ByteReader(reader.take(reader.u8()));
        return this.#typed(type, () => this.#push(constant.unsigned(constant.remaining)));
      }
      case DW_OP.convert:
      case DW_OP.GNU_convert:
      case DW_OP.reinterpret:
      case DW_OP.GNU_reinterpret:
        return this.#typed(reader.uleb(), () => true);
      default:
        return false;
    }
  }

  /** Operations on the stack (DWARF 2.5.1.3 to 2.5.1.5). */
  #arithmetic(opcode: number): boolean {
    const reader = this.#reader;
    const stack = this.#stack;
    switch (opcode) {
      case DW_OP.nop:
      case DW_OP.GNU_uninit:
        return true;
      case DW_OP.drop:
        return stack.pop() !== undefined || this.#fail(DAMAGED);
      case DW_OP.dup:
        return this.#pick(0);
      case DW_OP.over:
        return this.#pick(1);
      case DW_OP.pick:
        return this.#pick(reader.u8());
      case DW_OP.swap:
        return this.#rotate(2);
      case DW_OP.rot:
        return this.#rotate(3);
      case DW_OP.plus_uconst:
        return stack.length === 0 ? this.#fail(DAMAGED) : this.#push(this.#pop() + reader.ulebBig());
      case DW_OP.skip:
        return this.#jump(reader.i16());
      case DW_OP.bra: {
        const distance = reader.i16();
        if (stack.length === 0) return this.#fail(DAMAGED);
        return this.#pop() === 0n || this.#jump(distance);
      }
      case DW_OP.abs:
      case DW_OP.neg:
      case DW_OP.not:
        if (stack.length === 0) return this.#fail(DAMAGED);
        return this.#push(unary(opcode, this.#pop()));
      default: {
        if (stack.length < 2) return this.#fail(DAMAGED);
        const right = this.#pop();
        const left = this.#pop();
        const result = binary(opcode, left, right);
        return result !== undefined && this.#push(result);
      }
    }
  }

  #current(): Location {
    if (this.#simple) return this.#simple;
    const address = this.#stack.at(-1);
    return address === undefined ? OPTIMIZED_OUT : { kind: 'address', address };
  }

  /** DWARF 2.6.1.2: an empty location before a piece says that this piece is optimized out. */
  #piece(bitSize: number, bitOffset: number): boolean {
    this.#pieces.push({ bitSize, bitOffset, location: this.#current() });
    this.#simple = undefined;
    this.#stack.length = 0;
    return true;
  }

  #inRegister(register: number): boolean {
    this.#simple = { kind: 'register', register };
    return true;
  }

  #based(register: number): boolean {
    return this.#plus(this.#context.register(register), this.#reader.slebBig(), lost(register));
  }

  #plus(base: bigint | undefined, offset: bigint, reason: string): boolean {
    if (base === undefined) return this.#fail(reason);
    return this.#push(base + offset);
  }

  #dereference(size: number): boolean {
    if (this.#stack.length === 0) return this.#fail(DAMAGED);
    const address = this.#pop();
    const bytes = size > 0 && size <= 8 ? this.#context.readMemory(address, size) : undefined;
    if (!bytes || bytes.length < size)
      return this.#fail(`memory at 0x${address.toString(16)} cannot be read`);
    let value = 0n;
    for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
    return this.#push(value);
  }

  /** Does something, then gives the top of the stack the width and sign of a base type. */
  #typed(offset: number, action: () => boolean): boolean {
    const type = offset === 0 ? GENERIC : this.#context.baseType(offset);
    if (!type || type.isFloat || type.byteSize > 8)
      return this.#fail('its location needs arithmetic on a type other than integers');
    if (!action() || this.#failure) return true;
    const value = this.#stack.pop();
    if (value === undefined) return this.#fail(DAMAGED);
    const bits = type.byteSize * 8;
    return this.#push(type.isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
  }

  #pick(depth: number): boolean {
    const value = this.#stack.at(-1 - depth);
    return value === undefined ? this.#fail(DAMAGED) : this.#push(value);
  }

  /** The top goes below `count - 1` others. */
  #rotate(count: number): boolean {
    const top = this.#stack.length < count ? undefined : this.#stack.pop();
    if (top === undefined) return this.#fail(DAMAGED);
    this.#stack.splice(this.#stack.length - count + 1, 0, top);
    return true;
  }

  #jump(distance: number): boolean {
    const target = this.#reader.offset + distance;
    if (target < 0 || target > this.#reader.end) return this.#fail(DAMAGED);
    this.#reader.offset = target;
    return true;
  }

  #push(value: bigint): boolean {
    this.#stack.push(BigInt.asUintN(64, value));
    return true;
  }

  #pop(): bigint {
    return this.#stack.pop() ?? 0n;
  }

  /** Ends the evaluation; the operation counts as done. */
  #fail(reason: string): boolean {
    this.#failure ??= unavailable(reason);
    return true;
  }
}

const DAMAGED = 'its location is damaged';
const GENERIC: OperandType = { byteSize: 8, isSigned: false, isFloat: false };

const lost = (register: number): string => `optimized out: register ${register} is not known in this frame`;
