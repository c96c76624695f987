import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wasm } from '../../../src/common/web-assembly.ts';
import { MemoryHash } from '../../../src/hart/engine/memory-hash.ts';

describe('hart/engine/memory-hash', () => {
  const memory = new wasm.Memory({ initial: 2, maximum: 2 });
  const bytes = new Uint8Array(memory.buffer);
  const hash = new MemoryHash(memory);

  beforeEach(() => bytes.fill(0));

  it('depends on every bit', () => {
    const before = hash.hash(0, 256);
    const seen = new Set([before]);
    for (let bit = 0; bit < 256 * 8; bit++) {
      bytes[bit >> 3] = 1 << (bit & 7);
      seen.add(hash.hash(0, 256));
      bytes[bit >> 3] = 0;
    }
    assert.equal(seen.size, 256 * 8 + 1);
    assert.equal(hash.hash(0, 256), before);
  });

  it('depends on the order of the words and on the length, and not on where the bytes lie', () => {
    bytes[0] = 1;
    const first = hash.hash(0, 64);
    bytes.copyWithin(0x10000, 0, 64);
    assert.equal(hash.hash(0x10000, 64), first);
    assert.notEqual(hash.hash(0, 80), first);
    bytes[0] = 0;
    bytes[16] = 1;
    assert.notEqual(hash.hash(0, 64), first);
    assert.notEqual(hash.hash(64, 64), hash.hash(64, 80));
  });

  it('does what its definition says', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 20 }), (content) => {
        bytes.fill(0);
        bytes.set(content, 32);
        const length = Math.ceil(content.length / 16) * 16;
        assert.equal(hash.hash(32, length), model(new DataView(memory.buffer, 32, length)));
      }),
    );
  });

  it('refuses a length that it cannot take whole', () => {
    assert.throws(() => hash.hash(0, 24), /16 bytes/);
  });
});

/** The hash once more, with bigints. */
function model(view: DataView): bigint {
  const lanes = [0x6a09_e667_f3bc_c908n, 0xbb67_ae85_84ca_a73bn] as [bigint, bigint];
  for (let at = 0; at < view.byteLength; at += 8) {
    const lane = (at / 8) % 2;
    const sum = wrap((lanes[lane] as bigint) + view.getBigUint64(at, true) * 0x9b05_688c_2b3e_6c1fn);
    lanes[lane] = wrap(((sum << 31n) | (sum >> 33n)) * 0x3c6e_f372_fe94_f82bn);
  }
  return mix(wrap(mix(mix(lanes[0]) ^ lanes[1]) + BigInt(view.byteLength)));
}

function mix(value: bigint): bigint {
  let result = value;
  for (const multiplier of [0xa54f_f53a_5f1d_36f1n, 0x510e_527f_ade6_82d1n]) {
    result = wrap((result ^ (result >> 32n)) * multiplier);
  }
  return result ^ (result >> 32n);
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
