/** The machine runs in a browser's worker as it does in Node, and comes to the same state. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'rolldown';
import { historyOf, type HistoryOf } from './history.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const kernel = readFileSync(new URL('../../../sample-guests/kernel/build/pebble.elf', import.meta.url));

describe('slow: the machine in a worker of Chromium', () => {
  let browser: Browser | undefined;

  before(async function () {
    if (!existsSync(executablePath) && !process.env['CI']) {
      console.log(`      ${executablePath} is missing: the machine is not run in a browser`);
      this.skip();
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });

  after(() => browser?.close());

  it('has the state that it has in Node, after every ten million steps', async () => {
    assert.ok(browser);
    const there = await inChromium(browser);
    const here = historyOf(kernel);
    console.log(
      `      ${there.milliseconds.toFixed(0)} ms in Chromium ${browser.version()}, ${here.milliseconds.toFixed(0)} ms in Node`,
    );
    assert.deepEqual(there.hashes, here.hashes);
    assert.equal(new Set(here.hashes).size, here.hashes.length);
    assert.equal(there.printed, here.printed);
    assert.match(there.printed, /count: 5 of 5/);
    assert.ok(there.translations > 0, 'something was translated');
  });
});

async function inChromium(browser: Browser): Promise<HistoryOf> {
  const worker = fileURLToPath(new URL('worker.ts', import.meta.url));
  const { output } = await build({
    input: worker,
    write: false,
    platform: 'browser',
    logLevel: 'warn',
    output: { format: 'iife' },
  });
  const page = await browser.newPage();
  return page.evaluate(
    ([source, bytes]) =>
      new Promise<HistoryOf>((resolve, reject) => {
        const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
        const thread = new Worker(url);
        thread.addEventListener('message', ({ data }: MessageEvent<HistoryOf>) => resolve(data));
        thread.addEventListener('error', ({ message }) => reject(new Error(message)));
        const elf = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
        thread.postMessage(elf, [elf.buffer]);
      }),
    [output[0].code, kernel.toString('base64')] as const,
  );
}
