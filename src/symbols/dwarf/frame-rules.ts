import { ByteReader } from '../byte-reader.ts';
import { DW_CFA } from './frame-constants.ts';
import type { ByteRange, FrameDescription } from './frame-table.ts';

/** Where the value of a register in the caller is (DWARF 6.4.1). */
export type RegisterRule =
  | { readonly kind: 'undefined' | 'same-value' }
  | { readonly kind: 'offset' | 'value-offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number }
  | { readonly kind: 'expression' | 'value-expression'; readonly expression: Uint8Array };

/** How to compute the canonical frame address: the caller's stack pointer. */
export type CfaRule =
  | { readonly kind: 'register'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly expression: Uint8Array };

/** The row of the call frame table that holds at one address. */
export interface FrameRules {
  readonly cfa: CfaRule | undefined;
  /** Registers that are not here have no rule: the ABI decides. */
  readonly registers: ReadonlyMap<number, RegisterRule>;
}

/** Compilers nest at most a few; a stack deeper than this is damage. */
const MOST_REMEMBERED = 256;

/** Runs the call frame instructions (DWARF 6.4.2) up to an address; `undefined` where they are damaged. */
export function frameRulesAt(description: FrameDescription, address: bigint): FrameRules | undefined {
  const machine = new FrameMachine(description, address);
  if (!machine.run(description.common.instructions)) return undefined;
  machine.beginFunction();
  return machine.run(description.instructions) ? machine.rules() : undefined;
}

class FrameMachine {
  readonly #description: FrameDescription;
  readonly #target: bigint;
  #location: bigint;
  #cfa: CfaRule | undefined;
  #registers = new Map<number, RegisterRule>();
  #initial: ReadonlyMap<number, RegisterRule> = new Map();
  readonly #remembered: {
    readonly cfa: CfaRule | undefined;
    readonly registers: Map<number, RegisterRule>;
  }[] = [];

  constructor(description: FrameDescription, target: bigint) {
    this.#description = description;
    this.#target = target;
    this.#location = description.range.low;
  }

  /** What the common part has set is what DW_CFA_restore goes back to. */
  beginFunction(): void {
    this.#initial = new Map(this.#registers);
  }

  rules(): FrameRules {
    return { cfa: this.#cfa, registers: this.#registers };
  }

  /** False when the instructions are damaged. */
  run({ start, end }: ByteRange): boolean {
    const reader = new ByteReader(this.#description.section, start, end);
    while (!reader.done && this.#location <= this.#target) {
      if (!this.#step(reader)) return false;
    }
    return !reader.failed;
  }

  #step(reader: ByteReader): boolean {
    const opcode = reader.u8();
    const operand = opcode & 0x3f;
    switch (opcode & 0xc0) {
      case DW_CFA.advance_loc:
        return this.#advance(operand);
      case DW_CFA.offset:
        return this.#set(operand, { kind: 'offset', offset: this.#factored(reader.uleb()) });
      case DW_CFA.restore:
        return this.#restore(operand);
      default:
        return this.#extended(opcode, reader);
    }
  }

  #extended(opcode: number, reader: ByteReader): boolean {
    switch (opcode) {
      case DW_CFA.nop:
        return true;
      case DW_CFA.set_loc:
        this.#location = reader.u64();
        return true;
      case DW_CFA.advance_loc1:
        return this.#advance(reader.u8());
      case DW_CFA.advance_loc2:
        return this.#advance(reader.u16());
      case DW_CFA.advance_loc4:
        return this.#advance(reader.u32());
      case DW_CFA.restore_extended:
        return this.#restore(reader.uleb());
      case DW_CFA.remember_state:
        this.#remembered.push({ cfa: this.#cfa, registers: new Map(this.#registers) });
        return this.#remembered.length <= MOST_REMEMBERED;
      case DW_CFA.restore_state:
        return this.#restoreState();
      case DW_CFA.GNU_args_size:
        reader.skipLeb();
        return true;
      default:
        return this.#defineCfa(opcode, reader) || this.#defineRegister(opcode, reader);
    }
  }

  #defineCfa(opcode: number, reader: ByteReader): boolean {
    const register = this.#cfa?.kind === 'register' ? this.#cfa.register : 0;
    const offset = this.#cfa?.kind === 'register' ? this.#cfa.offset : 0;
    switch (opcode) {
      case DW_CFA.def_cfa:
        this.#cfa = { kind: 'register', register: reader.uleb(), offset: reader.uleb() };
        return true;
      case DW_CFA.def_cfa_sf:
        this.#cfa = { kind: 'register', register: reader.uleb(), offset: this.#factored(reader.sleb()) };
        return true;
      case DW_CFA.def_cfa_register:
        this.#cfa = { kind: 'register', register: reader.uleb(), offset };
        return true;
      case DW_CFA.def_cfa_offset:
        this.#cfa = { kind: 'register', register, offset: reader.uleb() };
        return true;
      case DW_CFA.def_cfa_offset_sf:
        this.#cfa = { kind: 'register', register, offset: this.#factored(reader.sleb()) };
        return true;
      case DW_CFA.def_cfa_expression:
        this.#cfa = { kind: 'expression', expression: reader.take(reader.uleb()) };
        return true;
      default:
        return false;
    }
  }

  #defineRegister(opcode: number, reader: ByteReader): boolean {
    const register = reader.uleb();
    switch (opcode) {
      case DW_CFA.undefined:
        return this.#set(register, { kind: 'undefined' });
      case DW_CFA.same_value:
        return this.#set(register, { kind: 'same-value' });
      case DW_CFA.register:
        return this.#set(register, { kind: 'register', register: reader.uleb() });
      case DW_CFA.offset_extended:
        return this.#set(register, { kind: 'offset', offset: this.#factored(reader.uleb()) });
      case DW_CFA.offset_extended_sf:
        return this.#set(register, { kind: 'offset', offset: this.#factored(reader.sleb()) });
      case DW_CFA.val_offset:
        return this.#set(register, { kind: 'value-offset', offset: this.#factored(reader.uleb()) });
      case DW_CFA.val_offset_sf:
        return this.#set(register, { kind: 'value-offset', offset: this.#factored(reader.sleb()) });
      case DW_CFA.expression:
        return this.#set(register, { kind: 'expression', expression: reader.take(reader.uleb()) });
      case DW_CFA.val_expression:
        return this.#set(register, { kind: 'value-expression', expression: reader.take(reader.uleb()) });
      default:
        // The length of an unknown instruction is unknown too.
        return false;
    }
  }

  #advance(delta: number): boolean {
    this.#location += BigInt(delta * this.#description.common.codeAlignment);
    return true;
  }

  #set(register: number, rule: RegisterRule): boolean {
    this.#registers.set(register, rule);
    return true;
  }

  #restore(register: number): boolean {
    const rule = this.#initial.get(register);
    if (rule) this.#registers.set(register, rule);
    else this.#registers.delete(register);
    return true;
  }

  #restoreState(): boolean {
    const state = this.#remembered.pop();
    if (!state) return false;
    this.#cfa = state.cfa;
    this.#registers = state.registers;
    return true;
  }

  #factored(offset: number): number {
    return offset * this.#description.common.dataAlignment;
  }
}
