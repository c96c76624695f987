import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isGlob, matchesGlob } from '../../src/symbols/glob.ts';

describe('symbols/glob', () => {
  it('agrees with the regular expression that means the same', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        assert.equal(matchesGlob(pattern, name), expression.test(name));
      }),
    );
  });

  it('ends soon on a pattern of many stars', () => {
    assert.equal(matchesGlob('*a'.repeat(1000), 'a'.repeat(999)), false);
  });

  it('tells a pattern from a name', () => {
    assert.ok(isGlob('sys_*') && isGlob('sys_?') && !isGlob('sys_read'));
  });
});
