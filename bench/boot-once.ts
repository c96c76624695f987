/** Boots the sample kernel once, `bare` or `hosted`, and prints the seconds that took as JSON: for boot.ts. */
import assert from 'node:assert/strict';
import { createMachine } from '../src/machine/machine.ts';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { loadSample } from '../test/vmm/sample-image.ts';
import { timed } from './measure.ts';

const seconds = timed(() => {
  const image = loadSample('kernel/build/pebble.elf');
  const bootArguments = 'run=hello';
  let printed = '';
  const output = (_: string, byte: number): void => {
    printed += String.fromCharCode(byte);
  };
  const machine =
    process.argv[2] === 'hosted'
      ? createHostedMachine({ guests: [{ name: 'guest', software: { image, bootArguments } }], output })
          .machine
      : createMachine({ image, bootArguments, output });
  assert.deepEqual(machine.run().kind, 'exit');
  assert.match(printed, /Hello from process/);
});
console.log(JSON.stringify(seconds));
