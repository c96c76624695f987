import assert from 'node:assert/strict';
import { SampleSession } from '../sample-session.ts';

describe('debugger, changing what is debugged', () => {
  it('keeps what was written by hand on the way back to it', () => {
    const session = new SampleSession({
      placement: 'none',
      append: 'run="primes 500"',
      programs: ['primes'],
    });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'primes!is_prime' }]);
    session.runToStop();
    let changes = 0;
    session.core.onDidChange(() => changes++);
    assert.equal(session.evaluate('found = 1000'), '1000');
    assert.equal(changes, 1);
    session.step('over', 'instruction');
    session.step('over', 'instruction');
    session.step('over', 'instruction', 'backward');
    assert.equal(session.evaluate('found'), '1000');
  });
});
