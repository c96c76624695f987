import assert from 'node:assert/strict';
import { parseHitCondition } from '../../../src/debugger/breakpoints/hit-condition.ts';

describe('debugger/breakpoints/hit-condition', () => {
  const rows: readonly (readonly [string, readonly number[]])[] = [
    ['3', [3]],
    ['== 3', [3]],
    [' = 3 ', [3]],
    ['> 3', [4, 5, 6]],
    ['>=3', [3, 4, 5, 6]],
    ['< 3', [1, 2]],
    ['<= 3', [1, 2, 3]],
    ['% 2', [2, 4, 6]],
  ];
  for (const [text, stops] of rows)
    it(`stops by '${text}'`, () => {
      const condition = parseHitCondition(text);
      assert.ok(condition);
      assert.deepEqual([1, 2, 3, 4, 5, 6].filter(condition), stops);
    });

  it('takes nothing else', () => {
    for (const text of ['', 'x', '3 4', '!3', '% 0', '-1', '1.5'])
      assert.equal(parseHitCondition(text), undefined);
  });
});
