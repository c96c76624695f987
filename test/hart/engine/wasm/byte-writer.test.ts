import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteWriter } from '../../../../src/hart/engine/wasm/byte-writer.ts';

describe('hart/engine/wasm/byte-writer', () => {
  it('writes unsigned numbers as the format says', () => {
    assert.deepEqual(
      written((out) => out.unsigned(624_485)),
      [0xe5, 0x8e, 0x26],
    );
    assert.deepEqual(
      written((out) => out.unsigned(0x7f)),
      [0x7f],
    );
    assert.deepEqual(
      written((out) => out.unsigned(0x80)),
      [0x80, 0x01],
    );
  });

  it('writes signed numbers as the format says', () => {
    assert.deepEqual(
      written((out) => out.signed(-123_456)),
      [0xc0, 0xbb, 0x78],
    );
    assert.deepEqual(
      written((out) => out.signed(63)),
      [0x3f],
    );
    assert.deepEqual(
      written((out) => out.signed(64)),
      [0xc0, 0x00],
    );
    assert.deepEqual(
      written((out) => out.signed64(-1n)),
      [0x7f],
    );
  });

  it('writes any 64-bit pattern so that it can be read back', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        assert.equal(readSigned(written((out) => out.signed64(value))), value);
      }),
    );
  });

  it('puts the size of a part before it, however long it is', () => {
    const bytes = written((out) =>
      out.sized(() => {
        for (let index = 0; index < 300; index++) out.byte(index & 0xff);
      }),
    );
    assert.deepEqual(bytes.slice(0, 5), [0xac, 0x82, 0x80, 0x80, 0x00]);
    assert.equal(bytes.length, 305);
    assert.equal(bytes[304], 299 & 0xff);
  });

  it('grows as far as it must', () => {
    const out = new ByteWriter(1);
    out.append(Uint8Array.of(1, 2, 3));
    out.append(new Uint8Array(10_000).fill(7));
    assert.equal(out.length, 10_003);
    assert.deepEqual([...out.bytes.subarray(0, 5)], [1, 2, 3, 7, 7]);
  });

  it('refuses a name that is not ASCII', () => {
    assert.throws(() => written((out) => out.text('größe')), /ASCII/);
  });
});

function written(write: (out: ByteWriter) => void): number[] {
  const out = new ByteWriter(4);
  write(out);
  return [...out.bytes];
}

function readSigned(bytes: readonly number[]): bigint {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  return BigInt.asIntN(Number(shift), value);
}
