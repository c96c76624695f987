import { AddressMap } from '../address-map.ts';
import { ByteReader } from '../byte-reader.ts';
import type { DiagnosticLog } from '../diagnostics.ts';
import type { AddressRange } from './addresses.ts';
import { readInitialLength } from './forms.ts';
import { DW_EH_PE } from './frame-constants.ts';
import type { DwarfSections } from './sections.ts';

/** What the frames of many functions have in common (DWARF 6.4.1: CIE). */
export interface CommonFrame {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  /** The column whose rule gives the caller's pc. */
  readonly returnAddressRegister: number;
  /** A handler of signals or traps: its caller was interrupted, not left by a call. */
  readonly isSignalFrame: boolean;
  readonly instructions: ByteRange;
  readonly pointerEncoding: number;
  readonly hasAugmentationData: boolean;
}

/** How to unwind from any instruction of one function (DWARF 6.4.1: FDE). */
export interface FrameDescription {
  readonly common: CommonFrame;
  readonly range: AddressRange;
  readonly section: Uint8Array;
  readonly instructions: ByteRange;
}

/** Offsets in a section: of the first byte, and of the first one after the last. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Finds frame descriptions by address, in .debug_frame and .eh_frame. Read at the first question. */
export class FrameTable {
  readonly #sections: DwarfSections;
  readonly #log: DiagnosticLog;
  readonly #isCode: (address: bigint) => boolean;
  #maps: readonly AddressMap<FrameDescription>[] | undefined;

  constructor(sections: DwarfSections, log: DiagnosticLog, isCode: (address: bigint) => boolean) {
    this.#sections = sections;
    this.#log = log;
    this.#isCode = isCode;
  }

  at(address: bigint): FrameDescription | undefined {
    this.#maps ??= this.#read();
    for (const map of this.#maps) {
      const found = map.at(address);
      if (found) return found;
    }
    return undefined;
  }

  #read(): readonly AddressMap<FrameDescription>[] {
    const { frame, ehFrame, ehFrameAddress } = this.#sections;
    const readers = [
      new FrameSectionReader(frame, DEBUG_FRAME, 0n),
      new FrameSectionReader(ehFrame, EH_FRAME, ehFrameAddress),
    ];
    return readers.map((reader) => {
      const found = reader.read(this.#log).filter(({ range }) => this.#isCode(range.low));
      return new AddressMap(found.map((value) => ({ range: value.range, value })));
    });
  }
}

interface FrameSectionKind {
  readonly name: string;
  /** What stands where a description names its common part, when the entry is a common part itself. */
  readonly isCommon: (pointer: number, offsetSize: 4 | 8) => boolean;
  /** Where the common part lies, from what the field says and where the field is. */
  readonly commonOffset: (pointer: number, field: number) => number;
}

const DEBUG_FRAME: FrameSectionKind = {
  name: '.debug_frame',
  // In 64-bit DWARF the mark is 2^64 - 1, which reads as a length that no section has.
  isCommon: (pointer) => pointer === 0xffff_ffff,
  commonOffset: (pointer) => pointer,
};

const EH_FRAME: FrameSectionKind = {
  name: '.eh_frame',
  isCommon: (pointer) => pointer === 0,
  commonOffset: (pointer, field) => field - pointer,
};

class FrameSectionReader {
  readonly #bytes: Uint8Array;
  readonly #kind: FrameSectionKind;
  readonly #address: bigint;
  readonly #commons = new Map<number, CommonFrame | undefined>();

  constructor(bytes: Uint8Array, kind: FrameSectionKind, address: bigint) {
    this.#bytes = bytes;
    this.#kind = kind;
    this.#address = address;
  }

  read(log: DiagnosticLog): readonly FrameDescription[] {
    const found: FrameDescription[] = [];
    const reader = new ByteReader(this.#bytes);
    while (!reader.done) {
      const offset = reader.offset;
      const { length, offsetSize } = readInitialLength(reader);
      // Linkers end .eh_frame with a length of zero, and may do so before the end of the section.
      if (length === 0) continue;
      const entry = reader.section(length);
      if (reader.failed) {
        log.warn(
          `${this.#kind.name}: the entry at ${offset} is longer than the section; it and all after it are ignored.`,
          offset,
        );
        break;
      }
      const description = this.#readDescription(entry, offsetSize);
      if (description) found.push(description);
    }
    return found;
  }

  #readDescription(reader: ByteReader, offsetSize: 4 | 8): FrameDescription | undefined {
    const field = reader.offset;
    const pointer = readPointerField(reader, offsetSize);
    if (reader.failed || this.#kind.isCommon(pointer, offsetSize)) return undefined;
    const common = this.#common(this.#kind.commonOffset(pointer, field));
    if (!common) return undefined;
    const low = this.#readAddress(reader, common.pointerEncoding);
    // The length has the format of the address, but is relative to nothing.
    const size = this.#readAddress(reader, common.pointerEncoding & 0x0f);
    if (common.hasAugmentationData) reader.skip(reader.uleb());
    if (reader.failed || low === undefined || size === undefined || size <= 0n) return undefined;
    return {
      common,
      range: { low, high: low + size },
      section: this.#bytes,
      instructions: { start: reader.offset, end: reader.end },
    };
  }

  #common(offset: number): CommonFrame | undefined {
    if (this.#commons.has(offset)) return this.#commons.get(offset);
    const common = this.#readCommon(offset);
    this.#commons.set(offset, common);
    return common;
  }

  #readCommon(offset: number): CommonFrame | undefined {
    const outer = new ByteReader(this.#bytes, offset);
    const { length, offsetSize } = readInitialLength(outer);
    const reader = outer.section(length);
    if (!this.#kind.isCommon(readPointerField(reader, offsetSize), offsetSize)) return undefined;
    const version = reader.u8();
    const augmentation = reader.string();
    if (version === 4) reader.skip(2);
    const codeAlignment = reader.uleb();
    const dataAlignment = reader.sleb();
    const returnAddressRegister = version === 1 ? reader.u8() : reader.uleb();
    let pointerEncoding: number = DW_EH_PE.absptr;
    if (augmentation.startsWith('z')) {
      const data = reader.section(reader.uleb());
      for (const letter of augmentation.slice(1)) {
        if (letter === 'R') pointerEncoding = data.u8();
        else if (letter === 'L') data.skip(1);
        else if (letter === 'P') this.#readAddress(data, data.u8());
      }
      if (data.failed) return undefined;
    } else if (augmentation !== '' && augmentation !== 'S') {
      // Unknown augmentations may change the format of everything after them. Assemblers write S alone in .debug_frame.
      return undefined;
    }
    if (reader.failed) return undefined;
    return {
      codeAlignment,
      dataAlignment,
      returnAddressRegister,
      isSignalFrame: augmentation.includes('S'),
      instructions: { start: reader.offset, end: reader.end },
      pointerEncoding,
      hasAugmentationData: augmentation.startsWith('z'),
    };
  }

  #readAddress(reader: ByteReader, encoding: number): bigint | undefined {
    const at = this.#address + BigInt(reader.offset);
    const value = readEncoded(reader, encoding & 0x0f);
    if (value === undefined || (encoding & 0x70) > DW_EH_PE.pcrel) return undefined;
    return BigInt.asUintN(64, (encoding & 0x70) === DW_EH_PE.pcrel ? at + value : value);
  }
}

/** The 64-bit mark of a common part in .debug_frame must not count as a read outside the section. */
function readPointerField(reader: ByteReader, offsetSize: 4 | 8): number {
  if (offsetSize === 4) return reader.u32();
  const value = reader.u64();
  return value === 0xffff_ffff_ffff_ffffn ? 0xffff_ffff : Number(value);
}

function readEncoded(reader: ByteReader, format: number): bigint | undefined {
  switch (format) {
    case DW_EH_PE.absptr:
    case DW_EH_PE.udata8:
    case DW_EH_PE.sdata8:
      return reader.u64();
    case DW_EH_PE.uleb128:
      return reader.ulebBig();
    case DW_EH_PE.sleb128:
      return reader.slebBig();
    case DW_EH_PE.udata2:
      return BigInt(reader.u16());
    case DW_EH_PE.sdata2:
      return BigInt(reader.i16());
    case DW_EH_PE.udata4:
      return BigInt(reader.u32());
    case DW_EH_PE.sdata4:
      return BigInt(reader.i32());
    default:
      return undefined;
  }
}
