import assert from 'node:assert/strict';
import { lineOf } from '../debugger/sample-session.ts';
import { openFolder } from './harness.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';

describe('workbench/debugging', () => {
  it('stops in a process, in the kernel and at an exit, with one stack across the strata', async () => {
    const window = await openFolder(folder, { theme: 'dark' });
    await window.setBreakpoint('programs/hello.c', lineOf('kernel/programs/hello.c', 'print("Hello'));
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.screenshot('shell');
    await window.typeInTerminal('hello\n');
    const inProcess = await window.debug.waitForStop({ file: 'hello.c', line: 5 });
    assert.match(inProcess.name, /hello!main/);
    await window.screenshot('process');

    await window.setBreakpoint('uart.c', lineOf('kernel/uart.c', 'void uart_put(') + 1);
    await window.debug.press('continue');
    const inKernel = await window.debug.waitForStop({ file: 'uart.c' });
    assert.match(inKernel.name, /pebble!uart_put/);
    const names = (await window.debug.stackRows()).map(({ text }) => text).join('\n');
    assert.match(names, /ecall from VU: system call/);
    assert.match(names, /hello!main/);
    await window.screenshot('kernel');

    await window.debug.stopOn('VM exit: Device store', 'gpa == 0x10000000 && write');
    await window.debug.press('continue');
    const atExit = await window.debug.waitForStop({ file: /^exit/.source });
    assert.match(atExit.name, /vmm!exit/);
    await window.screenshot('exit');
    await showViews(window);
  });
});

async function showViews(window: WorkbenchWindow): Promise<void> {
  await window.showView('View: Show Strata', 'Guests');
  await window.waitForRow('Guests', /CPU owner/);
  await window.waitForRow('VM Exits', /By reason/);
  await window.waitForRow('Page Tables', /\$pc/);
  await window.waitForRow('Devices', /uart/i);
  await window.screenshot('views');
}
