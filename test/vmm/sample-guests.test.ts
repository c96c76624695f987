import assert from 'node:assert/strict';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import type { MachineImage } from '../../src/machine/image.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import { loadSample } from './sample-image.ts';

const mebibyte = 0x10_0000;
const hello = loadSample('hello/build/hello.elf');
const pebble = loadSample('kernel/build/pebble.elf');

interface Run {
  readonly image: MachineImage;
  readonly bootArguments?: string;
  /** What is typed, once the console ends with `after`. */
  readonly typed?: readonly { readonly after: string; readonly text: string }[];
}

describe('vmm, with the sample guests', () => {
  it('lets hello print what it prints on the bare machine', () => {
    const expected = onBareMachine({ image: hello });
    assert.match(expected, /Hello from S mode/);
    assert.equal(underVmm({ image: hello }), expected);
  });

  it('lets pebble run programs as on the bare machine', () => {
    const run = { image: pebble, bootArguments: 'run="hello,primes,count 20,tick 2 3"' };
    const expected = onBareMachine(run);
    assert.match(expected, /primes: 1229 below 10000/);
    assert.equal(underVmm(run), expected);
  });

  it('gives pebble and its processes the same faults', () => {
    const crimes = ['null', 'code', 'kernel', 'jump', 'illegal', 'satp', 'stack'];
    const run = { image: pebble, bootArguments: `run="${crimes.map((crime) => `fault ${crime}`).join()}"` };
    const expected = onBareMachine(run);
    assert.equal(expected.match(/was killed/g)?.length, crimes.length, expected);
    assert.equal(underVmm(run), expected);
  });

  it('runs pebble’s shell on the guest’s console', () => {
    const run = {
      image: pebble,
      typed: [
        { after: '$ ', text: 'hellp\x7fo a  b\r' },
        { after: '$ ', text: 'tick 1000\r' },
        { after: 'tick 2\r\n', text: '\x03' },
        { after: '$ ', text: 'shutdown\r' },
      ],
    };
    const expected = onBareMachine(run);
    assert.match(expected, /argument 2: b/);
    assert.equal(underVmm(run), expected);
  });
});

/** All that was printed, and the exit code. */
function onBareMachine({ image, bootArguments, typed = [] }: Run): string {
  let printed = '';
  const machine = createMachine({
    image,
    ramBytes: 32 * mebibyte,
    ...(bootArguments !== undefined && { bootArguments }),
    output: (_port, byte) => {
      printed += String.fromCharCode(byte);
    },
  });
  const code = converse(machine, 'uart0', typed, () => printed);
  return `${printed}exit code ${code}`;
}

function underVmm({ image, bootArguments, typed = [] }: Run): string {
  let printed = '';
  const { machine } = createHostedMachine({
    guests: [
      {
        name: 'guest',
        memoryBytes: 32 * mebibyte,
        software: { image, ...(bootArguments !== undefined && { bootArguments }) },
      },
    ],
    output: (_port, byte) => {
      printed += String.fromCharCode(byte);
    },
  });
  const code = converse(machine, 'guest', typed, () => printed);
  return `${printed}exit code ${code}`;
}

/** Runs to the guest's own end, and types on the way. */
function converse(
  machine: Machine,
  port: string,
  typed: NonNullable<Run['typed']>,
  printed: () => string,
): number {
  const toType = [...typed];
  let answered = 0;
  for (let slices = 0; slices < 20_000; slices++) {
    const stop = machine.run({ budget: 10_000 });
    if (stop.kind === 'exit') return stop.code;
    const [next] = toType;
    if (next && printed().slice(answered).endsWith(next.after)) {
      toType.shift();
      answered = printed().length;
      machine.input(port, new TextEncoder().encode(next.text));
    } else assert.notEqual(stop.kind, 'idle', printed());
    assert.ok(stop.kind === 'budget' || stop.kind === 'idle', stop.kind);
  }
  assert.fail(`no end in sight; the console shows:\n${printed()}`);
}
