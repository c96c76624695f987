import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { openFolder } from './harness.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';

/** The sample kernel, stopped where the H of a program's `Hello` reaches the UART. */
async function stopAtExit(theme: 'light' | 'dark'): Promise<WorkbenchWindow> {
  const window = await openFolder(folder, { theme });
  await window.openFile('uart.c', 39);
  await window.debug.pressF5();
  await window.waitForTerminal(/\$$/);
  await window.debug.stopOn('VM exit: Device store', 'gpa == 0x10000000 && value == 72');
  await window.typeInTerminal('hello\n');
  await window.debug.waitForStop({ file: /^exit \d+, stage 0$/ });
  return window;
}

describe('workbench/views', () => {
  it('shows who owns the CPU, the exits, the walk and the devices at an exit', async () => {
    const window = await stopAtExit('dark');
    assert.match((await window.editor()).text, /^exit +The guest's kernel left/m);
    await window.screenshot('exit-explained');

    await window.showView('View: Show Strata', 'Guests');
    await window.waitForRow('Guests', /^CPU owner vmm/);
    await window.waitForRow('Guests', /^vCPU 0 .*VS/);
    await window.waitForRow('Guests', /^Memory 64 MiB at gpa 0x80000000/);
    await window.waitForRow('VM Exits', /^Device store [\d,]+ · \d+\.\d %/);
    await window.waitForRow('Page Tables', /\$pc|0xffff/);
    await window.waitForRow('Devices', /uart0/);
    await window.screenshot('views');

    const exits = (await window.rows('VM Exits')).flatMap(({ text }) => /^#(\d+)/.exec(text)?.[1] ?? []);
    assert.deepEqual(
      exits,
      exits.toSorted((a, b) => Number(b) - Number(a)),
      'the newest first',
    );
    await window.expandRow('VM Exits', new RegExp(`^#${exits[0] ?? ''} `));
    await window.waitForRow('VM Exits', /^scause 0x17$/);
    await window.waitForRow('VM Exits', /^device uart0\.THR$/);
    await window.waitForRow('VM Exits', /^4\. emulate/);

    await window.expandRow('Devices', /^pebble · uart0/);
    await window.expandRow('Devices', /^LSR 0x/);
    await window.waitForRow('Devices', /^THRE \[5\] 0x1/);
    await window.screenshot('views-opened');
  });

  it('has stack and views in sight at once, if one likes', async () => {
    const window = await stopAtExit('dark');
    await window.debug.collapse('Watch');
    const icon = window.page.locator('.activitybar [aria-label^="Strata"]').first();
    await window.chooseInMenu(icon, 'Move To', 'Secondary Side Bar');
    await window.view('Guests').waitFor();
    const bar = await window.page.locator('.part.auxiliarybar').boundingBox();
    assert(bar);
    await window.drag({ x: bar.x, y: 300 }, { x: 1180, y: 300 });
    await window.waitForRow('Guests', /^CPU owner vmm/);
    await window.waitForRow('VM Exits', /^Device store/);
    await window.waitForRow('Page Tables', /^VS-stage/);
    await window.waitForRow('Devices', /^pebble · uart0/);
    const picture = await window.screenshot('workbench');
    // The README's picture is this one.
    if (process.env['PICTURES'] === '1') {
      mkdirSync(join(root, 'docs/pictures'), { recursive: true });
      copyFileSync(picture, join(root, 'docs/pictures/workbench.png'));
    }
  });

  it('walks any address, and says where a fault goes', async () => {
    const window = await stopAtExit('light');
    await window.showView('View: Show Strata', 'Page Tables');
    await window.waitForRow('Page Tables', /^VS-stage \(Sv39\)/);
    await window.command('Strata: Walk an Address…');
    await window.answer('0x10');
    await window.waitForRow('Page Tables', /^0x10 \(read\) .*page fault/);
    await window.waitForRow('Page Tables', /^Why /);
    await window.screenshot('walk-fault');
  });

  it('shows memory of a space in an editor, and evaluates in the debug console', async () => {
    const window = await stopAtExit('light');
    assert.match(await window.debug.evaluate('$scause'), /0x/);
    assert.match(await window.debug.evaluate('exit.gpa'), /0x10000000/);
    assert.match(await window.debug.evaluate('current->pid'), /^\d+$/);
    await window.screenshot('console');
    await window.showView('View: Show Strata', 'Guests');
    const memory = await window.waitForRow('Guests', /^Memory /);
    await memory.locator.hover();
    await memory.locator.locator('.codicon-file-binary').last().click();
    await window.webview().getByText('0000000080000000').waitFor();
    await window.screenshot('memory');
    await window.command('Strata: View Memory of a Space…');
    await window.choose('Host-physical memory');
    await window.answer('0x80001000');
    // The editor that is hidden keeps its frame: the last one is in sight.
    await window.page.locator('.tab.active', { hasText: 'hpa' }).waitFor();
    await window.screenshot('memory-of-the-host');
  });
});
