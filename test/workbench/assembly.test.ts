import assert from 'node:assert/strict';
import { openFolder } from './harness.ts';
import { waitFor } from './wait.ts';
import type { WorkbenchWindow } from './window.ts';

async function hover(window: WorkbenchWindow, line: string, word: string): Promise<string> {
  await window.page.keyboard.press('Escape');
  await window.page.locator('.view-line', { hasText: line }).first().getByText(word).first().hover();
  const box = window.page.locator('.monaco-hover .hover-contents').first();
  return waitFor(`a hover on ${word}`, async () => {
    const text = (await box.isVisible()) ? await box.textContent() : '';
    return text === null || text === '' || text.startsWith('Loading') ? undefined : text;
  });
}

describe('workbench/assembly', () => {
  it('colours, explains, outlines and links RISC-V assembly', async () => {
    const window = await openFolder('sample-guests/kernel', { theme: 'dark' });
    await window.openFile('trap.S', 29);
    const colours = await window.page
      .locator('.view-line', { hasText: 'csrrw' })
      .first()
      .locator('span > span')
      .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).color));
    assert.ok(new Set(colours).size >= 3, `mnemonic, register and comment differ: ${colours.join(' ')}`);
    assert.match(await hover(window, 'csrrw', 'csrrw'), /CSR/);
    await window.screenshot('assembly-hover');
    assert.match(await hover(window, 'csrrw', 'sscratch'), /Supervisor [Ss]cratch|sscratch/);
    await window.screenshot('assembly-hover-csr');
    await window.command('Explorer: Focus on Outline View');
    await window.waitForRow('Outline', /trap_entry/);
    await window.screenshot('assembly-outline');
    await window.openFile('trap.S', 28);
    await window.page
      .locator('.view-line', { hasText: 'bnez' })
      .first()
      .getByText('make_frame')
      .first()
      .click();
    await window.press('F12');
    await window.page.locator('.statusbar-item', { hasText: /^\s*Ln 31,/ }).waitFor();
    await window.screenshot('assembly-definition');
  });
});
