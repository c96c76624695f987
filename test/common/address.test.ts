import assert from 'node:assert/strict';
import { formatAddress, gva } from '../../src/common/address.ts';

describe('common/address', () => {
  it('takes any bigint as a 64-bit pattern', () => {
    assert.equal(formatAddress(gva(-1n)), '0xffffffffffffffff');
  });
});
