import assert from 'node:assert/strict';
import { Keyboard } from '../../src/cli/keyboard.ts';

function typed(keyboard: Keyboard, text: string): readonly string[] {
  return keyboard
    .type(Buffer.from(text, 'latin1'))
    .map(({ console, bytes }) => `${console}:${Buffer.from(bytes).toString('latin1')}`);
}

describe('cli/keyboard', () => {
  it('gives keys to the first console, and after Control-^ to the next in turn', () => {
    const keyboard = new Keyboard(['a', 'b']);
    assert.deepEqual(typed(keyboard, 'ls\r'), ['a:ls\r']);
    assert.deepEqual(typed(keyboard, 'x\u001ey'), ['a:x', 'b:y']);
    assert.equal(keyboard.console, 'b');
    assert.deepEqual(typed(keyboard, '\u001ez'), ['a:z']);
    assert.deepEqual(typed(keyboard, '\u001e\u001e'), []);
    assert.equal(keyboard.console, 'a');
  });

  it('quits at Control-], and gives nobody what comes after it', () => {
    const keyboard = new Keyboard(['a']);
    assert.deepEqual(typed(keyboard, 'x\u001dy\u001ez'), ['a:x']);
    assert.equal(keyboard.wantsToQuit, true);
    assert.deepEqual(typed(keyboard, 'more'), []);
  });

  it('keeps all keys on the one console that there is', () => {
    assert.deepEqual(typed(new Keyboard(['a']), 'x\u001ey'), ['a:x', 'a:y']);
    assert.deepEqual(typed(new Keyboard([]), 'x\u001ey'), []);
  });
});
