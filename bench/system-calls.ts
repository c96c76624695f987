import assert from 'node:assert/strict';
import { createMachine } from '../src/machine/machine.ts';
import { TinyGuest } from '../test/vmm/tiny-guest.ts';
import { mediansInTurns, timed, type Bench } from './measure.ts';
import { cell, verdict } from './table.ts';

const warmUpSteps = 20_000_000;
const measuredSteps = 50_000_000;
/** System calls a second that are asked for. */
const targetRate = 3_000_000;

/** Prints how many system calls a second a program makes whose kernel comes back at once. */
export function benchSystemCalls({ rounds, timeKind }: Bench): boolean {
  const machine = createMachine({ ...callingProgram().software(), ramBytes: 16 << 20 });
  const calls = (): number => Number(machine.harts[0]?.state.getX(counter) ?? 0n);
  machine.run({ budget: warmUpSteps });
  const { rate = 0 } = mediansInTurns(rounds, {
    rate: () => {
      const before = calls();
      const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
      return (calls() - before) / seconds[timeKind];
    },
  });
  console.log(`System calls a second, of a kernel of four instructions: ${cell(rate)}`);
  console.log(`${verdict('System calls a second', rate, targetRate)}.\n`);
  return rate >= targetRate;
}

/** s0 counts. */
const counter = 8;

function callingProgram(): TinyGuest {
  return new TinyGuest()
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .la('t0', 'again')
    .csrw('sepc', 't0')
    .csrw('sstatus', 'zero')
    .op('sret')
    .label('handler')
    .csrr('t0', 'sepc')
    .op('addi', { rd: 't0', rs1: 't0', imm: 4 })
    .csrw('sepc', 't0')
    .op('sret')
    .label('again')
    .op('ecall')
    .op('addi', { rd: 's0', rs1: 's0', imm: 1 })
    .jump('again');
}
