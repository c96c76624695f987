import type { AccessSize } from '../../isa/semantics.ts';
import { recordShift, tlbArray, tlbEntries, tlbEntryBytes, tlbField } from './layout.ts';
import type { CodeWriter, Label, Local } from './wasm/code-writer.ts';

/** What every handler of the interpreter works with. */
export interface InterpreterFrame {
  readonly code: CodeWriter;
  /** Address of the current record. */
  readonly record: Local;
  /** pc = bias + (record >> 3), as long as the page is the same. */
  readonly bias: Local;
  /** Where a far jump goes. */
  readonly target: Local;
  readonly context: Local;
  /** Virtual address of an access. */
  readonly address: Local;
  readonly missSize: Local;
  readonly entry: Local;
  readonly host: Local;
  readonly scratch: readonly Local[];
  readonly nextInstruction: Label;
  readonly farJump: Label;
  readonly readMiss: Label;
  readonly writeMiss: Label;
  /** Where the hart's area begins in the wasm memory. */
  readonly stateOffset: number;
  /** What leads from an offset in the wasm memory to a host-physical address, for RAM. */
  readonly ramDelta: number;
}

/** Leaves the pc of the current record. */
export function writePc({ code, bias, record }: Pick<InterpreterFrame, 'code' | 'bias' | 'record'>): void {
  code.get(bias);
  code.get(record);
  code.i32(recordShift);
  code.plain('i32.shr_u');
  code.plain('i64.extend_i32_u');
  code.plain('i64.add');
}

/** From the virtual address on the stack to the entry's address, but for the array's offset in the context. */
export function writeTlbEntry({ code, context }: Pick<InterpreterFrame, 'code' | 'context'>): void {
  code.i64(BigInt(12 - Math.log2(tlbEntryBytes)));
  code.plain('i64.shr_u');
  code.plain('i32.wrap_i64');
  code.i32((tlbEntries - 1) * tlbEntryBytes);
  code.plain('i32.and');
  code.get(context);
  code.plain('i32.add');
}

/** Leaves where data lies in the wasm memory, or goes to the miss with its address and size set. */
export function writeTranslation(
  frame: InterpreterFrame,
  array: 'read' | 'write',
  size: AccessSize,
  address: () => void,
): void {
  const { code } = frame;
  address();
  code.tee(frame.address);
  writeTlbEntry(frame);
  code.tee(frame.entry);
  code.memory('i64.load', tlbArray[array] + tlbField.tag);
  code.get(frame.address);
  // A misaligned address keeps a bit that no tag has, and misses.
  code.i64(-4096n | BigInt(size - 1));
  code.plain('i64.and');
  code.plain('i64.ne');
  code.if(() => {
    code.i32(size);
    code.set(frame.missSize);
    code.br(array === 'read' ? frame.readMiss : frame.writeMiss);
  });
  code.get(frame.entry);
  code.memory('i32.load', tlbArray[array] + tlbField.addend);
  code.get(frame.address);
  code.plain('i32.wrap_i64');
  code.plain('i32.add');
}
