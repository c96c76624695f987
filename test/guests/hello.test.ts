import assert from 'node:assert/strict';
import { missingQemu, runInQemu } from './qemu.ts';

describe('sample-guests/hello', function () {
  before(function () {
    const reason = missingQemu();
    if (reason === undefined) return;
    console.warn(`        skipped: ${reason}`);
    this.skip();
  });

  it('greets from S mode through the firmware and shuts down', async () => {
    const { output, exitCode } = await runInQemu({ image: 'hello/build/hello.elf' });
    assert.match(output, /\nHello from S mode: the layer below printed this for me\.\n$/);
    assert.equal(exitCode, 0);
  });

  it('greets from M mode with no firmware and ends through the test finisher', async () => {
    const { output, exitCode } = await runInQemu({ image: 'hello/build/hello-m.elf', bios: 'none' });
    assert.equal(output, 'Hello from M mode: I wrote every character to the UART myself.\n');
    assert.equal(exitCode, 0);
  });
});
