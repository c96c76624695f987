import assert from 'node:assert/strict';
import { openFolder } from './harness.ts';
import { waitFor } from './wait.ts';
import type { WorkbenchWindow } from './window.ts';

/** Points at a word of the first line in sight that fits. */
async function pointAt(window: WorkbenchWindow, fits: RegExp, word: string): Promise<void> {
  const line = window.page.locator('.view-line', { hasText: fits }).first();
  const place = await line.evaluate((element, wanted) => {
    const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const start = walker.currentNode.nodeValue?.indexOf(wanted) ?? -1;
      if (start < 0) continue;
      const range = element.ownerDocument.createRange();
      range.setStart(walker.currentNode, start);
      range.setEnd(walker.currentNode, start + wanted.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    return undefined;
  }, word);
  assert.ok(place, `${word} stands in the line`);
  await window.page.mouse.move(place.x, place.y, { steps: 3 });
}

/** Points at it again now and then: while the extension starts, the editor has nobody to ask. */
async function hover(window: WorkbenchWindow, fits: RegExp, word: string): Promise<string> {
  const box = window.page.locator('.monaco-hover .hover-contents', { hasText: word }).first();
  return waitFor(`a hover on ${word}`, async () => {
    await window.page.mouse.move(0, 0);
    await pointAt(window, fits, word);
    const shown = await box.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
    return shown ? ((await box.textContent()) ?? '') : undefined;
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
    assert.match(await hover(window, /csrrw/, 'csrrw'), /CSR/);
    await window.screenshot('assembly-hover', { mouse: 'stays' });
    assert.match(await hover(window, /csrrw/, 'sscratch'), /[Ss]upervisor/);
    await window.screenshot('assembly-hover-csr', { mouse: 'stays' });
    await window.command('Explorer: Focus on Outline View');
    await window.waitForRow('Outline', /trap_entry/);
    await window.screenshot('assembly-outline');
    await window.openFile('trap.S', 28);
    await pointAt(window, /bnez/, 'make_frame');
    await window.page.mouse.down();
    await window.page.mouse.up();
    await window.press('F12');
    await window.page.locator('.statusbar-item', { hasText: /^\s*Ln 31,/ }).waitFor();
    await window.screenshot('assembly-definition');
  });
});
