import assert from 'node:assert/strict';
import { standardType } from '../../src/symbols/standard-types.ts';
import { sizeOf } from '../../src/symbols/types.ts';
import { typeName } from '../../src/symbols/type-names.ts';

describe('symbols/standard-types', () => {
  const cases: readonly [string, string, number][] = [
    ['char', 'char', 1],
    ['unsigned char', 'unsigned char', 1],
    ['short', 'short', 2],
    ['unsigned', 'unsigned int', 4],
    ['signed', 'int', 4],
    ['int long unsigned', 'unsigned long', 8],
    ['long long', 'long long', 8],
    ['unsigned short int', 'unsigned short', 2],
    ['uint64_t', 'unsigned long', 8],
    ['int8_t', 'signed char', 1],
    ['size_t', 'unsigned long', 8],
    ['bool', '_Bool', 1],
    ['double', 'double', 8],
    ['unsigned __int128', 'unsigned __int128', 16],
  ];
  for (const [words, name, size] of cases) {
    it(`reads ${words} as ${name} of ${size} bytes`, () => {
      const type = standardType(words.split(' '));
      assert.ok(type);
      assert.equal(typeName(type), name);
      assert.equal(sizeOf(type), size);
    });
  }

  for (const words of [
    '',
    'long double',
    'short long',
    'unsigned signed',
    'long long long',
    'int int',
    'frob',
    'unsigned float',
    'constructor',
    'toString int',
  ]) {
    it(`refuses '${words}'`, () => {
      assert.equal(standardType(words.split(' ')), undefined);
    });
  }

  it('knows void, which has no size', () => {
    const type = standardType(['void']);
    assert.equal(type?.kind, 'void');
    assert.equal(type && sizeOf(type), undefined);
  });
});
