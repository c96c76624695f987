import { assert } from '../../../common/errors.ts';
import type { ByteWriter } from './byte-writer.ts';
import { memoryOpcode, plainOpcode, type MemoryOpcode, type PlainOpcode } from './opcodes.ts';

/** A place to branch to: the end of a block, or the start of a loop. Branch depths are derived from it. */
export interface Label {
  readonly depth: number;
}

/** Index of a local variable or parameter of the function being written. */
export type Local = number & { readonly __wasm: 'local' };

/** Index of a function in its module, imported ones first. */
export type FunctionIndex = number & { readonly __wasm: 'function' };

/** Index of a function type in its module. */
export type TypeIndex = number & { readonly __wasm: 'type' };

/** The instructions of one function body, written in order. */
export class CodeWriter {
  readonly #out: ByteWriter;
  /** Open blocks, innermost last; the function body itself is the first. */
  readonly #open: Label[] = [{ depth: 0 }];

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  plain(opcode: PlainOpcode): void {
    this.#out.byte(plainOpcode[opcode]);
  }

  /** A load or store at the address on the stack plus `offset`. */
  memory(opcode: MemoryOpcode, offset: number): void {
    const [code, alignment] = memoryOpcode[opcode];
    this.#out.byte(code);
    this.#out.unsigned(alignment);
    this.#out.unsigned(offset);
  }

  i32(value: number): void {
    this.#out.byte(0x41);
    this.#out.signed(value);
  }

  i64(value: bigint): void {
    this.#out.byte(0x42);
    this.#out.signed64(value);
  }

  f32(value: number): void {
    floatView.setFloat32(0, value, true);
    this.#out.byte(0x43);
    this.#out.append(floatBytes.subarray(0, 4));
  }

  f64(value: number): void {
    floatView.setFloat64(0, value, true);
    this.#out.byte(0x44);
    this.#out.append(floatBytes);
  }

  get(local: Local): void {
    this.#out.byte(0x20);
    this.#out.unsigned(local);
  }

  set(local: Local): void {
    this.#out.byte(0x21);
    this.#out.unsigned(local);
  }

  tee(local: Local): void {
    this.#out.byte(0x22);
    this.#out.unsigned(local);
  }

  call(callee: FunctionIndex): void {
    this.#out.byte(0x10);
    this.#out.unsigned(callee);
  }

  /** Calls the function of the imported table whose number is on the stack, above the arguments. */
  callIndirect(type: TypeIndex): void {
    this.#out.byte(0x11);
    this.#out.unsigned(type);
    this.#out.unsigned(0);
  }

  /** `block … end`: `body` may branch forward to the label, which is the end. */
  block(body: (end: Label) => void): void {
    this.#nest(0x02, body);
  }

  /** `loop … end`: `body` may branch back to the label, which is the start. */
  loop(body: (start: Label) => void): void {
    this.#nest(0x03, body);
  }

  /** `if … end`, on the i32 on the stack. Neither arm leaves a value. */
  if(then: () => void, otherwise?: () => void): void {
    this.#nest(0x04, () => {
      then();
      if (otherwise === undefined) return;
      this.#out.byte(0x05);
      otherwise();
    });
  }

  br(label: Label): void {
    this.#out.byte(0x0c);
    this.#out.unsigned(this.#distance(label));
  }

  brIf(label: Label): void {
    this.#out.byte(0x0d);
    this.#out.unsigned(this.#distance(label));
  }

  /** Branches to `labels[i]` for the i32 on the stack, and to `otherwise` where there is no such label. */
  brTable(labels: readonly Label[], otherwise: Label): void {
    this.#out.byte(0x0e);
    this.#out.unsigned(labels.length);
    for (const label of labels) this.#out.unsigned(this.#distance(label));
    this.#out.unsigned(this.#distance(otherwise));
  }

  /** Called once, when the body is complete. */
  finish(): void {
    assert(this.#open.length === 1, 'a function body must close every block it opens');
    this.#out.byte(end);
  }

  #nest(opcode: number, body: (label: Label) => void): void {
    this.#out.byte(opcode);
    this.#out.byte(noResult);
    const label = { depth: this.#open.length };
    this.#open.push(label);
    body(label);
    this.#open.pop();
    this.#out.byte(end);
  }

  #distance(label: Label): number {
    assert(this.#open[label.depth] === label, 'a branch must go to a block that is open around it');
    return this.#open.length - 1 - label.depth;
  }
}

const floatBytes = new Uint8Array(8);
const floatView = new DataView(floatBytes.buffer);
const end = 0x0b;
const noResult = 0x40;
