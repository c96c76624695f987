import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  formatMemoryReference,
  parseMemoryReference,
  type MemoryReference,
} from '../../src/debugger/memory-reference.ts';

const address = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const guest = fc.stringMatching(/^[a-z][a-z0-9-]*$/);
const reference: fc.Arbitrary<MemoryReference> = fc.oneof(
  fc.record({ space: fc.constant('current' as const), address }, { noNullPrototype: true }),
  fc.record({ space: fc.constant('hpa' as const), address }, { noNullPrototype: true }),
  fc.record({ space: fc.constant('gpa' as const), guest, address }, { noNullPrototype: true }),
  fc.record({ space: fc.constant('gva' as const), guest, root: address, address }, { noNullPrototype: true }),
);

describe('protocol/memory-reference', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(reference, (value) =>
        assert.deepEqual(parseMemoryReference(formatMemoryReference(value)), value),
      ),
    );
  });

  it('refuses what is no reference', () => {
    for (const text of ['', 'hpa:', 'hpa:zz', 'gpa:0x0', 'gva:a:0x0', 'main', '0x', '99999999999999999999'])
      assert.equal(parseMemoryReference(text), undefined, text);
  });
});
