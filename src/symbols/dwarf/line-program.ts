import { ByteReader } from '../byte-reader.ts';
import { DW_LNE, DW_LNS } from './constants.ts';
import type { LineHeader } from './line-header.ts';
import { type LineSequence, type LineTable, ROW_IS_STATEMENT, ROW_PROLOGUE_END } from './line-table.ts';

/** Runs a line number program (DWARF 6.2.5) and keeps its rows. Damage ends it early; rows so far remain. */
export function runLineProgram(section: Uint8Array, header: LineHeader): LineTable {
  const machine = new LineMachine(header);
  const reader = new ByteReader(section, header.programStart, header.programEnd);
  while (!reader.done) {
    const opcode = reader.u8();
    if (opcode >= header.opcodeBase) machine.special(opcode - header.opcodeBase);
    else if (opcode === 0) extended(machine, reader);
    else standard(machine, reader, opcode, header.operandCounts[opcode] ?? 0);
  }
  return machine.table();
}

function standard(machine: LineMachine, reader: ByteReader, opcode: number, operandCount: number): void {
  switch (opcode) {
    case DW_LNS.copy:
      return machine.row();
    case DW_LNS.advance_pc:
      return machine.advance(reader.uleb());
    case DW_LNS.advance_line:
      machine.line += reader.sleb();
      return;
    case DW_LNS.set_file:
      machine.file = reader.uleb();
      return;
    case DW_LNS.set_column:
      machine.column = reader.uleb();
      return;
    case DW_LNS.negate_stmt:
      machine.flags ^= ROW_IS_STATEMENT;
      return;
    case DW_LNS.const_add_pc:
      return machine.constAddPc();
    case DW_LNS.fixed_advance_pc:
      // Not scaled by minimum_instruction_length.
      return machine.move(reader.u16());
    case DW_LNS.set_prologue_end:
      machine.flags |= ROW_PROLOGUE_END;
      return;
    default:
      // Known ones that matter to nobody here, and unknown ones: the header says how many operands to skip.
      for (let left = operandCount; left > 0; left--) reader.skipLeb();
  }
}

function extended(machine: LineMachine, reader: ByteReader): void {
  const operation = reader.section(reader.uleb());
  switch (operation.u8()) {
    case DW_LNE.end_sequence:
      return machine.endSequence();
    case DW_LNE.set_address:
      return machine.setAddress(operation.unsigned(operation.remaining));
    default:
      // DW_LNE_define_file is gone from DWARF 5 and no compiler wrote it; discriminators tell copies apart
      // that a debugger need not.
      return;
  }
}

/** The registers of DWARF 6.2.2, and the rows they have appended. */
class LineMachine {
  line = 1;
  file = 1;
  column = 0;
  flags: number;
  readonly #header: LineHeader;
  readonly #offsets: number[] = [];
  readonly #lines: number[] = [];
  readonly #files: number[] = [];
  readonly #columns: number[] = [];
  readonly #flags: number[] = [];
  readonly #sequences: LineSequence[] = [];
  /** The address register is `#origin + #offset`: rows count in small numbers, not in bigints. */
  #origin = 0n;
  #offset = 0;
  #firstRow = 0;
  #inOrder = true;

  constructor(header: LineHeader) {
    this.#header = header;
    this.flags = header.startsAsStatement ? ROW_IS_STATEMENT : 0;
  }

  setAddress(address: bigint): void {
    if (this.#offsets.length === this.#firstRow) {
      this.#origin = address;
      this.#offset = 0;
    } else {
      this.#offset = Number(address - this.#origin);
    }
  }

  special(adjusted: number): void {
    const { lineBase, lineRange } = this.#header;
    this.advance(Math.floor(adjusted / lineRange));
    this.line += lineBase + (adjusted % lineRange);
    this.row();
  }

  constAddPc(): void {
    const { opcodeBase, lineRange } = this.#header;
    this.advance(Math.floor((255 - opcodeBase) / lineRange));
  }

  advance(operations: number): void {
    this.move(operations * this.#header.minimumInstructionLength);
  }

  move(bytes: number): void {
    this.#offset += bytes;
  }

  row(): void {
    if (this.#offsets.length === this.#firstRow) {
      // Rows count from the first one, wherever its address was set.
      this.#origin = BigInt.asUintN(64, this.#origin + BigInt(this.#offset));
      this.#offset = 0;
      this.#inOrder = true;
    }
    const offset = this.#offset;
    // A sequence runs upwards through contiguous code; a row elsewhere is damage.
    if (offset >= 0 && offset <= 0xffff_ffff) {
      if (this.#offsets.length > this.#firstRow && offset < (this.#offsets.at(-1) ?? 0))
        this.#inOrder = false;
      this.#offsets.push(offset);
      this.#lines.push(this.line > 0 && this.line <= 0x7fff_ffff ? this.line : 0);
      this.#files.push(this.file <= 0xffff_ffff ? this.file : 0xffff_ffff);
      this.#columns.push(this.column <= 0xffff ? this.column : 0);
      this.#flags.push(this.flags);
    }
    this.flags &= ~ROW_PROLOGUE_END;
  }

  endSequence(): void {
    const endRow = this.#offsets.length;
    if (endRow > this.#firstRow && this.#inOrder && this.#offset > 0 && Number.isSafeInteger(this.#offset)) {
      const end = BigInt.asUintN(64, this.#origin + BigInt(this.#offset));
      this.#sequences.push({ start: this.#origin, end, firstRow: this.#firstRow, endRow });
    }
    this.#firstRow = endRow;
    this.#origin = 0n;
    this.#offset = 0;
    this.line = 1;
    this.file = 1;
    this.column = 0;
    this.flags = this.#header.startsAsStatement ? ROW_IS_STATEMENT : 0;
  }

  table(): LineTable {
    return {
      sequences: this.#sequences.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)),
      offsets: Uint32Array.from(this.#offsets),
      lines: Uint32Array.from(this.#lines),
      files: Uint32Array.from(this.#files),
      columns: Uint16Array.from(this.#columns),
      flags: Uint8Array.from(this.#flags),
    };
  }
}
