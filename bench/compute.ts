import assert from 'node:assert/strict';
import type { MachineImage } from '../src/machine/image.ts';
import { createMachine, type Machine } from '../src/machine/machine.ts';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { loadElf } from '../test/vmm/sample-image.ts';
import { difference, geometricMean, mediansInTurns, timed, type Bench } from './measure.ts';
import { doubleword, runQemu } from './qemu.ts';
import { cell, ratio, table, verdict } from './table.ts';

/** In the order of guests/compute/compute.c. */
const workLoads = ['sieve', 'checksum', 'hash table', 'bytecode', 'calls', 'pointer chase'] as const;
const tightLoops: readonly string[] = ['sieve', 'checksum'];
const image = 'bench/guests/compute/build/compute.elf';
/** Where guests/compute/start.S looks for the number of the work load, and how often to do it. */
const parameters = 0x8100_0000;
const memoryBytes = 64 * 0x10_0000;
const instructionsOnQemu = 1_500_000_000;
const warmUpSteps = 20_000_000;
const measuredSteps = 60_000_000;
/** Instructions a second that are asked of a tight loop under Sv39, in millions. */
const targetMips = 80;

/** Prints how many million instructions a second each work load runs at, and says whether that is enough. */
export function benchCompute(bench: Bench): boolean {
  const elf = loadElf(image);
  const results = workLoads.map((name, number) => ({ name, ...measure(bench, elf, number) }));
  const mean = (column: keyof Row): number | undefined => {
    const figures = results.flatMap((row) => row[column] ?? []);
    return figures.length === 0 ? undefined : geometricMean(figures);
  };
  const means = { bare: mean('bare'), guest: mean('guest'), qemu: mean('qemu'), icount: mean('icount') };
  console.log('Computing under Sv39, in million instructions a second:\n');
  console.log(
    table(
      ['', 'bare machine', 'guest', 'QEMU', 'QEMU -icount', 'bare/QEMU', 'bare/-icount'],
      [...results, { name: 'geometric mean', ...means }].map(({ name, bare, guest, qemu, icount }) => [
        name,
        cell(bare),
        cell(guest),
        cell(qemu),
        cell(icount),
        ratio(bare, qemu),
        ratio(bare, icount),
      ]),
    ),
  );
  const tight = results.filter(({ name }) => tightLoops.includes(name));
  const least = Math.min(...tight.flatMap(({ bare, guest }) => [bare ?? 0, guest ?? 0]));
  console.log(`\n${verdict(`Slowest of the tight loops (${tightLoops.join(', ')})`, least, targetMips)}.\n`);
  return least >= targetMips;
}

type Row = Partial<Record<'bare' | 'guest' | 'qemu' | 'icount', number>>;

function measure({ rounds, timeKind, qemu }: Bench, elf: MachineImage, number: number): Row {
  const endless = withParameters(elf, number, 2 ** 40);
  const bare = createMachine({ image: endless, ramBytes: memoryBytes });
  const { machine: hosted } = createHostedMachine({
    guests: [{ name: 'guest', memoryBytes, software: { image: endless } }],
  });
  for (const machine of [bare, hosted]) machine.run({ budget: warmUpSteps });
  const strata = (machine: Machine) => (): number => {
    const { steps } = machine;
    const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
    return (machine.steps - steps) / seconds[timeKind] / 1e6;
  };
  return mediansInTurns(rounds, {
    bare: strata(bare),
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
      image,
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

function withParameters(elf: MachineImage, number: number, rounds: number): MachineImage {
  const bytes = new Uint8Array(BigUint64Array.of(BigInt(number), BigInt(rounds)).buffer);
  return { ...elf, segments: [...elf.segments, { address: BigInt(parameters), bytes }] };
}
