import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/root.ts';
import { openFolder } from './harness.ts';
import { waitFor } from './wait.ts';
import type { WorkbenchWindow } from './window.ts';

const folder = 'sample-guests/kernel';

function launchJson(configuration: object): Record<string, string> {
  const configurations = [{ type: 'strata', request: 'launch', name: 'mine', ...configuration }];
  return { '.vscode/launch.json': JSON.stringify({ version: '0.2.0', configurations }, undefined, 2) };
}

async function waitForDialog(window: WorkbenchWindow): Promise<string> {
  const box = window.page.locator('.monaco-dialog-box');
  return waitFor('a dialog', async () =>
    (await box.isVisible()) ? ((await box.textContent()) ?? '') : undefined,
  );
}

describe('workbench/f5', () => {
  it('starts the only kernel of a folder that has no launch.json, with its programs', async () => {
    const window = await openFolder(folder, { without: ['.vscode'] });
    await window.openFile('programs/hello.c', 5);
    await window.press('F9');
    await window.debug.pressF5();
    await window.waitForTerminal(/\$$/);
    await window.typeInTerminal('hello\n');
    await window.debug.waitForStop({ file: 'hello.c', line: 5 });
    await window.screenshot('f5-without-launch-json');
  });

  it('says what is missing in a folder without a guest', async () => {
    const window = await openFolder('sample-guests/kernel/programs');
    await window.openFile('hello.c');
    await window.debug.pressF5();
    assert.match(await waitForDialog(window), /no guest in this folder.*launch\.json/);
    await window.screenshot('f5-no-guest');
  });

  it('shows what is wrong with a launch.json', async () => {
    const window = await openFolder(folder, {
      files: launchJson({ image: 'build/pebble.elf', memry: '5M', vmm: 'kvm' }),
    });
    await window.openFile('main.c');
    await window.debug.pressF5();
    const text = await waitForDialog(window);
    await window.screenshot('f5-malformed');
    assert.match(text, /Strata cannot launch "mine"/);
    assert.match(text, /memry: there is no such attribute; did you mean "memory"\?/);
    assert.match(text, /vmm: /);
  });

  it('says so when an image is a truncated ELF file', async () => {
    const image = readFileSync(join(root, folder, 'build/pebble.elf')).subarray(0, 3000);
    const window = await openFolder(folder, {
      files: { ...launchJson({ image: '${workspaceFolder}/build/short.elf' }), 'build/short.elf': image },
    });
    await window.openFile('main.c');
    await window.debug.pressF5();
    const text = await waitForDialog(window);
    await window.screenshot('f5-truncated');
    assert.match(text, /short\.elf: The file is truncated: .* Copy or build the file again\./);
  });
});
