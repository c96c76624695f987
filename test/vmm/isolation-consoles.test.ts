import assert from 'node:assert/strict';
import { startSideBySide } from './side-by-side.ts';

const commandLines = { a: 'run="hello,count 30,secret once"', b: 'run="primes 2000,tick 2 3,fault null"' };

describe('vmm, isolation of consoles', () => {
  it('gives each of two guests what it prints itself, as if it were alone', () => {
    const both = startSideBySide(commandLines);
    both.machine.run({ budget: 50_000_000 });
    for (const [name, exitCode] of [
      ['a', 0],
      ['b', 1],
    ] as const) {
      const alone = startSideBySide({ [name]: commandLines[name] });
      alone.runToEndOf(name);
      assert.equal(both.printed(name), alone.printed(name));
      assert.equal(both.vmm.guests.find((guest) => guest.name === name)?.exitCode, exitCode);
    }
    assert.match(both.printed('a'), /Hello from process 2[\s\S]*count: 30 of 30\nsecret: /);
    assert.match(both.printed('b'), /primes: 303 below 2000[\s\S]*tick 2\n[\s\S]*was killed/);
  });

  it('hands what is typed to the guest whose console it is', () => {
    const both = startSideBySide({ a: '', b: '' });
    assert.equal(both.machine.run({ budget: 50_000_000 }).kind, 'idle');
    both.machine.input('b', new TextEncoder().encode('hello to b\r'));
    assert.equal(both.machine.run({ budget: 50_000_000 }).kind, 'idle');
    assert.match(both.printed('b'), /\$ hello to b\nHello from process 3: [\s\S]*argument 2: b\n\$ $/);
    assert.match(both.printed('a'), /Type help for help\.\n\$ $/);
  });
});
