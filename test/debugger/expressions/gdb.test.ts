import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { Evaluator } from '../../../src/debugger/expressions/evaluator.ts';
import { GDB, needsTools } from '../../symbols/toolchain.ts';
import { Pebble } from '../fixture.ts';

const image = fileURLToPath(new URL('../../../sample-guests/kernel/build/pebble.elf', import.meta.url));

/** gdb's values of expressions that need no running program, in the image's types. */
function byGdb(expressions: readonly string[]): readonly string[] {
  const commands = expressions.flatMap((text) => ['-ex', `output ${text}`, '-ex', String.raw`echo \n`]);
  return execFileSync(GDB, ['-batch', '-nx', image, ...commands], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split('\n');
}

const literal = fc.constantFrom(
  ...'0 1 2 7 100 255 256 65535 0x7fffffff 2147483648 0x80000000 0xffffffff 4294967295 0x123456789abcdef0'.split(
    ' ',
  ),
  ...'0x8000000000000000 0xffffffffffffffff 1u 3u 1ul'.split(' '),
  "'a'",
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    literal,
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom(...'+ - * & | ^ < <= > >= == != && ||'.split(' ')),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('/', '%'), fc.constantFrom('3', '7u', '10', '0x10000000001'))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('<<', '>>'), fc.integer({ min: 0, max: 31 }))
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc
      .tuple(fc.constantFrom('-', '~', '!', '+'), tie('expression'))
      .map(([operator, of]) => `(${operator}${of})`),
    fc
      .tuple(
        fc.constantFrom(
          'char',
          'unsigned char',
          'short',
          'int',
          'unsigned',
          'long',
          'unsigned long',
          'uint16_t',
        ),
        tie('expression'),
      )
      .map(([type, of]) => `((${type})${of})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
  ),
}));

describe('debugger/expressions, compared with gdb', function () {
  needsTools(this, GDB);

  it('computes the same', () => {
    const pebble = new Pebble('none', 'hello');
    const evaluator = new Evaluator(pebble.target);
    const expressions = fc.sample(expression, { numRuns: 250, seed: 231 }).map((text) => `(${text}) + 0`);
    const expected = byGdb(expressions);
    assert.equal(expected.length, expressions.length);
    const own = expressions.map((text) => {
      const result = evaluator.evaluate(text, pebble.context());
      return result.ok ? result.variable.value : result.message;
    });
    for (const [index, text] of expressions.entries())
      assert.equal(plain(own[index] ?? ''), plain(expected[index] ?? ''), text);
  });
});

/** Decimal: large numbers are shown in hexadecimal. */
function plain(value: string): string {
  return /^-?(0x[0-9a-f]+|\d+)$/.test(value) ? String(BigInt(value)) : value;
}
