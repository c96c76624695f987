import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pack, unpack } from '../../src/machine/packing.ts';
import { noise } from '../noise.ts';

const blockBytes = 0x4000;

function unpacked(packed: Uint8Array, length: number): Uint8Array {
  // What it is unpacked to has held something else.
  const block = new Uint8Array(length).fill(0xaa);
  unpack(packed, block);
  return block;
}

/** Stretches of what memory holds: repeated words, text, numbers that grow, and noise. */
const stretch = fc.oneof(
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 300 }))
    .map(([word, times]) => Array.from({ length: times }, () => [...word]).flat()),
  fc.integer({ min: 1, max: 600 }).map((count) => Array.from({ length: count }, (_, index) => index & 0xff)),
  fc.uint8Array({ minLength: 1, maxLength: 700 }).map((bytes) => [...bytes]),
);

describe('machine/packing', () => {
  it('gives back every block', () => {
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 30 }), fc.integer({ min: 1, max: 1024 }), (parts, words) => {
        const block = new Uint8Array(16 * words);
        block.set(parts.flat().slice(0, block.length));
        assert.deepEqual(unpacked(pack(block), block.length), block);
      }),
      { numRuns: 300 },
    );
  });

  it('makes what repeats itself short, and nothing longer', () => {
    // Snappy takes three bytes for 64 that were there before.
    const shortest = blockBytes / 20;
    assert.ok(pack(new Uint8Array(blockBytes)).length < shortest);
    const text = new TextEncoder().encode('static int do_something(struct task_struct *task);\n'.repeat(300));
    assert.ok(pack(text.subarray(0, blockBytes)).length < 1.1 * shortest);
    const random = noise(blockBytes, 1);
    assert.deepEqual(pack(random), random);
    assert.notEqual(pack(random).buffer, random.buffer);
  });

  it('takes a block that lies in something larger', () => {
    const memory = Uint8Array.from({ length: 0x1_0000 }, (_, index) => (index >> 5) & 0xff);
    const block = memory.subarray(0x3008, 0x7008);
    assert.deepEqual(unpacked(pack(block), blockBytes), block.slice());
  });
});
