import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import {
  engineWord,
  missesAligned,
  recordShift,
  tlbArray,
  tlbEntries,
  tlbEntryBytes,
  tlbField,
} from './layout.ts';
import type { CodeWriter, Label, Local } from './wasm/code-writer.ts';

/** What every handler of the interpreter works with. */
export interface InterpreterFrame {
  readonly code: CodeWriter;
  /** Address of the current record. */
  readonly record: Local;
  /** Where a far jump goes. */
  readonly target: Local;
  readonly context: Local;
  /** Virtual address of an access. */
  readonly address: Local;
  readonly missSize: Local;
  readonly entry: Local;
  readonly host: Local;
  readonly scratch: readonly Local[];
  readonly doubles: readonly Local[];
  readonly singles: readonly Local[];
  /** The handler of the current record. */
  readonly handler: Local;
  /** Where `record` and `handler` are those of the instruction to go on with. */
  readonly dispatch: Label;
  /** The current instruction has retired: on with the one two or four bytes on, that at `recordField.imm`, or at `target`. */
  readonly next: Readonly<Record<2 | 4, Label>>;
  readonly nearJump: Label;
  readonly farJump: Label;
  /** No instruction has retired: on at `target`. */
  readonly refetch: Label;
  readonly readMiss: Label;
  readonly writeMiss: Label;
  /** TypeScript has to do the current instruction. */
  readonly slow: Label;
  /** Where the hart's areas begin in the wasm memory. */
  readonly stateOffset: number;
  readonly engineOffset: number;
  /** At which addresses instructions begin. */
  readonly alignment: InstructionAlignment;
  /** What leads from an offset in the wasm memory to a host-physical address, for RAM. */
  readonly ramDelta: number;
}

/**
 * Leaves the pc of the current record. It takes loads for that: V8 works out what handlers have in common before they
 * branch, so that each instruction would pay for a pc that few ask for.
 */
export function writePc({ code, record, engineOffset }: PcFrame): void {
  code.i32(0);
  code.memory('i64.load', engineOffset + engineWord.page);
  code.get(record);
  code.i32(0);
  code.memory('i32.load', engineOffset + engineWord.pageRecords);
  code.plain('i32.sub');
  code.i32(recordShift);
  code.plain('i32.shr_u');
  code.plain('i64.extend_i32_u');
  code.plain('i64.add');
}

type PcFrame = Pick<InterpreterFrame, 'code' | 'record' | 'engineOffset'>;

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
  alignment: 'aligned' | 'any',
): void {
  const { code } = frame;
  address();
  code.tee(frame.address);
  writeTlbEntry(frame);
  code.tee(frame.entry);
  code.memory('i64.load', tlbArray[array] + tlbField.tag);
  code.get(frame.address);
  // A misaligned address keeps a bit that no tag has, and is looked at again.
  code.i64(-4096n | BigInt(size - 1));
  code.plain('i64.and');
  code.plain('i64.ne');
  code.if(() => {
    const miss = (): void => {
      code.i32(alignment === 'aligned' ? size | missesAligned : size);
      code.set(frame.missSize);
      code.br(array === 'read' ? frame.readMiss : frame.writeMiss);
    };
    if (alignment === 'aligned' || size === 1) miss();
    else ifNotInPage(frame, array, size, miss);
  });
  code.get(frame.entry);
  code.memory('i32.load', tlbArray[array] + tlbField.addend);
  code.get(frame.address);
  code.plain('i32.wrap_i64');
  code.plain('i32.add');
}

/** Runs `body` where an access by `address`, of a size more than one, is not in one page that the entry is of. */
function ifNotInPage(
  { code, entry, address }: InterpreterFrame,
  array: 'read' | 'write',
  size: AccessSize,
  body: () => void,
): void {
  code.get(entry);
  code.memory('i64.load', tlbArray[array] + tlbField.tag);
  code.get(address);
  code.i64(-4096n);
  code.plain('i64.and');
  code.plain('i64.ne');
  code.get(address);
  code.i64(4095n);
  code.plain('i64.and');
  code.i64(BigInt(4096 - size));
  code.plain('i64.gt_u');
  code.plain('i32.or');
  code.if(body);
}
