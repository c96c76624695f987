import assert from 'node:assert/strict';
import { loadMachineImage } from '../../../src/debugger/target/load-image.ts';
import { machineCode, tinyElf } from '../../cli/tiny-elf.ts';

const ramBytes = 0x100_0000;

describe('debugger/target/load-image', () => {
  it('takes a Linux Image that is whole, whatever its name', () => {
    const loaded = loadMachineImage({ path: 'vmlinuz', bytes: linuxImage() }, 'kernel', ramBytes);
    assert.ok(loaded.ok);
    assert.equal(loaded.value.segments[0]?.memorySize, 0x4000);
  });

  it('refuses an Image at any length short of its sections, and says why', () => {
    const whole = linuxImage();
    for (let length = 0; length < whole.length; length += 4) {
      const loaded = loadMachineImage(
        { path: 'Image', bytes: whole.subarray(0, length) },
        'kernel',
        ramBytes,
      );
      assert.ok(!loaded.ok, `taken with ${length} bytes`);
      assert.match(
        loaded.diagnostics[0]?.message ?? '',
        /^Image: The file is truncated: it has \d+ bytes, and /,
      );
    }
  });

  it('tells by which name a flat image is taken, where it has another', () => {
    for (const path of ['kernel', 'kernel.img']) {
      const loaded = loadMachineImage({ path, bytes: Uint8Array.of(0x13, 0, 0, 0) }, 'kernel', ramBytes);
      assert.ok(!loaded.ok);
      assert.match(
        loaded.diagnostics[0]?.remedy ?? '',
        /ELF file.*flat image is taken where it is called \*\.bin/,
      );
    }
  });

  it('takes a flat image that is no Linux', () => {
    assert.ok(loadMachineImage({ path: 'u-boot.bin', bytes: new Uint8Array(20) }, 'kernel', ramBytes).ok);
  });

  it('leaves out the headers that a linker has put below RAM, and nothing else', () => {
    const loaded = loadWithHeaders(0x8000_0000n - 120n);
    assert.ok(loaded.ok);
    const [segment] = loaded.value.segments;
    assert.deepEqual(segment, { address: 0x8000_0000n, bytes: code, memorySize: code.length });
    const cut = loadWithHeaders(0x8000_0000n - 124n);
    assert.ok(!cut.ok);
    assert.match(cut.diagnostics[0]?.message ?? '', /0x7fffff84 to 0x80000004 lies outside the memory/);
  });
});

const code = machineCode([0x0000_0013, 0x0000_006f]);

/** An ELF file of one segment that begins with the headers of the file, 120 bytes of them. */
function elfWithHeaders(start: bigint): Uint8Array {
  const bytes = tinyElf({ segments: [{ address: 0x8000_0000n, bytes: code }], entry: 0x8000_0000n });
  const view = new DataView(bytes.buffer);
  const programHeader = 64;
  view.setBigUint64(programHeader + 8, 0n, true);
  view.setBigUint64(programHeader + 16, start, true);
  view.setBigUint64(programHeader + 24, start, true);
  view.setBigUint64(programHeader + 32, 128n, true);
  view.setBigUint64(programHeader + 40, 128n, true);
  return bytes;
}

const loadWithHeaders = (start: bigint): ReturnType<typeof loadMachineImage> =>
  loadMachineImage({ path: 'test.elf', bytes: elfWithHeaders(start) }, 'machine', ramBytes);

/** The headers of an Image that is a program for EFI too: one section of 0x1000 bytes at 0x1000. */
function linuxImage(): Uint8Array {
  const bytes = new Uint8Array(0x2000);
  const view = new DataView(bytes.buffer);
  const write = (offset: number, text: string): void => bytes.set(Buffer.from(text, 'latin1'), offset);
  write(0, 'MZ');
  view.setBigUint64(16, 0x4000n, true);
  write(56, 'RSC\u0005');
  view.setUint32(60, 0x40, true);
  write(0x40, 'PE\0\0');
  view.setUint16(0x46, 1, true);
  view.setUint16(0x54, 0x20, true);
  const section = 0x40 + 24 + 0x20;
  write(section, '.text');
  view.setUint32(section + 16, 0x1000, true);
  view.setUint32(section + 20, 0x1000, true);
  return bytes;
}
