import assert from 'node:assert/strict';
import { TestFinisher, type FinisherRequest } from '../../../src/machine/devices/test-finisher.ts';

describe('machine/devices/test-finisher', () => {
  it('passes, fails with a code and resets, and ignores all else', () => {
    const requests: FinisherRequest[] = [];
    const finisher = new TestFinisher({ request: (request) => requests.push(request) });
    for (const value of [0x5555n, 0x002a_3333n, 0x7777n, 0x1234n]) assert.ok(finisher.store(0, 4, value));
    assert.ok(finisher.store(4, 4, 0x5555n));
    assert.deepEqual(requests, [{ kind: 'exit', code: 0 }, { kind: 'exit', code: 42 }, { kind: 'reset' }]);
  });

  it('reads as zero and faults on byte accesses', () => {
    const finisher = new TestFinisher({ request: () => assert.fail('no request') });
    assert.equal(finisher.load(0, 4), 0n);
    assert.equal(finisher.store(0, 1, 0x55n), false);
  });
});
