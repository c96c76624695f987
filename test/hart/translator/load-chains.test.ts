import assert from 'node:assert/strict';
import { decode } from '../../../src/isa/decode.ts';
import { exploreFlow } from '../../../src/hart/translator/flow-graph.ts';
import { orderFlow } from '../../../src/hart/translator/flow-order.ts';
import { chainedLoads } from '../../../src/hart/translator/load-chains.ts';
import { op } from '../fixture.ts';

describe('hart/translator/load-chains', () => {
  it('has the loads of a list that is walked', () => {
    assert.deepEqual(
      chained([op('ld', { rd: 10, rs1: 10, imm: 0 }), op('bne', { rs1: 10, rs2: 0, imm: -4 })]),
      [0],
    );
  });

  it('has those whose address was computed from what another gave, but not those of an array', () => {
    const loads = [
      op('lbu', { rd: 11, rs1: 12, imm: 0 }),
      op('add', { rd: 11, rs1: 11, rs2: 13 }),
      op('ld', { rd: 14, rs1: 11, imm: 0 }),
      op('addi', { rd: 12, rs1: 12, imm: 1 }),
      op('bne', { rs1: 12, rs2: 15, imm: -16 }),
    ];
    assert.deepEqual(chained(loads), [8]);
  });

  it('forgets what a register held before it was written', () => {
    const loads = [
      op('ld', { rd: 14, rs1: 11, imm: 0 }),
      op('add', { rd: 14, rs1: 12, rs2: 13 }),
      op('ld', { rd: 14, rs1: 14, imm: 0 }),
      op('jal', { rd: 0, imm: -12 }),
    ];
    assert.deepEqual(chained(loads), []);
  });
});

/** Offsets of the loads in a region that begins with the first of these instructions. */
function chained(words: readonly number[]): number[] {
  const code = {
    at: (offset: number) =>
      words[offset / 4] === undefined ? undefined : decode(words[offset / 4] as number),
  };
  const graph = exploreFlow(code, [0], { calls: 'followed', limit: 100 });
  return [...chainedLoads(graph, orderFlow(graph))].map(({ offset }) => offset);
}
