import assert from 'node:assert/strict';
import { InputLog } from '../../src/machine/input-log.ts';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import { loadSample } from '../vmm/sample-image.ts';

const kernel = loadSample('kernel/build/pebble.elf');
const memoryBytes = 16 * 0x10_0000;

/**
 * What is typed on the shell's console, and at which step of the machine. What comes first keeps the kernel busy for
 * ever: where everything waits, no step is counted any more, and no later input comes.
 */
const script: readonly (readonly [step: number, text: string])[] = [
  [300_000, 'primes 100000000 &\r'],
  [700_000, 'hel'],
  [700_001, 'p\r'],
  [1_500_000, 'tick 1000 3\r'],
  [1_500_003, 'ps\r'],
  [2_345_678, '\x03'],
  [2_600_000, 'fault stack\r'],
  [3_000_000, 'count 5\rsecret &\r'],
  [4_000_000, 'ps\r'],
];

/** A machine and what its consoles printed so far, each byte with the step at which it came. */
export interface Launch {
  readonly machine: Machine;
  readonly printed: readonly string[];
}

export interface LaunchOptions {
  /** Steps by which the last input comes later. */
  readonly delay?: number;
  readonly engine?: 'interpreter' | 'reference' | 'translator';
}

/**
 * Two sample kernels as guests: `a` has the shell, on which somebody types; `b` runs processes that talk, compute
 * and sleep, so that both kernels preempt their processes and the VMM preempts them. Nothing of it ever ends.
 */
export function launchHosted(options: LaunchOptions = {}): Launch {
  return launch(
    (output) =>
      createHostedMachine({
        guests: [
          { name: 'a', memoryBytes, software: { image: kernel } },
          {
            name: 'b',
            memoryBytes,
            software: { image: kernel, bootArguments: 'run="primes 100000000 &,tick 100000 3"' },
          },
        ],
        input: inputFor('a', options),
        output,
        ...(options.engine && { engine: options.engine }),
      }).machine,
  );
}

/** The sample kernel with its shell on the bare machine; the same is typed. */
export function launchBare(options: LaunchOptions = {}): Launch {
  return launch((output) =>
    createMachine({
      image: kernel,
      ramBytes: memoryBytes,
      input: inputFor('uart0', options),
      output,
      ...(options.engine && { engine: options.engine }),
    }),
  );
}

/** The machine's hash at each of these steps, which it has not passed; `slice` says how far it may run at a time. */
export function hashesAt(machine: Machine, points: readonly number[], slice = () => Infinity): string[] {
  return points.map((point) => {
    while (machine.steps < point) {
      assert.deepEqual(machine.run({ until: point, budget: slice() }), { kind: 'budget' });
    }
    return machine.hash();
  });
}

/** So many different numbers below `limit`, in order, and always the same ones. */
export function randomSteps(count: number, limit: number, seed: number): number[] {
  const random = randomNumbers(seed);
  const steps = new Set<number>();
  while (steps.size < count) steps.add(random(limit));
  return [...steps].toSorted((left, right) => left - right);
}

/** Marsaglia's xorshift: numbers below a limit that look like chance, and always the same ones. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function launch(create: (output: (port: string, byte: number) => void) => Machine): Launch {
  const printed: string[] = [];
  const started: Machine[] = [];
  const machine = create((port, byte) => printed.push(`${started[0]?.steps} ${port} ${byte}`));
  started.push(machine);
  return { machine, printed };
}

function inputFor(port: string, { delay = 0 }: LaunchOptions): InputLog {
  return new InputLog(
    script.map(([step, text], index) => ({
      step: index === script.length - 1 ? step + delay : step,
      port,
      bytes: new TextEncoder().encode(text),
    })),
  );
}
