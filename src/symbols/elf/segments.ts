import type { Result } from '../../common/diagnostic.ts';
import { ByteReader } from '../byte-reader.ts';
import { refusal } from '../diagnostics.ts';
import { PF_R, PF_W, PF_X, PT_LOAD, PT_NOTE } from './constants.ts';
import type { HeaderTable } from './header.ts';

const PROGRAM_HEADER_SIZE = 56;
/** More memory than RV64 with Sv57 can address at all; a size beyond it is damage, not a wish. */
const MOST_MEMORY = 2 ** 56;

/** One program header (gABI, chapter 5) that has been checked against the file. */
export interface Segment {
  readonly type: number;
  readonly flags: SegmentFlags;
  /** p_paddr: where a loader without address translation puts it. */
  readonly physicalAddress: bigint;
  /** p_vaddr: the address that its code and symbols use. */
  readonly virtualAddress: bigint;
  /** What the file holds of it: a view, not a copy. */
  readonly bytes: Uint8Array;
  /** p_offset. */
  readonly fileOffset: number;
  /** Bytes in memory; those beyond `bytes` are zero. */
  readonly memorySize: number;
}

/** What may be done with a segment's memory: PF_R, PF_W and PF_X. */
export interface SegmentFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

/** Reads all program headers; loadable ones and notes must lie within the file. */
export function readSegments(bytes: Uint8Array, table: HeaderTable): Result<readonly Segment[]> {
  const { offset, entrySize, count } = table;
  if (count === 0) {
    return refusal(
      'The file has no program headers: nothing says what to load.',
      56,
      'Give a linked executable.',
    );
  }
  if (entrySize !== PROGRAM_HEADER_SIZE) {
    return refusal(
      `The ELF header says that a program header has ${entrySize} bytes; in ELF64 it has ${PROGRAM_HEADER_SIZE}.`,
      54,
      'The file is damaged: build it again.',
    );
  }
  if (offset + entrySize * count > bytes.length) {
    return truncated(`its ${count} program headers end at byte ${offset + entrySize * count}`, bytes);
  }
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const result = readSegment(bytes, offset + index * entrySize, index);
    if (!result.ok) return result;
    segments.push(result.value);
  }
  return { ok: true, value: segments, diagnostics: [] };
}

function truncated(what: string, bytes: Uint8Array): Result<never> {
  return refusal(
    `The file is truncated: ${what}, but it has ${bytes.length} bytes.`,
    bytes.length,
    'Copy or build the file again.',
  );
}

function readSegment(bytes: Uint8Array, headerOffset: number, index: number): Result<Segment> {
  const reader = new ByteReader(bytes, headerOffset);
  const type = reader.u32();
  const flags = reader.u32();
  const fileOffset = reader.u64();
  const virtualAddress = reader.u64();
  const physicalAddress = reader.u64();
  const fileSize = reader.u64();
  const memorySize = reader.u64();
  const needed = type === PT_LOAD || type === PT_NOTE;
  if (needed && fileOffset + fileSize > BigInt(bytes.length)) {
    return truncated(`segment ${index} ends at byte ${fileOffset + fileSize}`, bytes);
  }
  if (type === PT_LOAD) {
    const problem = implausible(virtualAddress, physicalAddress, fileSize, memorySize);
    if (problem) {
      return refusal(
        `Segment ${index} ${problem}.`,
        headerOffset,
        'The file is damaged, or its linker script is wrong.',
      );
    }
  }
  const start = needed ? Number(fileOffset) : 0;
  const value: Segment = {
    type,
    flags: { read: (flags & PF_R) !== 0, write: (flags & PF_W) !== 0, execute: (flags & PF_X) !== 0 },
    physicalAddress,
    virtualAddress,
    bytes: bytes.subarray(start, needed ? start + Number(fileSize) : start),
    fileOffset: start,
    memorySize: needed ? Number(memorySize) : 0,
  };
  return { ok: true, value, diagnostics: [] };
}

function implausible(
  virtualAddress: bigint,
  physicalAddress: bigint,
  fileSize: bigint,
  memorySize: bigint,
): string | undefined {
  if (fileSize > memorySize) return `holds ${fileSize} bytes in the file but only ${memorySize} in memory`;
  if (memorySize > MOST_MEMORY) return `asks for ${memorySize} bytes of memory, more than RV64 can address`;
  const end = 1n << 64n;
  if (virtualAddress + memorySize > end || physicalAddress + memorySize > end) {
    return 'runs past the end of the address space';
  }
  return undefined;
}
