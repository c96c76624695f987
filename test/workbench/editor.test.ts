import assert from 'node:assert/strict';
import { openFolder } from './harness.ts';

describe('workbench/editor', () => {
  it('shows the source of a sample guest at a line', async () => {
    const window = await openFolder('sample-guests/hello', { theme: 'dark' });
    await window.openFile('hello.S', 22);
    const { name, text } = await window.editor();
    assert.equal(name, 'hello.S');
    assert.match(text, /^_start:$/m);
    await window.screenshot('hello-source');
  });
});
