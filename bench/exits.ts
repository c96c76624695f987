/**
 * Exits a second through the hosted VMM, for loops that do nothing else, and beside it what QEMU makes of a loop of
 * hypercalls with the shortest handler there can be: `npx tsx bench/exits.ts [seconds]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHostedMachine } from '../src/vmm/hosted-machine.ts';
import { TinyGuest } from '../test/vmm/tiny-guest.ts';

const seconds = Number(process.argv[2] ?? 2);

interface Loop {
  readonly name: string;
  readonly guest: TinyGuest;
  readonly guests?: number;
  readonly sliceSteps?: number;
}

const loops: readonly Loop[] = [
  {
    name: 'hypercall (sbi_get_spec_version)',
    guest: new TinyGuest().li('a7', 0x10).li('a6', 0).label('again').op('ecall').jump('again'),
  },
  {
    name: 'device store (uart0.THR)',
    guest: new TinyGuest()
      .li('t0', 0x1000_0000)
      .label('again')
      .op('sb', { rs1: 't0', rs2: 't1' })
      .jump('again'),
  },
  {
    name: 'device load (uart0.LSR)',
    guest: new TinyGuest()
      .li('t0', 0x1000_0005)
      .label('again')
      .op('lbu', { rd: 't1', rs1: 't0' })
      .jump('again'),
  },
  {
    // A slice of one tick: the timer ends it every ten steps.
    name: 'timer and world switch (2 guests)',
    guest: new TinyGuest().label('again').jump('again'),
    guests: 2,
    sliceSteps: 10,
  },
];

for (const loop of loops) console.log(measure(loop));
console.log(measureQemu());

function measure({ name, guest, guests = 1, sliceSteps = 100_000 }: Loop): string {
  const software = guest.software();
  const { machine, vmm } = createHostedMachine({
    sliceSteps,
    guests: Array.from({ length: guests }, (_, number) => ({
      name: `g${number}`,
      memoryBytes: 0x80_0000,
      software,
    })),
  });
  machine.run({ budget: 300_000 });
  const begun = vmm.statistics.total;
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  let passed = 0;
  while (passed < seconds) {
    machine.run({ budget: 100_000 });
    passed = Number(process.hrtime.bigint() - start) / 1e9;
  }
  const { user, system } = process.cpuUsage(cpu);
  const exits = vmm.statistics.total - begun;
  return line(name, exits / passed, exits / ((user + system) / 1e6));
}

/** The same loop of hypercalls on QEMU; its handler in HS mode only skips the ECALL. */
function measureQemu(): string {
  const count = 500_000;
  const folder = mkdtempSync(join(tmpdir(), 'strata-exits-'));
  try {
    const image = join(folder, 'exits.bin');
    const run = (calls: number): number => {
      writeFileSync(image, shortestExits(calls).bytes());
      const start = process.hrtime.bigint();
      const { status, error } = spawnSync(
        'qemu-system-riscv64',
        ['-M', 'virt', '-cpu', 'rv64,h=true', '-m', '32', '-nographic', '-bios', 'none'].concat(
          '-device',
          `loader,file=${image},addr=0x80000000`,
        ),
        { stdio: 'ignore', timeout: 120_000 },
      );
      if (status !== 0) throw error ?? new Error(`QEMU ended with ${status}`);
      return Number(process.hrtime.bigint() - start) / 1e9;
    };
    const empty = run(1);
    const perSecond = (count - 1) / (run(count) - empty);
    return line('hypercall, shortest handler, QEMU', perSecond);
  } catch (error) {
    return `no QEMU to compare with: ${String(error)}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From M mode at the start of RAM to HS mode, and a guest in VS mode without translation that only calls. */
function shortestExits(calls: number): TinyGuest {
  return new TinyGuest()
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
    .li('s0', calls)
    .op('sret')
    .label('handler')
    .csrr('t0', 'sepc')
    .op('addi', { rd: 't0', rs1: 't0', imm: 4 })
    .csrw('sepc', 't0')
    .op('sret')
    .label('guest')
    .op('ecall')
    .op('addi', { rd: 's0', rs1: 's0', imm: -1 })
    .branch('bne', 's0', 'zero', 'guest')
    .exit(0);
}

function line(name: string, perSecond: number, perCpuSecond?: number): string {
  const cpu = perCpuSecond === undefined ? '' : `${rate(perCpuSecond)} per CPU second`;
  return `${name.padEnd(36)}${rate(perSecond)} exits/s${cpu}`;
}

function rate(count: number): string {
  return Math.round(count).toLocaleString('en').padStart(11);
}
