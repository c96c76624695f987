import assert from 'node:assert/strict';
import type { MachineImage } from '../src/machine/image.ts';
import { createMachine, type Machine } from '../src/machine/machine.ts';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { loadElf } from '../test/vmm/sample-image.ts';
import { difference, geometricMean, mediansInTurns, timed, type Bench } from './measure.ts';
import { doubleword, runQemu } from './qemu.ts';
import { cell, ratio, table, verdict } from './table.ts';

/** In the order of guests/compute/compute.c; the last three compute in floating point. */
export const workLoads = [
  'sieve',
  'checksum',
  'hash table',
  'bytecode',
  'calls',
  'pointer chase',
  'matrix',
  'strings',
  'far calls',
  'n bodies',
  'Fourier',
  'Mandelbrot',
] as const;
export const computeImage = 'bench/guests/compute/build/compute.elf';
/** Where guests/compute/start.S looks for the number of the work load, how often to do it, and whether to translate. */
const parameters = 0x8100_0000;
const memoryBytes = 64 * 0x10_0000;
const instructionsOnQemu = 700_000_000;
const warmUpSteps = 150_000_000;
const measuredSteps = 150_000_000;
/** What the geometric mean of the ratios to QEMU, and the least of them, are to be. */
const target = { qemu: 1.5, icount: 1.8, least: 0.9 };
/** How much slower than without translation it may be under Sv39, and under two stages. */
const targetLoss = 0.15;

/** Prints how many million instructions a second each work load runs at, and says whether that is enough. */
export function benchCompute(bench: Bench): boolean {
  const elf = loadElf(computeImage);
  const results = workLoads.map((name, number) => ({ name, ...measure(bench, elf, number) }));
  const mean = (column: keyof Row): number | undefined => {
    const figures = results.flatMap((row) => row[column] ?? []);
    return figures.length === 0 ? undefined : geometricMean(figures);
  };
  const means = {
    bare: mean('bare'),
    paged: mean('paged'),
    guest: mean('guest'),
    qemu: mean('qemu'),
    icount: mean('icount'),
  };
  console.log('Computing, in million instructions a second; QEMU under Sv39:\n');
  console.log(
    table(
      ['', 'bare', 'Sv39', 'two stages', 'QEMU', 'QEMU -icount', 'Sv39/QEMU', 'Sv39/-icount'],
      [...results, { name: 'geometric mean', ...means }].map(({ name, bare, paged, guest, qemu, icount }) => [
        name,
        cell(bare),
        cell(paged),
        cell(guest),
        cell(qemu),
        cell(icount),
        ratio(paged, qemu),
        ratio(paged, icount),
      ]),
    ),
  );
  const verdicts: readonly (readonly [string, number, number])[] = [
    ['Mean under Sv39 to that without', quotient(means.paged, means.bare), 1 - targetLoss],
    ['Mean under two stages to that without', quotient(means.guest, means.bare), 1 - targetLoss],
    ...(bench.qemu
      ? ([
          ['Mean to QEMU', quotient(means.paged, means.qemu), target.qemu],
          ['Mean to QEMU -icount', quotient(means.paged, means.icount), target.icount],
          [
            'Least to QEMU',
            Math.min(...results.map(({ paged, qemu }) => quotient(paged, qemu))),
            target.least,
          ],
        ] as const)
      : []),
  ];
  console.log();
  for (const [what, figure, least] of verdicts) console.log(`${verdict(what, figure, least, 2)}.`);
  console.log();
  return verdicts.every(([, figure, least]) => figure >= least);
}

function quotient(above: number | undefined, below: number | undefined): number {
  return (above ?? 0) / (below ?? 1);
}

type Row = Partial<Record<'bare' | 'paged' | 'guest' | 'qemu' | 'icount', number>>;

function measure({ rounds, timeKind, qemu }: Bench, elf: MachineImage, number: number): Row {
  const paging = withParameters(elf, number, 2 ** 40);
  const unpaged = withParameters(elf, number, 2 ** 40, 1);
  const bare = createMachine({ image: unpaged, ramBytes: memoryBytes, engine: 'translator' });
  const paged = endless(elf, number);
  const { machine: hosted } = createHostedMachine({
    engine: 'translator',
    guests: [{ name: 'guest', memoryBytes, software: { image: paging } }],
  });
  for (const machine of [bare, paged, hosted]) machine.run({ budget: warmUpSteps });
  const strata = (machine: Machine) => (): number => {
    const { steps } = machine;
    const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
    return (machine.steps - steps) / seconds[timeKind] / 1e6;
  };
  return mediansInTurns(rounds, {
    bare: strata(bare),
    paged: strata(paged),
    guest: strata(hosted),
    ...(qemu && qemuMeasurements(elf, number, timeKind)),
  });
}

/** QEMU does not count what it runs; that a round has as many instructions as the last one does it for us. */
function qemuMeasurements(
  elf: MachineImage,
  number: number,
  timeKind: Bench['timeKind'],
): Readonly<Record<'qemu' | 'icount', () => number>> {
  const [one, three] = [1, 3].map((rounds) => runToEnd(elf, number, rounds)) as [Run, Run];
  const stepsInRound = (three.steps - one.steps) / 2;
  const rounds = Math.ceil(instructionsOnQemu / stepsInRound);
  const run = (options: readonly string[], times: number) =>
    runQemu([
      '-m',
      `${memoryBytes / 0x10_0000}M`,
      '-serial',
      'stdio',
      '-kernel',
      computeImage,
      ...doubleword(parameters, number),
      ...doubleword(parameters + 8, times),
      ...options,
    ]);
  const mips = (options: readonly string[]) => (): number => {
    const short = run(options, 3);
    assert.ok(short.output.endsWith(three.printed), 'QEMU computes the same');
    const { [timeKind]: seconds } = difference(run(options, rounds + 3).seconds, short.seconds);
    return (rounds * stepsInRound) / seconds / 1e6;
  };
  return { qemu: mips([]), icount: mips(['-icount', 'shift=0']) };
}

interface Run {
  readonly steps: number;
  readonly printed: string;
}

function runToEnd(elf: MachineImage, number: number, rounds: number): Run {
  let printed = '';
  const machine = createMachine({
    image: withParameters(elf, number, rounds),
    ramBytes: memoryBytes,
    output: (_, byte) => {
      printed += String.fromCharCode(byte);
    },
  });
  assert.equal(machine.run().kind, 'exit');
  return { steps: machine.steps, printed };
}

/** A machine that does a work load for ever, under Sv39. */
export function endless(elf: MachineImage, number: number): Machine {
  const forEver = withParameters(elf, number, 2 ** 40);
  return createMachine({ image: forEver, ramBytes: memoryBytes, engine: 'translator' });
}

function withParameters(elf: MachineImage, number: number, rounds: number, unpaged = 0): MachineImage {
  const words = BigUint64Array.of(BigInt(number), BigInt(rounds), BigInt(unpaged));
  const bytes = new Uint8Array(words.buffer);
  return { ...elf, segments: [...elf.segments, { address: BigInt(parameters), bytes }] };
}
