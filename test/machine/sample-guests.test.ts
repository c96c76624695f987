import assert from 'node:assert/strict';
import { InputLog } from '../../src/machine/input-log.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { loadSample } from '../vmm/sample-image.ts';
import { runGuest } from './run-guest.ts';

const session = [
  { after: '$ ', text: 'hello a b\r' },
  { after: '$ ', text: 'fault null\r' },
  { after: '$ ', text: 'shutdown\r' },
];

describe('machine, with the sample guests', () => {
  it('runs hello on the built-in SBI', () => {
    const { output, exitCode } = runGuest({ image: 'hello/build/hello.elf' });
    assert.equal(output, 'Hello from S mode: the layer below printed this for me.\n');
    assert.equal(exitCode, 0);
  });

  it('runs hello-m with nothing below it', () => {
    const { output, exitCode } = runGuest({ image: 'hello/build/hello-m.elf', firmware: 'none' });
    assert.equal(output, 'Hello from M mode: I wrote every character to the UART myself.\n');
    assert.equal(exitCode, 0);
  });

  it('runs the kernel with processes of its own, and a shell that one types to', () => {
    const { output, exitCode } = runGuest({ image: 'kernel/build/pebble.elf', typed: session });
    assert.match(output, /^pebble: hart 0, 128 MiB of RAM at 0x80000000\n/);
    assert.match(output, /\n\$ hello a b\nHello from process 3: [\s\S]*argument 1: a\n +argument 2: b\n\$ /);
    assert.match(output, /store page fault at pc 0x1\w+, address 0x0: nothing is mapped so low/);
    assert.match(output, /\$ shutdown\n$/);
    assert.equal(exitCode, 0);
  });

  it('takes another course for another command line, and the same one for the same', () => {
    const once = runGuest({ image: 'kernel/build/pebble.elf', append: 'run=hello,primes' });
    const again = runGuest({ image: 'kernel/build/pebble.elf', append: 'run=hello,primes' });
    assert.match(once.output, /primes: 1229 below 10000, the last is 9973\n$/);
    assert.equal(again.machine.steps, once.machine.steps);
    assert.equal(again.machine.hash(), once.machine.hash());
    assert.equal(again.output, once.output);
  });

  it('has one history for one input, wherever a run stops on the way', () => {
    const { machine } = runGuest({ image: 'kernel/build/pebble.elf', typed: session });
    const end = machine.steps;
    const hash = machine.hash();
    const input = InputLog.fromRecord(machine.inputLog.record());
    const replay = createMachine({ image: loadSample('kernel/build/pebble.elf'), input });
    const checkpoints: { readonly step: number; readonly hash: string }[] = [];
    // Steps of no particular shape.
    for (let step = 10_007; step < end; step += 100_003) {
      replay.run({ until: step });
      checkpoints.push({ step, hash: replay.hash() });
    }
    replay.run({ until: end });
    assert.equal(replay.hash(), hash);
    machine.reset();
    for (const checkpoint of checkpoints.filter((_, index) => index % 2 === 1)) {
      machine.run({ until: checkpoint.step });
      assert.equal(machine.hash(), checkpoint.hash, `step ${checkpoint.step}`);
    }
    const saved = machine.save();
    machine.run({ until: end });
    assert.equal(machine.hash(), hash);
    machine.restore(saved);
    machine.run({ until: end });
    assert.equal(machine.hash(), hash);
  });
});
