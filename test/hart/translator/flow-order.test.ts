import assert from 'node:assert/strict';
import type { Block, FlowGraph } from '../../../src/hart/translator/flow-graph.ts';
import { orderFlow, type FlowOrder } from '../../../src/hart/translator/flow-order.ts';

describe('hart/translator/flow-order', () => {
  it('puts blocks in an order in which a way leads on, but for loops', () => {
    const order = orderFlow(graph([0], { 0: [2, 4], 2: [6], 4: [6], 6: [8], 8: [0, 10], 10: [] }));
    assert.deepEqual(offsets(order, order.loops), [0]);
    assert.deepEqual(offsets(order, order.merges), [0, 6]);
    assert.deepEqual(offsets(order, order.dispatched), [0]);
  });

  it('has the dispatch lead into a loop that is entered in its middle', () => {
    const order = orderFlow(graph([0], { 0: [2, 4], 2: [4], 4: [2, 6], 6: [] }));
    assert.equal(order.dispatched.length, 2);
    const [, irreducible] = offsets(order, order.dispatched);
    assert.ok(irreducible === 2 || irreducible === 4);
  });

  it('keeps a loop whole that an entry leads to from outside', () => {
    const order = orderFlow(graph([0, 4], { 0: [2], 2: [2, 4], 4: [6], 6: [4, 8], 8: [] }));
    assert.deepEqual(offsets(order, order.loops), [2, 4]);
    assert.deepEqual(offsets(order, order.dispatched), [0, 4]);
  });

  it('tells which blocks a block dominates', () => {
    const order = orderFlow(graph([0], { 0: [2, 4], 2: [6], 4: [6], 6: [] }));
    const root = order.numberOf.get(0) as number;
    assert.deepEqual(offsets(order, order.dominated[root] as number[]), [2, 4, 6]);
  });

  it('repeats loops of one short block', () => {
    const order = orderFlow(graph([0], { 0: [2], 2: [2, 4], 4: [] }));
    assert.deepEqual(offsets(order, order.copies.keys()), [2]);
  });
});

function graph(entries: readonly number[], edges: Readonly<Record<number, readonly number[]>>): FlowGraph {
  const blocks = new Map<number, Block>();
  for (const [offset, successors] of Object.entries(edges)) {
    const instructions = [{ offset: Number(offset), decoded: {} }] as unknown as Block['instructions'];
    blocks.set(Number(offset), { offset: Number(offset), instructions, successors });
  }
  return { blocks, entries };
}

function offsets(order: FlowOrder, numbers: Iterable<number>): number[] {
  return [...numbers]
    .map((number) => order.offsets[number] as number)
    .toSorted((left, right) => left - right);
}
