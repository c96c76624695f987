import assert from 'node:assert/strict';
import { createHostedMachine } from '../../../src/vmm/hosted-machine.ts';
import { loadSample } from '../../vmm/sample-image.ts';

const mebibyte = 0x10_0000;
const pebble = loadSample('kernel/build/pebble.elf');
const hiddenSecret = 'gur-pbbx-arire-fyrrcf'; // what programs/secret.c keeps, in ROT13

describe('vmm, with pebble twice', () => {
  it('hides the secret of one guest from another that searches all physical memory', () => {
    const printed = { keeper: '', searcher: '' };
    const { machine, vmm } = createHostedMachine({
      guests: [
        {
          name: 'keeper',
          memoryBytes: 16 * mebibyte,
          software: { image: pebble, bootArguments: 'run=secret' },
        },
        {
          name: 'searcher',
          memoryBytes: 16 * mebibyte,
          software: { image: pebble, bootArguments: `scan=${hiddenSecret}` },
        },
      ],
      output: (port, byte) => {
        printed[port as 'keeper' | 'searcher'] += String.fromCharCode(byte);
      },
    });
    const [, searcher] = vmm.guests;
    const hasEnded = (): boolean => searcher?.exitCode !== undefined;
    for (let slices = 0; slices < 1_000 && !hasEnded(); slices++) machine.run({ budget: 1_000_000 });
    assert.equal(searcher?.exitCode, 0);
    assert.match(printed.keeper, /at 0x12000/);
    assert.match(printed.searcher, /scan: secret not found/);
  });
});
