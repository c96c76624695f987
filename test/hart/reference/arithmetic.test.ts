import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calculate, combine, extend, holds } from '../../../src/hart/reference/arithmetic.ts';

const every = 0xffff_ffff_ffff_ffffn;
const minimum = 1n << 63n;
const word = fc.oneof(fc.bigInt(0n, every), fc.constantFrom(0n, 1n, every, minimum, minimum - 1n));

describe('hart/reference/arithmetic', () => {
  it('divides by zero and overflows as Unpriv. 13.2 says', () => {
    assert.equal(calculate('div', 7n, 0n), every);
    assert.equal(calculate('divu', 7n, 0n), every);
    assert.equal(calculate('rem', 7n, 0n), 7n);
    assert.equal(calculate('remu', 7n, 0n), 7n);
    assert.equal(calculate('div', minimum, every), minimum);
    assert.equal(calculate('rem', minimum, every), 0n);
    assert.equal(calculate('div', -7n & every, 2n), -3n & every);
    assert.equal(calculate('rem', -7n & every, 2n), every);
  });

  it('gives the high halves of products, signed, unsigned and mixed', () => {
    assert.equal(calculate('mulhu', every, every), every - 1n);
    assert.equal(calculate('mulh', every, every), 0n);
    assert.equal(calculate('mulhsu', every, every), every);
    assert.equal(calculate('mulhsu', 2n, every), 1n);
  });

  it('shifts by the amount modulo 64', () => {
    assert.equal(calculate('sll', 1n, 65n), 2n);
    assert.equal(calculate('srl', minimum, 64n + 63n), 1n);
    assert.equal(calculate('sra', minimum, 63n), every);
  });

  it('keeps every result a 64-bit pattern', () => {
    const operators = [
      'add',
      'sub',
      'and',
      'or',
      'xor',
      'sll',
      'srl',
      'sra',
      'mul',
      'mulh',
      'mulhu',
    ] as const;
    const more = ['mulhsu', 'div', 'divu', 'rem', 'remu'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...operators, ...more), word, word, (operator, left, right) => {
        const result = calculate(operator, left, right);
        assert.equal(result, BigInt.asUintN(64, result));
      }),
    );
  });

  it('has of each comparison the opposite', () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        assert.notEqual(holds('eq', left, right), holds('ne', left, right));
        assert.notEqual(holds('lt', left, right), holds('ge', left, right));
        assert.notEqual(holds('ltu', left, right), holds('geu', left, right));
      }),
    );
    assert.ok(holds('lt', every, 0n));
    assert.ok(holds('ltu', 0n, every));
  });

  it('extends from a width, and takes minima and maxima within one', () => {
    assert.equal(extend(0x1_80n, 8, true), -128n & every);
    assert.equal(extend(0x1_80n, 8, false), 0x80n);
    const negative = 0xffff_fff0n;
    assert.equal(combine('min', 5n, negative, 32), negative);
    assert.equal(combine('max', 5n, negative, 32), 5n);
    assert.equal(combine('minu', 5n, negative, 32), 5n);
    assert.equal(combine('maxu', 5n, negative, 32), negative);
    assert.equal(combine('swap', 5n, 6n, 64), 6n);
  });
});
