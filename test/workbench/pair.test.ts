import assert from 'node:assert/strict';
import { openFolder } from './harness.ts';

describe('workbench/pair', () => {
  it('runs two guests side by side, and stops only in the one that the condition names', async () => {
    const window = await openFolder('sample-guests/pair', {
      beside: ['sample-guests/kernel'],
      theme: 'dark',
    });
    await window.openFile('README.md');
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.command('Terminal: Focus Terminal Tabs View');
    const tabs = window.page.locator('.tabs-list .monaco-list-row');
    assert.deepEqual(
      (await tabs.allTextContents()).map((text) => text.trim()),
      ['Guest a', 'Guest b'],
    );
    await window.screenshot('pair');
    await window.debug.stopOn('VM exit: Device store', 'guest == "b"');

    await tabs.filter({ hasText: 'Guest a' }).click();
    await window.typeInTerminal('hello\n');
    await window.waitForTerminal(/Hello from process[^]*\$$/);

    await tabs.filter({ hasText: 'Guest b' }).click();
    await window.typeInTerminal('h');
    await window.debug.waitForStop({ file: /^exit \d+, stage 0$/ });
    const threads = (await window.debug.wholeStack()).filter(({ kind }) => kind === 'thread');
    assert.deepEqual(
      threads.map(({ name }) => name.slice(0, 'a: vCPU 0'.length)),
      ['a: vCPU 0', 'b: vCPU 0'],
    );
    assert.match(threads[1]?.text ?? '', /VM exit: guest-page fault/);
    await window.screenshot('pair-exit');
    await window.showView('View: Show Strata', 'Guests');
    await window.waitForRow('Guests', /^a running/);
    await window.waitForRow('Guests', /^b running/);
    await window.waitForRow('Devices', /^a · uart0/);
    await window.waitForRow('Devices', /^b · uart0/);
    await window.screenshot('pair-views');
  });
});
