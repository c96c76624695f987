/** Boots Linux once, and prints steps and seconds as JSON: for linux.ts. Arguments: kernel, initramfs, command line, harts. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { flatImage } from '../src/machine/image.ts';
import { createMachine } from '../src/machine/machine.ts';
import { timed } from './measure.ts';

const [kernel = '', initrd = '', bootArguments = '', harts = ''] = process.argv.slice(2);
let steps = 0;
const seconds = timed(() => {
  const machine = createMachine({
    image: flatImage(readFileSync(kernel), 0x8020_0000n),
    initrd: readFileSync(initrd),
    bootArguments,
    harts: Number(harts),
    ramBytes: 512 * 2 ** 20,
    output: () => undefined,
  });
  const stop = machine.run();
  assert.ok(stop.kind === 'exit' && stop.code === 0, `Linux ended with ${JSON.stringify(stop)}`);
  ({ steps } = machine);
});
console.log(JSON.stringify({ steps, seconds }));
