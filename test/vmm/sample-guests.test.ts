import assert from 'node:assert/strict';
import { runGuest, runGuestHosted, type GuestRun } from '../machine/run-guest.ts';

const kernel = { image: 'kernel/build/pebble.elf', memoryMebibytes: 32 };

describe('vmm, with the sample guests', () => {
  it('lets hello print what it prints on the bare machine', () => {
    assert.match(sameInBoth({ image: 'hello/build/hello.elf' }), /Hello from S mode/);
  });

  it('lets pebble run programs as on the bare machine', () => {
    const output = sameInBoth({ ...kernel, append: 'run="hello,primes,count 20,tick 2 3"' });
    assert.match(output, /primes: 1229 below 10000/);
  });

  it('gives pebble and its processes the same faults', () => {
    const crimes = ['null', 'code', 'kernel', 'jump', 'illegal', 'satp', 'stack'];
    const output = sameInBoth({
      ...kernel,
      append: `run="${crimes.map((crime) => `fault ${crime}`).join()}"`,
    });
    assert.equal(output.match(/was killed/g)?.length, crimes.length, output);
  });

  it('runs pebble’s shell on the guest’s console', () => {
    const output = sameInBoth({
      ...kernel,
      typed: [
        { after: '$ ', text: 'hellp\x7fo a  b\r' },
        { after: '$ ', text: 'tick 1000\r' },
        { after: 'tick 2\r\n', text: '\x03' },
        { after: '$ ', text: 'shutdown\r' },
      ],
    });
    assert.match(output, /argument 2: b/);
  });
});

/** What a guest prints on the bare machine, and under the VMM. */
function sameInBoth(run: GuestRun): string {
  const bare = runGuest(run);
  const hosted = runGuestHosted(run);
  assert.equal(hosted.output, bare.output);
  assert.equal(hosted.exitCode, bare.exitCode);
  return bare.output;
}
