/** Boots Linux once, and prints what that took as JSON: for linux.ts. Arguments: kernel, initramfs, command line, harts, clock. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { yieldToGuest } from '../src/dap/background-threads.ts';
import { flatImage } from '../src/machine/image.ts';
import { createMachine } from '../src/machine/machine.ts';
import { timed } from './measure.ts';

const [kernel = '', initrd = '', bootArguments = '', harts = '', clockHertz = ''] = process.argv.slice(2);
// As the command line and the debug adapter do.
yieldToGuest();
let steps = 0;
const started = mainThreadSeconds();
const seconds = timed(() => {
  const machine = createMachine({
    image: flatImage(readFileSync(kernel), 0x8020_0000n),
    initrd: readFileSync(initrd),
    bootArguments,
    harts: Number(harts),
    clockHertz: Number(clockHertz),
    ramBytes: 512 * 2 ** 20,
    output: () => undefined,
  });
  const stop = machine.run();
  assert.ok(stop.kind === 'exit' && stop.code === 0, `Linux ended with ${JSON.stringify(stop)}`);
  ({ steps } = machine);
});
console.log(JSON.stringify({ ...seconds, mainThread: mainThreadSeconds() - started, instructions: steps }));

/** CPU time of this thread: V8 compiles on others. Not a number where the system does not tell. */
function mainThreadSeconds(): number {
  const file = '/proc/thread-self/schedstat';
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e9 : Number.NaN;
}
