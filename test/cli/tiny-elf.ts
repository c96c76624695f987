/** A part of an image: bytes of the file, and how much memory it takes where that is more. */
export interface TinySegment {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly memorySize?: bigint;
}

const headerSize = 64;
const programHeaderSize = 56;
const sectionHeaderSize = 64;
const symbolSize = 24;

/** An ELF64 executable for RISC-V with these segments and symbols, byte by byte: no toolchain is needed. */
export function tinyElf({
  segments,
  entry = segments[0]?.address ?? 0n,
  symbols = {},
}: {
  readonly segments: readonly TinySegment[];
  readonly entry?: bigint;
  readonly symbols?: Readonly<Record<string, bigint>>;
}): Uint8Array {
  const names = Object.keys(symbols);
  const strings = new TextEncoder().encode(['', ...names, ''].join('\0'));
  const contents = segments.reduce((size, { bytes }) => size + bytes.length, 0);
  const dataStart = headerSize + programHeaderSize * segments.length;
  const symbolsStart = dataStart + contents;
  const stringsStart = symbolsStart + symbolSize * (names.length + 1);
  const sectionsStart = stringsStart + strings.length;
  const file = new Uint8Array(sectionsStart + sectionHeaderSize * 4);
  const view = new DataView(file.buffer);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, true);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  const u64 = (at: number, value: bigint | number): void => view.setBigUint64(at, BigInt(value), true);

  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  u16(16, 2); // ET_EXEC
  u16(18, 243); // EM_RISCV
  u32(20, 1);
  u64(24, entry);
  u64(32, headerSize);
  u64(40, sectionsStart);
  u16(52, headerSize);
  u16(54, programHeaderSize);
  u16(56, segments.length);
  u16(58, sectionHeaderSize);
  u16(60, 4);

  let data = dataStart;
  segments.forEach(({ address, bytes, memorySize = BigInt(bytes.length) }, index) => {
    const at = headerSize + index * programHeaderSize;
    u32(at, 1); // PT_LOAD
    u32(at + 4, 7);
    u64(at + 8, data);
    u64(at + 16, address);
    u64(at + 24, address);
    u64(at + 32, bytes.length);
    u64(at + 40, memorySize);
    file.set(bytes, data);
    data += bytes.length;
  });

  let name = 1;
  names.forEach((text, index) => {
    const at = symbolsStart + symbolSize * (index + 1);
    u32(at, name);
    file[at + 4] = 0x10; // STB_GLOBAL
    u16(at + 6, 3);
    u64(at + 8, symbols[text] ?? 0n);
    name += text.length + 1;
  });
  file.set(strings, stringsStart);

  const section = (index: number, type: number, offset: number, size: number, link: number): void => {
    const at = sectionsStart + sectionHeaderSize * index;
    u32(at + 4, type);
    u64(at + 24, offset);
    u64(at + 32, size);
    u32(at + 40, link);
    if (type === 2) {
      u32(at + 44, 1);
      u64(at + 56, symbolSize);
    }
  };
  section(1, 2, symbolsStart, stringsStart - symbolsStart, 2); // SHT_SYMTAB
  section(2, 3, stringsStart, strings.length, 0); // SHT_STRTAB
  // The first segment once more, as the section that symbols lie in.
  section(3, 1, dataStart, segments[0]?.bytes.length ?? 0, 0); // SHT_PROGBITS
  u64(sectionsStart + sectionHeaderSize * 3 + 8, 2); // SHF_ALLOC
  u64(sectionsStart + sectionHeaderSize * 3 + 16, segments[0]?.address ?? 0n);
  return file;
}

/** Instructions as bytes. */
export function machineCode(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  words.forEach((word, index) => new DataView(bytes.buffer).setUint32(index * 4, word, true));
  return bytes;
}
