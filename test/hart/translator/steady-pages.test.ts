import assert from 'node:assert/strict';
import fc from 'fast-check';
import { exploreFlow } from '../../../src/hart/translator/flow-graph.ts';
import { dominates, orderFlow } from '../../../src/hart/translator/flow-order.ts';
import { steadyAccesses } from '../../../src/hart/translator/steady-pages.ts';
import { decode } from '../../../src/isa/decode.ts';
import { op } from '../fixture.ts';

describe('hart/translator/steady-pages', () => {
  it('shares the memory of a page in a loop among accesses by a register that walks', () => {
    const walk = [
      op('ld', { rd: 10, rs1: 11, imm: 0 }),
      op('ld', { rd: 10, rs1: 11, imm: 8 }),
      op('addi', { rd: 11, rs1: 11, imm: 16 }),
      op('bne', { rs1: 10, rs2: 0, imm: -12 }),
    ];
    assert.deepEqual(steadyIn(walk, [0]).accesses, [1, 1]);
  });

  it('has every way to an access lead past where its page is forgotten, whatever leads where', () => {
    const branches = fc.integer({ min: -6, max: 6 }).map((to) => op('bne', { rs1: 11, rs2: 0, imm: 4 * to }));
    const jumps = fc.integer({ min: -12, max: 12 }).map((to) => op('jal', { rd: 0, imm: 4 * to }));
    const load = op('ld', { rd: 10, rs1: 12, imm: 0 });
    let inLoops = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(branches, branches, jumps, fc.constant(load)), { minLength: 12, maxLength: 12 }),
        fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 3 }),
        (words, entries) => {
          const { accesses, isDominated } = steadyIn(words, entries);
          inLoops += accesses.filter((head) => head > 0).length;
          assert.ok(isDominated);
        },
      ),
      { numRuns: 1000 },
    );
    assert.ok(inLoops > 100, `${inLoops} accesses in loops`);
  });
});

/** Of the steady accesses: the blocks at whose head their page is forgotten, and whether those dominate them. */
function steadyIn(
  words: readonly number[],
  entries: readonly number[],
): { readonly accesses: readonly number[]; readonly isDominated: boolean } {
  const code = {
    at: (offset: number) =>
      words[offset / 4] === undefined ? undefined : decode(words[offset / 4] as number),
  };
  const graph = exploreFlow(
    code,
    entries.map((entry) => 4 * entry),
    { calls: 'followed', limit: 100 },
  );
  const order = orderFlow(graph);
  const steady = steadyAccesses(graph, order);
  const accesses: number[] = [];
  let isDominated = true;
  for (const [offset, { instructions }] of graph.blocks) {
    for (const instruction of instructions) {
      const head = steady.get(instruction)?.head;
      if (head === undefined) continue;
      accesses.push(head);
      isDominated &&= dominates(order, head, order.numberOf.get(offset) as number);
    }
  }
  return { accesses, isDominated };
}
