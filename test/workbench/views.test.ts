import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { openFolder } from './harness.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';

/** The sample kernel, stopped where a program's output reaches the UART. */
async function stopAtExit(theme: 'light' | 'dark'): Promise<WorkbenchWindow> {
  const window = await openFolder(folder, { theme });
  await window.debug.pressF5();
  await window.waitForTerminal(/\$$/);
  await window.debug.stopOn('VM exit: Device store', 'gpa == 0x10000000 && from == "kernel"');
  await window.typeInTerminal('hello\n');
  await window.debug.waitForStop({ file: 'exit' });
  return window;
}

describe('workbench/views', () => {
  it('shows who owns the CPU, the exits, the walk and the devices at an exit', async () => {
    const window = await stopAtExit('dark');
    assert.match((await window.editor()).text, /exit/);
    await window.showView('View: Show Strata', 'Guests');
    await window.waitForRow('Guests', /^CPU owner vmm/);
    await window.waitForRow('Guests', /^vCPU 0 .*VS/);
    await window.waitForRow('Guests', /^Memory 64 MiB at gpa 0x80000000/);
    await window.waitForRow('VM Exits', /^Device store [\d,]+ · \d+\.\d %/);
    await window.waitForRow('Page Tables', /\$pc/);
    await window.waitForRow('Devices', /uart0/);
    await window.screenshot('views');
    if (process.env['PICTURES'] !== undefined) {
      const picture = await window.screenshot('picture');
      copyFileSync(picture, join(root, 'docs/pictures/workbench.png'));
    }
  });
});
