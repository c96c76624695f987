import assert from 'node:assert/strict';
import { decode } from '../../../src/isa/decode.ts';
import { groupAccesses } from '../../../src/hart/translator/access-groups.ts';
import { placeInstruction } from '../../../src/hart/translator/flow-graph.ts';
import { op } from '../fixture.ts';

describe('hart/translator/access-groups', () => {
  it('groups stores by a register that stays, whatever is between them', () => {
    const [part, ...others] = parts([
      op('addi', { rd: 2, rs1: 2, imm: -64 }),
      op('sd', { rs1: 2, rs2: 8, imm: 56 }),
      op('addi', { rd: 8, rs1: 2, imm: 64 }),
      op('sd', { rs1: 2, rs2: 9, imm: 40 }),
      op('ld', { rd: 10, rs1: 11, imm: 0 }),
      op('sd', { rs1: 2, rs2: 1, imm: 48 }),
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual([part?.start, part?.end, part?.groups.length], [1, 6, 1]);
    const [group] = part?.groups ?? [];
    assert.deepEqual([group?.low, group?.span, group?.members.length], [40, 24, 3]);
  });

  it('ends a group where its register changes', () => {
    const loads = [12, 13, 10, 12, 13].map((rd, index) => op('ld', { rd, rs1: 10, imm: 8 * (index % 3) }));
    assert.deepEqual(
      parts(loads).map(({ start, end }) => [start, end]),
      [[0, 3]],
    );
  });

  it('looks at a group at the beginning of its part only where its register has its value by then', () => {
    const mixed = [
      op('ld', { rd: 12, rs1: 10, imm: 0 }),
      op('addi', { rd: 11, rs1: 11, imm: 8 }),
      op('sd', { rs1: 11, rs2: 12, imm: 0 }),
      op('ld', { rd: 12, rs1: 10, imm: 8 }),
      op('sd', { rs1: 11, rs2: 12, imm: 8 }),
      op('ld', { rd: 12, rs1: 10, imm: 16 }),
      op('sd', { rs1: 11, rs2: 12, imm: 16 }),
    ];
    assert.deepEqual(
      parts(mixed).map(({ start, end, groups }) => [start, end, groups.length]),
      [[0, 6, 1]],
    );
    assert.deepEqual(
      parts(mixed.toSpliced(1, 1)).map(({ start, end, groups }) => [start, end, groups.length]),
      [[0, 6, 2]],
    );
  });

  it('groups neither few accesses nor such as lie far apart', () => {
    assert.deepEqual(
      parts([op('ld', { rd: 12, rs1: 10, imm: 0 }), op('ld', { rd: 13, rs1: 10, imm: 8 })]),
      [],
    );
    assert.deepEqual(parts([0, 8, 1024].map((imm) => op('ld', { rd: 12, rs1: 10, imm }))), []);
  });
});

function parts(words: readonly number[]): ReturnType<typeof groupAccesses> {
  const instructions = words.map((word, index) =>
    placeInstruction(4 * index, decode(word) ?? assert.fail('an instruction')),
  );
  return groupAccesses({ offset: 0, instructions, successors: [] });
}
