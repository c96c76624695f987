import type { Result } from '../../common/diagnostic.ts';
import { ByteReader } from '../byte-reader.ts';
import { refusal } from '../diagnostics.ts';
import {
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFDATA2MSB,
  EM_RISCV,
  ET_CORE,
  ET_DYN,
  ET_EXEC,
  ET_REL,
  MACHINE_NAMES,
} from './constants.ts';
import { describeForeignFile } from './foreign-files.ts';

const ELF_HEADER_SIZE = 64;

/** The fields of an ELF64 header that matter after it has been accepted; offsets and counts as the file gives them. */
export interface ElfHeader {
  /** `dynamic` is a position-independent executable, or a Linux kernel built to be relocatable. */
  readonly type: 'executable' | 'dynamic';
  /** e_entry: where execution begins, as linked. */
  readonly entry: bigint;
  readonly programHeaders: HeaderTable;
  readonly sectionHeaders: HeaderTable;
  /** e_shstrndx: the section that holds the sections' names. */
  readonly sectionNamesIndex: number;
}

/** Where a table of headers lies in the file, before anybody has checked it. */
export interface HeaderTable {
  readonly offset: number;
  readonly entrySize: number;
  readonly count: number;
}

const REBUILD = 'Build it for riscv64, for example with riscv64-unknown-elf-gcc -march=rv64imac -mabi=lp64.';
const AGAIN = 'Copy or build the file again.';

/** Reads the ELF header, and says of anything but a little-endian ELF64 executable for RISC-V what it is instead. */
export function readElfHeader(bytes: Uint8Array): Result<ElfHeader> {
  const notElf = describeForeignFile(bytes);
  if (notElf) return refusal(notElf.message, 0, notElf.remedy);
  const wrongKind = checkIdentification(bytes);
  if (wrongKind) return wrongKind;
  if (bytes.length < ELF_HEADER_SIZE) {
    return refusal(
      `The file is truncated: it has ${bytes.length} bytes, and an ELF header alone has ${ELF_HEADER_SIZE}.`,
      bytes.length,
      AGAIN,
    );
  }
  const reader = new ByteReader(bytes, 16);
  const type = reader.u16();
  const machine = reader.u16();
  reader.skip(4);
  if (machine !== EM_RISCV) {
    const name = MACHINE_NAMES[machine] ?? `machine ${machine}`;
    return refusal(`The file is for ${name}, not for RISC-V.`, 18, REBUILD);
  }
  if (type !== ET_EXEC && type !== ET_DYN) return refuseType(type);
  const entry = reader.u64();
  const programOffset = reader.length64();
  const sectionOffset = reader.length64();
  if (reader.failed) {
    return refusal('The ELF header places its tables beyond 2^53 bytes, outside any file.', 32, AGAIN);
  }
  reader.skip(6);
  const programEntrySize = reader.u16();
  const programCount = reader.u16();
  const sectionEntrySize = reader.u16();
  const sectionCount = reader.u16();
  const value: ElfHeader = {
    type: type === ET_EXEC ? 'executable' : 'dynamic',
    entry,
    programHeaders: { offset: programOffset, entrySize: programEntrySize, count: programCount },
    sectionHeaders: { offset: sectionOffset, entrySize: sectionEntrySize, count: sectionCount },
    sectionNamesIndex: reader.u16(),
  };
  return { ok: true, value, diagnostics: [] };
}

/** e_ident: class and byte order. The magic has been seen already. */
function checkIdentification(bytes: Uint8Array): Result<never> | undefined {
  const fileClass = bytes[4] ?? 0;
  const encoding = bytes[5] ?? 0;
  if (bytes.length < 6) {
    return refusal(`The file is truncated: it ends after ${bytes.length} bytes.`, bytes.length, AGAIN);
  }
  if (fileClass === ELFCLASS32) {
    return refusal('The file is a 32-bit ELF; the machine is RV64.', 4, REBUILD);
  }
  if (fileClass !== ELFCLASS64) {
    return refusal(`The ELF header names class ${fileClass}; 2 (64-bit) is needed.`, 4, AGAIN);
  }
  if (encoding === ELFDATA2MSB) {
    return refusal('The file is a big-endian ELF; RISC-V instructions are little-endian.', 5, REBUILD);
  }
  if (encoding !== ELFDATA2LSB) {
    return refusal(`The ELF header names data encoding ${encoding}; 1 (little-endian) is needed.`, 5, AGAIN);
  }
  return undefined;
}

function refuseType(type: number): Result<never> {
  if (type === ET_REL) {
    return refusal(
      'The file is an object file: it has not been linked, so it has no addresses yet.',
      16,
      'Link it, for example with riscv64-unknown-elf-ld -T script.ld, and give the linked file.',
    );
  }
  if (type === ET_CORE) {
    return refusal(
      'The file is a core dump, not a program.',
      16,
      'Give the program that it was dumped from.',
    );
  }
  return refusal(`The file is an ELF of type ${type}, not an executable.`, 16, 'Give a linked executable.');
}
