import assert from 'node:assert/strict';
import { lineOf } from '../debugger/sample-session.ts';
import { openFolder } from './harness.ts';

const folder = 'sample-guests/kernel';
const source = 'kernel/programs/primes.c';

describe('workbench/watchpoints', () => {
  it('stops where a variable changes, set by its menu, and goes back to the change before', async () => {
    const window = await openFolder(folder, { theme: 'dark' });
    await window.setBreakpoint('programs/primes.c', lineOf(source, 'found++'));
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.typeInTerminal('primes 1000\n');
    await window.debug.waitForStop({ file: 'primes.c', line: lineOf(source, 'found++') });
    await window.command('Remove All Breakpoints');
    await window.debug.expandVariable(/^Globals of primes/);
    const found = await window.waitForRow('Variables', /^found = 0$/);
    await window.chooseInMenu(found.locator, 'Break on Value Change');
    await window.waitForRow('Breakpoints', /primes!found/);
    for (const value of [1, 2]) {
      await window.debug.press('continue');
      await window.debug.waitForStop({ file: 'primes.c' });
      await window.waitForRow('Variables', new RegExp(`^found = ${value}$`));
    }
    await window.screenshot('watchpoint');
    await window.debug.press('reverse');
    await window.waitForRow('Variables', /^found = 1$/);
    await window.debug.waitForStop({ file: 'primes.c' });
    await window.screenshot('watchpoint-back');
    assert.deepEqual(await window.notifications(), []);
  });
});
