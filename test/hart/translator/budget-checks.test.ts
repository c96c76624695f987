import assert from 'node:assert/strict';
import fc from 'fast-check';
import { budgetChecks } from '../../../src/hart/translator/budget-checks.ts';
import type { Block, FlowGraph } from '../../../src/hart/translator/flow-graph.ts';
import { orderFlow, type FlowOrder } from '../../../src/hart/translator/flow-order.ts';

describe('hart/translator/budget-checks', () => {
  it('looks once where ways part and meet again, for the longest of them', () => {
    assert.deepEqual(checks({ 0: [[2, 4], 3], 2: [[6], 5], 4: [[6], 9], 6: [[], 2] }), { 0: 14 });
  });

  it('looks at the head of a loop, and behind it no more than the head did', () => {
    const looks = checks({ 0: [[2], 4], 2: [[4, 6], 8], 4: [[2], 12], 6: [[], 7] });
    assert.deepEqual(looks, { 0: 4, 2: 20 });
  });

  it('looks again on a long way', () => {
    assert.deepEqual(checks({ 0: [[2], 20], 2: [[4], 14], 4: [[], 10] }), { 0: 20, 2: 24 });
  });

  it('has enough on every way from one look to the next, whatever leads where', () => {
    const anyBlock = fc.tuple(fc.array(fc.nat(11), { maxLength: 2 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(
        fc.array(anyBlock, { minLength: 12, maxLength: 12 }),
        fc.uniqueArray(fc.nat(11), { minLength: 1 }),
        (blocks, entries) => {
          const made = graph(
            entries,
            Object.fromEntries(blocks.map(([targets, length], n) => [n, [targets, length]])),
          );
          const order = orderFlow(made);
          const needs = budgetChecks(made, order);
          for (const block of [...order.dispatched, ...order.loops]) assert.ok((needs[block] as number) > 0);
          for (const [block, need] of needs.entries()) if (need > 0) follow(made, order, needs, block);
        },
      ),
    );
  });
});

/** Goes all ways from a look to the next one, and fails where the budget may be used up before it. */
function follow(made: FlowGraph, order: FlowOrder, needs: Int32Array, look: number): void {
  const go = (block: number, left: number): void => {
    const { length } = (made.blocks.get(order.offsets[block] as number) as Block).instructions;
    const after = left - length * (order.copies.get(block) ?? 1);
    assert.ok(after >= 0, 'what was looked at is enough');
    for (const next of order.successors[block] as readonly number[]) if (needs[next] === 0) go(next, after);
  };
  go(look, needs[look] as number);
}

type Edges = Readonly<Record<number, readonly [targets: readonly number[], instructions: number]>>;

/** What is looked at, by the offset of the block; the first block is the entry. */
function checks(edges: Edges): Record<number, number> {
  const made = graph([0], edges);
  const order = orderFlow(made);
  const looks: Record<number, number> = {};
  for (const [block, need] of budgetChecks(made, order).entries())
    if (need > 0) looks[order.offsets[block] as number] = need;
  return looks;
}

function graph(entries: readonly number[], edges: Edges): FlowGraph {
  const blocks = new Map<number, Block>();
  for (const [offset, [targets, length]] of Object.entries(edges)) {
    const instructions = Array.from({ length }, () => ({})) as unknown as Block['instructions'];
    blocks.set(Number(offset), { offset: Number(offset), instructions, successors: [...new Set(targets)] });
  }
  return { blocks, entries };
}
