import { ByteReader } from '../byte-reader.ts';
import { DW_FORM, DW_LNCT } from './constants.ts';
import { type FormEncoding, readInitialLength, readOffset, skipForm } from './forms.ts';
import type { StringPool } from './strings.ts';

/** The header of a line number program (DWARF 6.2.4), versions 2 to 5 alike. */
export interface LineHeader {
  readonly version: number;
  readonly minimumInstructionLength: number;
  readonly startsAsStatement: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** How many LEB128 operands each standard opcode has, by opcode. */
  readonly operandCounts: readonly number[];
  /** Directory 0 is the compilation's. */
  readonly directories: readonly string[];
  /** By the number that the program uses: an entry 0 is added before version 5, where numbers begin at 1. */
  readonly files: readonly LineFile[];
  readonly programStart: number;
  readonly programEnd: number;
}

/** A source file as the program names it. */
export interface LineFile {
  readonly name: string;
  /** Index into `directories`. */
  readonly directory: number;
}

/** What the header of a program is read with besides .debug_line. */
export interface LineContext {
  readonly section: Uint8Array;
  readonly strings: { readonly str: StringPool; readonly lineStr: StringPool };
  /** The unit's DW_AT_comp_dir and DW_AT_name, which versions before 5 leave out of their tables. */
  readonly directory: string;
  readonly name: string;
}

/** Reads the header at an offset of .debug_line; `undefined` where it is damaged or of an unknown version. */
export function readLineHeader(context: LineContext, offset: number): LineHeader | undefined {
  const outer = new ByteReader(context.section, offset);
  const { length, offsetSize } = readInitialLength(outer);
  const reader = outer.section(length);
  const version = reader.u16();
  if (reader.failed || version < 2 || version > 5) return undefined;
  const addressSize = version >= 5 ? reader.u8() : 8;
  if (version >= 5) reader.skip(1);
  const headerLength = readOffset(reader, { offsetSize });
  const programStart = reader.offset + headerLength;
  const minimumInstructionLength = reader.u8();
  // RISC-V is no VLIW machine: maximum_operations_per_instruction is 1.
  if (version >= 4) reader.skip(1);
  const startsAsStatement = reader.u8() !== 0;
  const lineBase = reader.i8();
  const lineRange = reader.u8();
  const opcodeBase = reader.u8();
  const operandCounts = [0, ...reader.take(Math.max(0, opcodeBase - 1))];
  if (reader.failed || lineRange === 0 || opcodeBase === 0 || programStart > reader.end) return undefined;
  const encoding: FormEncoding = { version, offsetSize, addressSize };
  const tables = version >= 5 ? readTables(reader, encoding, context) : readOldTables(reader, context);
  if (reader.failed) return undefined;
  return {
    version,
    minimumInstructionLength,
    startsAsStatement,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    ...tables,
    programStart,
    programEnd: reader.end,
  };
}

type Tables = Pick<LineHeader, 'directories' | 'files'>;

/** DWARF 4, 6.2.4: include_directories and file_names, each ended by an empty string. */
function readOldTables(reader: ByteReader, context: LineContext): Tables {
  const directories = [context.directory];
  for (let name = reader.string(); name !== ''; name = reader.string()) directories.push(name);
  const files: LineFile[] = [{ name: context.name, directory: 0 }];
  for (let name = reader.string(); name !== ''; name = reader.string()) {
    files.push({ name, directory: reader.uleb() });
    reader.skipLeb();
    reader.skipLeb();
  }
  return { directories, files };
}

/** DWARF 5, 6.2.4.1: tables that describe their own columns. */
function readTables(reader: ByteReader, encoding: FormEncoding, context: LineContext): Tables {
  const directories = readTable(reader, encoding, context).map(({ name }) => name);
  return { directories, files: readTable(reader, encoding, context) };
}

function readTable(reader: ByteReader, encoding: FormEncoding, context: LineContext): readonly LineFile[] {
  const columns: { readonly type: number; readonly form: number }[] = [];
  for (let left = reader.u8(); left > 0 && !reader.done; left--) {
    columns.push({ type: reader.uleb(), form: reader.uleb() });
  }
  const files: LineFile[] = [];
  const count = reader.uleb();
  for (let index = 0; index < count && !reader.done; index++) {
    const before = reader.offset;
    let name = '';
    let directory = 0;
    for (const { type, form } of columns) {
      if (type === DW_LNCT.path) name = readPath(reader, form, encoding, context.strings);
      else if (type === DW_LNCT.directory_index) directory = readIndex(reader, form, encoding);
      else skipForm(reader, form, encoding);
    }
    // Entries without bytes could go on for ever.
    if (reader.offset === before) break;
    files.push({ name, directory });
  }
  return files;
}

function readPath(
  reader: ByteReader,
  form: number,
  encoding: FormEncoding,
  { str, lineStr }: LineContext['strings'],
): string {
  switch (form) {
    case DW_FORM.string:
      return reader.string();
    case DW_FORM.line_strp:
      return lineStr.at(readOffset(reader, encoding)) ?? '';
    case DW_FORM.strp:
      return str.at(readOffset(reader, encoding)) ?? '';
    default:
      skipForm(reader, form, encoding);
      return '';
  }
}

function readIndex(reader: ByteReader, form: number, encoding: FormEncoding): number {
  switch (form) {
    case DW_FORM.data1:
      return reader.u8();
    case DW_FORM.data2:
      return reader.u16();
    case DW_FORM.udata:
      return reader.uleb();
    default:
      skipForm(reader, form, encoding);
      return 0;
  }
}
