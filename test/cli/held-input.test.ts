import assert from 'node:assert/strict';
import { HeldInput } from '../../src/cli/held-input.ts';

describe('cli/held-input', () => {
  it('keeps what comes until it is released, and its order', () => {
    const typed: string[] = [];
    const input = new HeldInput((bytes) => typed.push(Buffer.from(bytes).toString()));
    input.receive(Buffer.from('first'));
    input.receive(Buffer.from('second'));
    assert.deepEqual(typed, []);
    input.release();
    input.receive(Buffer.from('third'));
    input.release();
    assert.deepEqual(typed, ['first', 'second', 'third']);
  });
});
