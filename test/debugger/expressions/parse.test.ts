import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseExpression } from '../../../src/debugger/expressions/parse.ts';
import type { Expression } from '../../../src/debugger/expressions/syntax.ts';

/** Fully bracketed text of a tree: shows its shape. */
function shape(e: Expression): string {
  switch (e.kind) {
    case 'number':
      return e.value.toString();
    case 'string':
      return JSON.stringify(e.value);
    case 'name':
      return e.image === undefined ? e.name : `${e.image}!${e.name}`;
    case 'register':
      return `$${e.name}`;
    case 'unary':
      return `(${e.operator}${shape(e.operand)})`;
    case 'binary':
      return `(${shape(e.left)} ${e.operator} ${shape(e.right)})`;
    case 'conditional':
      return `(${shape(e.condition)} ? ${shape(e.whenTrue)} : ${shape(e.whenFalse)})`;
    case 'member':
      return `(${shape(e.object)}${e.arrow ? '->' : '.'}${e.name})`;
    case 'index':
      return `(${shape(e.object)}[${shape(e.index)}])`;
    case 'slice':
      return `(${shape(e.object)}[${shape(e.from)}..${shape(e.to)}])`;
    case 'call':
      return `${shape(e.callee)}(${e.arguments.map(shape).join(', ')})`;
    case 'cast':
      return `((${e.type.words.join(' ')}${'*'.repeat(e.type.pointers)})${shape(e.operand)})`;
    case 'sizeof':
      return 'words' in e.operand ? `sizeof(${e.operand.words.join(' ')})` : `sizeof(${shape(e.operand)})`;
    case 'assignment':
      return `${shape(e.target)} = ${shape(e.value)}`;
  }
}
const parse = (text: string) => parseExpression(text, (name) => name === 'uint64_t' || name === 'pte_t');

describe('debugger/expressions/parse', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['a - b - c', '((a - b) - c)'],
    ['gpa == 0x10000000 && write', '((gpa == 268435456) && write)'],
    ['guest == "b"', '(guest == "b")'],
    ['*p->next[3].x', '(*(((p->next)[3]).x))'],
    ['&table[0..8]', '(&(table[0..8]))'],
    ['(uint64_t)-1 >> 3', '(((uint64_t)(-1)) >> 3)'],
    ['(struct process *)$a0', '((struct process*)$a0)'],
    ['(a) - 1', '(a - 1)'],
    ['$mstatus.MPP', '($mstatus.MPP)'],
    ['sh!buf[2]', '(sh!buf[2])'],
    ['a != b', '(a != b)'],
    ['!a', '(!a)'],
    ['gpa(0x80000000)', 'gpa(2147483648)'],
    ['x = y ? 1 : 2', 'x = (y ? 1 : 2)'],
    ["c == 'a'", '(c == 97)'],
    ['sizeof(struct trap_frame) + sizeof x', '(sizeof(struct trap_frame) + sizeof(x))'],
    ['017 + 0b11', '(15 + 3)'],
  ];
  for (const [text, expected] of rows)
    it(`reads ${text}`, () => {
      const result = parse(text);
      assert.ok(result.ok, result.ok ? '' : result.error.message);
      assert.equal(shape(result.expression), expected);
    });

  const faults: readonly (readonly [string, string, number])[] = [
    ['', 'an expression is missing', 0],
    ['1 +', 'a value is missing at the end', 3],
    ['f(1', "')' is missing here", 3],
    ['a b', 'the expression should end here', 2],
    ['"open', 'this quote is never closed', 0],
    ['3 # 4', "'#' has no meaning here", 2],
    ['12abc', "'12a' is no number", 0],
    ['p->', 'the name of a member is missing', 3],
  ];
  for (const [text, message, column] of faults)
    it(`points at the fault in '${text}'`, () => {
      const result = parse(text);
      assert.ok(!result.ok);
      assert.equal(result.error.message, message);
      assert.equal(result.error.span.start, column);
    });

  it('answers anything at all, however deep', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '*',
      '&',
      '-',
      '!',
      '$',
      'a',
      '1',
      '.',
      '..',
      '->',
      '"',
      ' ',
      '?',
      ':',
      '=',
      'sizeof',
      '(int)',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        parse(pieces.join(''));
      }),
      { numRuns: 2000 },
    );
    assert.ok(!parse('('.repeat(100_000)).ok);
    assert.ok(!parse('-'.repeat(100_000)).ok);
  });
});
