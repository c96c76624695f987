import assert from 'node:assert/strict';
import { triggerCount } from '../src/isa/csrs/triggers.ts';
import type { WatchedRange } from '../src/hart/watchpoints.ts';
import type { Machine } from '../src/machine/machine.ts';
import { loadElf } from '../test/vmm/sample-image.ts';
import { computeImage, endless, workLoads } from './compute.ts';
import { geometricMean, median, timed, type Bench } from './measure.ts';
import { cell, table, verdict } from './table.ts';

const breakpoints = 1000;
const watches = 10;
/** Where nothing of a work load lies: pages of RAM beyond what it uses. */
const elsewhere = 0x8200_0000;
const warmUpSteps = 400_000_000;
const settleSteps = 20_000_000;
const measuredSteps = 200_000_000;
/** How fast it is to be with breakpoints, watchpoints and triggers, to without. */
const target = 0.99;

/**
 * Prints what breakpoints, watchpoints and triggers elsewhere cost the work loads under Sv39: each is measured with and without by
 * turns, on one machine, so that V8 has compiled the same code for both.
 */
export function benchBreakpoints({ rounds, timeKind }: Bench): boolean {
  const elf = loadElf(computeImage);
  const results = workLoads.map((name, number) => {
    const machine = endless(elf, number);
    machine.run({ budget: warmUpSteps });
    const mips = (): number => {
      machine.run({ budget: settleSteps });
      const { steps } = machine;
      const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
      return (machine.steps - steps) / seconds[timeKind] / 1e6;
    };
    const pairs = Array.from({ length: 2 * rounds }, (_, round) => {
      const measureWith = (): number => {
        arm(machine, 'add');
        const figure = mips();
        arm(machine, 'remove');
        return figure;
      };
      // Which of the two comes first alternates as well.
      if (round % 2 === 0) return { without: mips(), with: measureWith() };
      const first = measureWith();
      return { with: first, without: mips() };
    });
    return {
      name,
      without: median(pairs.map((pair) => pair.without)),
      with: median(pairs.map((pair) => pair.with)),
      ratio: median(pairs.map((pair) => pair.with / pair.without)),
    };
  });
  const mean = geometricMean(results.map(({ ratio }) => ratio));
  console.log(
    `${breakpoints} breakpoints, ${watches} watchpoints and ${triggerCount} triggers elsewhere, in million instructions a second under Sv39:\n`,
  );
  console.log(
    table(
      ['', 'without', 'with', 'ratio'],
      results.map((row) => [row.name, cell(row.without), cell(row.with), cell(row.ratio, 3)]),
    ),
  );
  console.log(`\n${verdict('Mean with to without', mean, target, 3)}.\n`);
  return mean >= target;
}

function arm(machine: Machine, how: 'add' | 'remove'): void {
  for (let index = 0; index < breakpoints; index++) {
    const address = BigInt(elsewhere + 0x404 * index);
    machine.breakpoints[how](index % 2 === 0 ? 'virtual' : 'physical', address & ~1n);
  }
  for (const range of watched) machine.watchpoints[how](range);
  const { csrs } = machine.currentHart;
  for (let index = 0; index < triggerCount; index++) {
    csrs.poke('tselect', BigInt(index));
    csrs.poke('tdata1', how === 'add' ? onLoadOrStore : 0n);
    const isOn = csrs.peek('tdata1') >> 60n === 6n;
    assert.equal(isOn, how === 'add', 'the trigger is what it was asked to be');
    csrs.poke('tdata2', BigInt(elsewhere + 0x10_0000 + 0x1000 * index));
  }
}

/** A variable each, of several sizes, in a page of its own. */
const watched: readonly WatchedRange[] = Array.from({ length: watches }, (_, index) => ({
  address: elsewhere + 0x20_0000 + 0x1008 * index,
  length: 1 << (index % 4),
  reads: index % 3 === 0,
  writes: index % 3 !== 0,
}));

/** Debug. 5.7.12, mcontrol6: of loads and stores, in every mode. */
const onLoadOrStore = (6n << 60n) | 0b1_0101_1011n;
