interface Foreign {
  readonly message: string;
  readonly remedy: string;
}

interface Magic {
  readonly offset: number;
  readonly bytes: readonly number[];
  readonly what: string;
  readonly remedy: string;
}

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const UNPACK = 'Unpack it first, and give the ELF file inside.';
const GIVE_ELF = 'Give the ELF file that the linker wrote.';

/** First match wins, so the narrower test stands before the wider. */
const MAGICS: readonly Magic[] = [
  {
    offset: 56,
    bytes: [0x52, 0x53, 0x43, 0x05],
    what: 'a flat Linux kernel image',
    remedy: 'Give vmlinux, the ELF file that it was made from.',
  },
  { offset: 0, bytes: [0x4d, 0x5a], what: 'a Windows or UEFI program', remedy: GIVE_ELF },
  { offset: 0, bytes: [0x1f, 0x8b], what: 'compressed with gzip', remedy: UNPACK },
  { offset: 0, bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], what: 'compressed with xz', remedy: UNPACK },
  { offset: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd], what: 'compressed with zstd', remedy: UNPACK },
  { offset: 0, bytes: [0x50, 0x4b, 0x03, 0x04], what: 'a zip archive', remedy: UNPACK },
  {
    offset: 0,
    bytes: [0x21, 0x3c, 0x61, 0x72, 0x63, 0x68, 0x3e],
    what: 'a library (ar archive)',
    remedy: 'Link a program with it, and give the program.',
  },
  { offset: 0, bytes: [0xd0, 0x0d, 0xfe, 0xed], what: 'a device tree blob', remedy: GIVE_ELF },
  {
    offset: 0,
    bytes: [0x30, 0x37, 0x30, 0x37, 0x30, 0x31],
    what: 'a cpio archive (an initial RAM disk)',
    remedy: GIVE_ELF,
  },
  {
    offset: 0,
    bytes: [0xcf, 0xfa, 0xed, 0xfe],
    what: 'a macOS program',
    remedy: 'Cross-compile for riscv64 with an ELF toolchain.',
  },
];

/** What a file without the ELF magic is, so that the user sees which file was given; `undefined` for an ELF file. */
export function describeForeignFile(bytes: Uint8Array): Foreign | undefined {
  if (bytes.length === 0) {
    return { message: 'The file is empty.', remedy: 'Build it again: the linker may have failed.' };
  }
  const head = Math.min(bytes.length, ELF_MAGIC.length);
  if (startsWith(bytes, 0, ELF_MAGIC.slice(0, head))) return undefined;
  for (const { offset, bytes: magic, what, remedy } of MAGICS) {
    if (startsWith(bytes, offset, magic)) return { message: `Not an ELF file: it is ${what}.`, remedy };
  }
  if (looksLikeText(bytes)) return { message: 'Not an ELF file: it is a text file.', remedy: GIVE_ELF };
  const first = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return { message: `Not an ELF file: it begins with ${first}, not 7f 45 4c 46.`, remedy: GIVE_ELF };
}

function startsWith(bytes: Uint8Array, offset: number, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[offset + index] === byte);
}

function looksLikeText(bytes: Uint8Array): boolean {
  return bytes
    .subarray(0, 256)
    .every((byte) => (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x09 && byte <= 0x0d));
}
