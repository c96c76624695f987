import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { ByteReader } from '../../src/symbols/byte-reader.ts';

const reader = (...bytes: readonly number[]): ByteReader => new ByteReader(new Uint8Array(bytes));
const all = (): ByteReader => reader(0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8);
// How many replacement characters stand for one bad sequence is left open by Unicode.
const collapsed = (text: string): string => text.replace(/\u{fffd}+/gu, '\u{fffd}');

describe('symbols/byte-reader', () => {
  it('reads little-endian integers of every width', () => {
    assert.equal(all().u8(), 0xf1);
    assert.equal(all().i8(), -15);
    assert.equal(all().u16(), 0xf2f1);
    assert.equal(all().i16(), -0x0d0f);
    assert.equal(all().unsigned(3), 0xf3f2f1n);
    assert.equal(all().u32(), 0xf4f3f2f1);
    assert.equal(all().i32(), -0x0b0c0d0f);
    assert.equal(all().u64(), 0xf8f7f6f5f4f3f2f1n);
    assert.equal(all().i64(), 0xf8f7f6f5f4f3f2f1n - (1n << 64n));
  });

  it('decodes the LEB128 examples of DWARF 7.6', () => {
    assert.equal(reader(0x02).uleb(), 2);
    assert.equal(reader(0x80, 0x01).uleb(), 128);
    assert.equal(reader(0xb9, 0x64).uleb(), 12857);
    assert.equal(reader(0x7e).sleb(), -2);
    assert.equal(reader(0xff, 0x00).sleb(), 127);
    assert.equal(reader(0x81, 0x7f).sleb(), -127);
    assert.equal(reader(0x80, 0x7f).sleb(), -128);
  });

  it('decodes what an encoder wrote, at 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt(-(1n << 63n), (1n << 63n) - 1n), (value) => {
        const bytes: number[] = [];
        for (let rest = value, more = true; more;) {
          const low = Number(rest & 0x7fn);
          rest >>= 7n;
          more = !((rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40));
          bytes.push(low | (more ? 0x80 : 0));
        }
        const signed = reader(...bytes);
        assert.equal(signed.slebBig(), value);
        assert.ok(!signed.failed && signed.done);
      }),
    );
  });

  it('gives zero for ever once a read has left the bytes', () => {
    const short = reader(1, 2, 3);
    assert.equal(short.u32(), 0);
    assert.ok(short.failed && short.done);
    assert.equal(short.u8(), 0);
    assert.equal(short.string(), '');
    assert.equal(short.take(1).length, 0);
    assert.ok(short.section(1).failed);
  });

  it('fails on LEB128 without end, and on sizes beyond 2^53', () => {
    const endless = new ByteReader(new Uint8Array(1000).fill(0x80));
    assert.equal(endless.uleb(), 0);
    assert.ok(endless.failed);
    const signed = new ByteReader(new Uint8Array(1000).fill(0xff));
    signed.slebBig();
    assert.ok(signed.failed);
    const huge = reader(0, 0, 0, 0, 0, 0, 0, 0x80);
    assert.equal(huge.length64(), 0);
    assert.ok(huge.failed);
  });

  it('reads strings as UTF-8, and fails on one without its zero', () => {
    const bytes = new TextEncoder().encode('naïve/😀/k.c\0rest');
    const strings = new ByteReader(bytes);
    assert.equal(strings.string(), 'naïve/😀/k.c');
    assert.equal(strings.string(), '');
    assert.ok(strings.failed);
  });

  it('decodes any bytes as a standard decoder does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 255 })), (values) => {
        const bytes = new Uint8Array([...values, 0]);
        const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, -1));
        assert.equal(collapsed(new ByteReader(bytes).string()), collapsed(expected));
      }),
    );
  });
});
