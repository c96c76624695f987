import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exploreFlow } from '../../../src/hart/translator/flow-graph.ts';
import { decode } from '../../../src/isa/decode.ts';
import { op } from '../fixture.ts';

describe('hart/translator/flow-graph', () => {
  it('begins a block where instructions that overlap lead to the same one', () => {
    const [addi, compressed] = [op('addi', { rd: 10, rs1: 10, imm: 1 }), 0x0505];
    const branch = op('beq', { rs1: 10, rs2: 11, imm: 6 });
    const jump = op('jal', { rd: 0, imm: -8 });
    assert.deepEqual(blocks({ 0: branch, 4: addi, 6: compressed, 8: jump }), {
      0: [0],
      4: [4],
      6: [6],
      8: [8],
    });
  });

  it('puts no instruction into two blocks, whatever leads where', () => {
    const branches = fc.integer({ min: -8, max: 8 }).map((to) => op('bne', { rs1: 10, rs2: 0, imm: 2 * to }));
    const anyInstruction = fc.oneof(
      branches,
      fc.constantFrom(op('addi', { rd: 10, rs1: 10, imm: 1 }), 0x0505),
    );
    fc.assert(
      fc.property(
        fc.array(anyInstruction, { minLength: 16, maxLength: 16 }),
        fc.uniqueArray(fc.nat(15), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 4, max: 30 }),
        (words, entries, limit) => {
          const code = Object.fromEntries(words.map((word, index) => [2 * index, word]));
          const all = Object.values(
            blocks(
              code,
              entries.map((entry) => 2 * entry),
              limit,
            ),
          ).flat();
          assert.equal(new Set(all).size, all.length);
        },
      ),
    );
  });
});

/** Offsets of the instructions of each block of a region, whose words are given by theirs. */
function blocks(
  words: Readonly<Record<number, number>>,
  entries: readonly number[] = [0],
  limit = 100,
): Record<number, number[]> {
  const code = {
    at: (offset: number) => (words[offset] === undefined ? undefined : decode(words[offset])),
  };
  const graph = exploreFlow(code, entries, { calls: 'followed', limit });
  return Object.fromEntries(
    [...graph.blocks].map(([offset, { instructions }]) => [
      offset,
      instructions.map((placed) => placed.offset),
    ]),
  );
}
