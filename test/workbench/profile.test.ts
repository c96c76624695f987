import assert from 'node:assert/strict';
import { openFolder } from './harness.ts';
import { waitFor } from './wait.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';

/** Waits for VS Code's own view of a profile, and gives what it says. */
async function profileText(window: WorkbenchWindow): Promise<string> {
  await window.page.locator('.tab.selected', { hasText: '.cpuprofile' }).waitFor();
  const body = window.webview().locator('body');
  return waitFor('the rows of a profile', async () => {
    const text = await body.innerText();
    return /Self Time/.test(text) && /!/.test(text) ? text : undefined;
  });
}

describe('workbench/profile', () => {
  it('takes a profile of the guest by command, and opens it', async () => {
    const window = await openFolder(folder, { theme: 'dark' });
    await window.openFile('programs/primes.c');
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.command('Strata: Profile Guest…');
    await window.choose('Until I stop it');
    const item = window.page.locator('.statusbar-item', { hasText: 'Profiling' });
    await item.waitFor();
    await window.typeInTerminal('primes 20000\n');
    await window.waitForTerminal(/primes.*\n\$$/s);
    await window.screenshot('profiling');
    await item.click();
    assert.match(await profileText(window), /\d\.\d\dms\s+primes!is_prime\s.*primes\.c:7/);
    await item.waitFor({ state: 'hidden' });
    await window.screenshot('profile');
    assert.deepEqual(await window.notifications(), []);
  });

  it('takes a profile until the guest stops', async () => {
    const window = await openFolder(folder, { theme: 'light' });
    await window.openFile('syscall/process.c');
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.showView('View: Show Strata', 'Guests');
    await window.view('Guests').hover();
    await window.view('Guests').getByRole('button', { name: 'Profile Guest' }).click();
    await window.choose('Until the guest stops');
    await window.typeInTerminal('primes 20000\n');
    await window.waitForTerminal(/primes.*\n\$$/s);
    await window.debug.press('pause');
    await window.debug.waitForStop({ file: 'scheduler.c' });
    assert.match(await profileText(window), /primes!is_prime/);
    assert.equal((await window.editor()).name, 'scheduler.c', 'where it has stopped, beside it');
    await window.command('Debug Console: Focus on Debug Console View');
    await window.page.locator('.repl', { hasText: /samples, one in 99,991 steps/ }).waitFor();
    await window.screenshot('profile-until-stop');
  });

  it('profiles a whole session where launch.json says so', async () => {
    const configuration = {
      type: 'strata',
      request: 'launch',
      name: 'mine',
      image: '${workspaceFolder}/build/pebble.elf',
      programs: ['${workspaceFolder}/build/primes.elf'],
      append: 'run=primes',
      profile: '${workspaceFolder}/build/primes.cpuprofile',
      profileInterval: 4999,
    };
    const files = { '.vscode/launch.json': JSON.stringify({ configurations: [configuration] }) };
    const window = await openFolder(folder, { theme: 'light', files });
    await window.openFile('programs/primes.c');
    await window.debug.pressF5();
    const text = await profileText(window);
    for (const name of ['primes!is_prime', '[process]', '[kernel]', 'pebble!kernel_main'])
      assert.ok(text.includes(name), `${name} in ${text}`);
    await window.debug.waitForEnd();
    await window.screenshot('profile-of-launch');
    assert.deepEqual(await window.notifications(), []);
  });
});
