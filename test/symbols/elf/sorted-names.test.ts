import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { SortedNames } from '../../../src/symbols/elf/sorted-names.ts';

/** A string table with these names one after the other; entry n is the nth of them. */
function sortedNames(names: readonly string[]): SortedNames {
  const parts = names.map((name) => [...encodeUtf8(name), 0]);
  const offsets = parts.map((_, index) => parts.slice(0, index).flat().length);
  const entries = Uint32Array.from(names, (_, index) => index);
  return new SortedNames(Uint8Array.from(parts.flat()), entries, (entry) => offsets[entry] ?? 0);
}

const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'é', '\u{10348}'), maxLength: 5 });

describe('symbols/elf/sorted-names', () => {
  it('finds all entries of a name in the order given, and those that begin so', () => {
    const names = sortedNames(['run', 'init', 'run', 'run.part.0', 'runner', 'ru', '']);
    assert.deepEqual([...names.equalTo('run')], [0, 2]);
    assert.deepEqual([...names.startingWith('run')], [0, 2, 3, 4]);
    assert.deepEqual([...names.startingWith('run.')], [3]);
    assert.deepEqual([...names.equalTo('runn')], []);
    assert.deepEqual([...names.equalTo('')], [6]);
    assert.equal(names.startingWith('').length, 7);
  });

  it('agrees with looking at every name', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), name, (names, wanted) => {
        const sorted = sortedNames(names);
        const indices = (isWanted: (text: string) => boolean): readonly number[] =>
          names.flatMap((text, index) => (isWanted(text) ? [index] : []));
        assert.deepEqual(
          [...sorted.equalTo(wanted)],
          indices((text) => text === wanted),
        );
        assert.deepEqual(
          [...sorted.startingWith(wanted)].toSorted((a, b) => a - b),
          indices((text) => text.startsWith(wanted)),
        );
      }),
    );
  });
});
