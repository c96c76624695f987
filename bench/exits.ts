import assert from 'node:assert/strict';
import { inlineExits } from '../src/dap/inlining.ts';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { TinyGuest } from '../test/vmm/tiny-guest.ts';
import { difference, mediansInTurns, timed, type Bench } from './measure.ts';
import { runQemu, withFile } from './qemu.ts';
import { cell, ratio, table, verdict } from './table.ts';

interface Loop {
  readonly name: string;
  /** What QEMU does with the same loop: there is no VMM of its own in it. */
  readonly peer?: string;
  /** Does it so many times, and ends. */
  readonly guest: (times: number) => TinyGuest;
  readonly guests?: number;
  readonly sliceSteps?: number;
}

const hypercall = (times: number): TinyGuest =>
  counted(times, new TinyGuest().li('a7', 0x10).li('a6', 0), (guest) => guest.op('ecall'));

const loops: readonly Loop[] = [
  {
    name: 'hypercall (sbi_get_spec_version)',
    peer: 'the same call to OpenSBI in M mode',
    guest: hypercall,
  },
  {
    name: 'store to a device (uart0.THR)',
    peer: 'a store to the machine’s own UART: no exit',
    guest: (times) =>
      counted(times, new TinyGuest().li('t0', 0x1000_0000), (guest) =>
        guest.op('sb', { rs1: 't0', rs2: 'zero' }),
      ),
  },
  {
    name: 'load from a device (uart0.LSR)',
    peer: 'a load from the machine’s own UART: no exit',
    guest: (times) =>
      counted(times, new TinyGuest().li('t0', 0x1000_0005), (guest) =>
        guest.op('lbu', { rd: 't1', rs1: 't0' }),
      ),
  },
  {
    // A slice of one tick: the timer ends it every ten steps.
    name: 'timer and switch between two guests',
    guest: () => new TinyGuest().label('again').jump('again'),
    guests: 2,
    sliceSteps: 10,
  },
];
const targetLoops = 2;
const exitsOnQemu = 500_000;
/** Until then V8 still optimizes what an exit goes through, some of it twice. */
const warmUpSteps = 10_000_000;
const measuredSteps = 4_000_000;
/** Exits a second that are asked of hypercalls and of stores to a device. */
const targetRate = 1_000_000;

/** Prints how many exits a second go through the hosted VMM, and says whether they are enough. */
export function benchExits(bench: Bench): boolean {
  inlineExits();
  const results = loops.map((loop) => ({ ...loop, ...measure(bench, loop) }));
  console.log('Exits a second, for guests that do nothing else:\n');
  console.log(
    table(
      ['', 'Strata', 'QEMU', 'Strata/QEMU', 'what QEMU does'],
      results.map(({ name, strata, qemu, peer = '' }) => [
        name,
        cell(strata),
        cell(qemu),
        ratio(strata, qemu),
        qemu === undefined ? '' : peer,
      ]),
    ),
  );
  if (bench.qemu) {
    const { shortest } = mediansInTurns(bench.rounds, {
      shortest: () =>
        rateOnQemu(bench, shortestExits, (file) => [
          '-bios',
          'none',
          '-device',
          `loader,file=${file},addr=0x80000000,force-raw=on`,
        ]),
    });
    console.log(
      `\nQEMU with a guest in VS mode, and a handler in HS mode of four instructions: ${cell(shortest)} exits/s.`,
    );
  }
  const least = Math.min(...results.slice(0, targetLoops).map(({ strata }) => strata ?? 0));
  console.log(`${verdict('\nSlower of hypercall and store, exits a second', least, targetRate)}.\n`);
  return least >= targetRate;
}

function measure(bench: Bench, loop: Loop): { readonly strata?: number; readonly qemu?: number } {
  const { guest, guests = 1, sliceSteps = 100_000, peer } = loop;
  const { machine, vmm } = createHostedMachine({
    sliceSteps,
    guests: Array.from({ length: guests }, (_, number) => ({
      name: `g${number}`,
      memoryBytes: 0x80_0000,
      software: guest(2 ** 40).software(),
    })),
  });
  machine.run({ budget: warmUpSteps });
  return mediansInTurns(bench.rounds, {
    strata: () => {
      const { total } = vmm.statistics;
      const seconds = timed(() => assert.equal(machine.run({ budget: measuredSteps }).kind, 'budget'));
      return (vmm.statistics.total - total) / seconds[bench.timeKind];
    },
    ...(bench.qemu &&
      peer !== undefined && { qemu: () => rateOnQemu(bench, guest, (file) => ['-kernel', file]) }),
  });
}

/** How often a second QEMU's guest does what it does. */
function rateOnQemu(
  { timeKind }: Bench,
  guest: Loop['guest'],
  load: (file: string) => readonly string[],
): number {
  const run = (times: number) =>
    withFile(
      guest(times).bytes(),
      (file) => runQemu(['-m', '32M', '-serial', 'null', ...load(file)]).seconds,
    );
  return exitsOnQemu / difference(run(exitsOnQemu + 1), run(1))[timeKind];
}

/** `body` so many times, then the machine's end. */
function counted(times: number, guest: TinyGuest, body: (guest: TinyGuest) => TinyGuest): TinyGuest {
  return body(guest.li('s0', times).label('again'))
    .op('addi', { rd: 's0', rs1: 's0', imm: -1 })
    .branch('bne', 's0', 'zero', 'again')
    .exit(0);
}

/** From M mode at the start of RAM to HS mode, and a guest in VS mode without translation that only calls. */
function shortestExits(times: number): TinyGuest {
  const supervisor = new TinyGuest()
    .li('t0', -1)
    .csrw('pmpaddr0', 't0')
    .li('t0', 0x1f)
    .csrw('pmpcfg0', 't0')
    .li('t0', 1 << 10)
    .csrw('medeleg', 't0')
    .la('t0', 'supervisor')
    .csrw('mepc', 't0')
    .li('t0', 1 << 11)
    .csrw('mstatus', 't0')
    .op('mret')
    .label('supervisor')
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .la('t0', 'guest')
    .csrw('sepc', 't0')
    .li('t0', 0x180)
    .csrw('hstatus', 't0')
    .li('t0', 0x100)
    .csrw('sstatus', 't0')
    .op('sret')
    .label('handler')
    .csrr('t0', 'sepc')
    .op('addi', { rd: 't0', rs1: 't0', imm: 4 })
    .csrw('sepc', 't0')
    .op('sret')
    .label('guest');
  return counted(times, supervisor, (guest) => guest.op('ecall'));
}
