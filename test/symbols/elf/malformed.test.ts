import assert from 'node:assert/strict';
import { readElf } from '../../../src/symbols/elf/elf-file.ts';

/** A minimal valid image: header, one program header, four bytes of text. */
function minimalElf(): Uint8Array {
  const bytes = new Uint8Array(124);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, 243, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(24, 0x8000_0000n, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 1, true);
  view.setUint32(68, 5, true);
  view.setBigUint64(72, 120n, true);
  view.setBigUint64(80, 0x8000_0000n, true);
  view.setBigUint64(88, 0x8000_0000n, true);
  view.setBigUint64(96, 4n, true);
  view.setBigUint64(104, 8n, true);
  bytes.set([0x73, 0, 0x50, 0x10], 120);
  return bytes;
}

function changed(change: (view: DataView) => void): Uint8Array {
  const bytes = minimalElf();
  change(new DataView(bytes.buffer));
  return bytes;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('symbols/elf, on files that are not what was meant', () => {
  it('accepts the minimal file that the cases below are made from', () => {
    const result = readElf(minimalElf());
    assert.ok(result.ok);
    assert.deepEqual(
      result.value.loadableSegments().map(({ bytes, memorySize }) => [[...bytes], memorySize]),
      [[[0x73, 0, 0x50, 0x10], 8]],
    );
  });

  const cases: readonly [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(), /file is empty/],
    ['a text file', text('int main(void) { return 0; }\n'), /text file/],
    ['random bytes', new Uint8Array([0x13, 0, 0, 0, 0x6f]), /begins with 13 00 00 00/],
    ['a gzip file', new Uint8Array([0x1f, 0x8b, 8, 0]), /compressed with gzip/],
    ['a library', text('!<arch>\nfoo.o/'), /ar archive/],
    ['the magic alone', minimalElf().subarray(0, 4), /truncated.* 4 bytes/],
    ['half a magic', minimalElf().subarray(0, 2), /truncated.* 2 bytes/],
    ['half a header', minimalElf().subarray(0, 40), /truncated.*40 bytes/],
    ['ELF32', changed((view) => view.setUint8(4, 1)), /32-bit ELF/],
    ['no known class', changed((view) => view.setUint8(4, 9)), /class 9/],
    ['big-endian', changed((view) => view.setUint8(5, 2)), /big-endian/],
    ['x86-64', changed((view) => view.setUint16(18, 62, true)), /for x86-64, not for RISC-V/],
    ['an unknown machine', changed((view) => view.setUint16(18, 9999, true)), /machine 9999/],
    ['an object file', changed((view) => view.setUint16(16, 1, true)), /object file/],
    ['a core dump', changed((view) => view.setUint16(16, 4, true)), /core dump/],
    ['no program headers', changed((view) => view.setUint16(56, 0, true)), /no program headers/],
    [
      'too many program headers',
      changed((view) => view.setUint16(56, 0xfffe, true)),
      /65534 program headers end/,
    ],
    [
      'program headers of a wrong size',
      changed((view) => view.setUint16(54, 57, true)),
      /57 bytes; in ELF64 it has 56/,
    ],
    ['a table beyond 2^53', changed((view) => view.setBigUint64(32, 1n << 60n, true)), /beyond 2\^53/],
    [
      'a segment outside the file',
      changed((view) => view.setBigUint64(96, 5n, true)),
      /segment 0 ends at byte 125/,
    ],
    [
      'a wrapping segment',
      changed((view) => view.setBigUint64(72, 2n ** 64n - 1n, true)),
      /segment 0 ends at/,
    ],
    [
      'more in the file than in memory',
      changed((view) => view.setBigUint64(104, 3n, true)),
      /only 3 in memory/,
    ],
    [
      'a segment larger than memory can be',
      changed((view) => view.setBigUint64(104, 1n << 60n, true)),
      /more than RV64/,
    ],
    [
      'a segment at the end of memory',
      changed((view) => view.setBigUint64(80, 2n ** 64n - 4n, true)),
      /end of the address/,
    ],
    ['nothing to load', changed((view) => view.setUint32(64, 7, true)), /no loadable segment/],
  ];
  for (const [name, bytes, message] of cases) {
    it(`says what is wrong with ${name}, and what to do`, () => {
      const result = readElf(bytes);
      assert.equal(result.ok, false);
      assert.equal(result.diagnostics.length, 1);
      assert.match(result.diagnostics[0]?.message ?? '', message);
      assert.equal(result.diagnostics[0]?.severity, 'error');
      assert.ok((result.diagnostics[0]?.remedy ?? '').length > 10);
    });
  }

  const sectionCases: readonly [string, Uint8Array, RegExp][] = [
    [
      'a size',
      changed((view) => (view.setUint16(60, 3, true), view.setBigUint64(40, 64n, true))),
      /header of 0 bytes/,
    ],
    [
      'a count',
      changed((view) => (view.setUint32(58, 0xffff_0040, true), view.setBigUint64(40, 64n, true))),
      /65535 section/,
    ],
  ];
  for (const [name, bytes, message] of sectionCases) {
    it(`loads a file whose section headers have ${name} that is nonsense, with a warning`, () => {
      const result = readElf(bytes);
      assert.ok(result.ok);
      assert.match(result.diagnostics[0]?.message ?? '', message);
      assert.equal(result.value.symbols.count, 0);
    });
  }
});
