import assert from 'node:assert/strict';
import { createMachine, type Machine } from '../src/machine/machine.ts';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { twoProcesses, type KernelWork } from './guests/two-processes.ts';
import { difference, mediansInTurns, timed, type Bench } from './measure.ts';
import { runQemu, withFile } from './qemu.ts';
import { cell, ratio, table, verdict } from './table.ts';

interface Row {
  readonly name: string;
  readonly work: KernelWork;
  /** How often it happens until the first process goes on: the other one calls, too. */
  readonly times: number;
}
const rows: readonly Row[] = [
  { name: 'system call', work: 'return', times: 1 },
  { name: 'process switch, an ASID each', work: 'switch by ASID', times: 2 },
  { name: 'process switch, SFENCE.VMA', work: 'switch with SFENCE.VMA', times: 2 },
];
const memoryBytes = 16 << 20;
const callsOnQemu = 3_000_000;
const warmUpSteps = 20_000_000;
const measuredSteps = 50_000_000;
/** System calls a second that are asked for, of a program inside a guest. */
const targetRate = 3_000_000;

/** Prints how many system calls a second a program makes, and how often a second a kernel changes the process. */
export function benchSystemCalls(bench: Bench): boolean {
  const results = rows.map((row) => ({ ...row, ...measure(bench, row) }));
  console.log('Thousands a second, of processes that do nothing else; QEMU under Sv39:\n');
  console.log(
    table(
      ['', 'Sv39', 'two stages', 'QEMU', 'QEMU -icount', 'Sv39/QEMU', 'Sv39/-icount'],
      results.map(({ name, paged, guest, qemu, icount }) => [
        name,
        ...[paged, guest, qemu, icount].map((rate) => cell(rate && rate / 1e3)),
        ratio(paged, qemu),
        ratio(paged, icount),
      ]),
    ),
  );
  const rate = results[0]?.guest ?? 0;
  console.log(`\n${verdict('System calls a second inside a guest', rate, targetRate)}.\n`);
  return rate >= targetRate;
}

type Rates = Partial<Record<'paged' | 'guest' | 'qemu' | 'icount', number>>;

function measure({ rounds, timeKind, qemu }: Bench, { work, times }: Row): Rates {
  const software = twoProcesses(work, 2 ** 40).software();
  const paged = createMachine({ ...software, ramBytes: memoryBytes });
  const { machine: guest } = createHostedMachine({ guests: [{ name: 'guest', memoryBytes, software }] });
  for (const machine of [paged, guest]) machine.run({ budget: warmUpSteps });
  const steps = (stepsOf(work, 2000) - stepsOf(work, 1000)) / 1000 / times;
  const strata = (machine: Machine) => (): number => {
    const before = machine.steps;
    const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
    return (machine.steps - before) / steps / seconds[timeKind];
  };
  const run = (options: readonly string[], calls: number) =>
    withFile(
      twoProcesses(work, calls).bytes(),
      (file) => runQemu(['-m', '32M', '-serial', 'null', '-kernel', file, ...options]).seconds,
    );
  const onQemu = (options: readonly string[]) => (): number => {
    const seconds = difference(run(options, callsOnQemu + 1), run(options, 1));
    return (times * callsOnQemu) / seconds[timeKind];
  };
  return mediansInTurns(rounds, {
    paged: strata(paged),
    guest: strata(guest),
    ...(qemu && { qemu: onQemu([]), icount: onQemu(['-icount', 'shift=0']) }),
  });
}

/** To the machine's end, after so many calls of the first process. */
function stepsOf(work: KernelWork, calls: number): number {
  const machine = createMachine({ ...twoProcesses(work, calls).software(), ramBytes: memoryBytes });
  const stop = machine.run();
  assert.ok(stop.kind === 'exit' && stop.code === 0, `it ended with ${JSON.stringify(stop)}`);
  return machine.steps;
}
