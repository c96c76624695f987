import { spawn, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import type { MachineConfiguration } from '../../src/machine/configuration.ts';
import type { Segment } from './image.ts';
import { layout, ramBase, ramBytes } from './layout.ts';

/** What an image came to: whether it ended by itself, and what RAM then held of its log and its arena. */
export interface Outcome {
  readonly ended: boolean;
  readonly log: BigUint64Array;
  readonly arena: Uint8Array;
}

/** A program, and what its -cpu takes. */
export interface Qemu {
  readonly program: string;
  readonly cpu: string;
}

/** Names of the properties that QEMU's rv64 hart has. */
export function probeQemu(program: string): ReadonlySet<string> {
  const { stdout } = spawnSync(program, ['-device', 'rv64-riscv-cpu,help'], { encoding: 'utf8' });
  return new Set([...stdout.matchAll(/^ +(\w+)=<bool>/gm)].map(([, name]) => name ?? ''));
}

export type StrataEngine = NonNullable<MachineConfiguration['engine']>;

export function runInStrata(image: readonly Segment[], engine: StrataEngine, budget: number): Outcome {
  const machine = machineOf(engine);
  const { physical } = machine.board;
  machine.reset();
  for (const { address, bytes } of image) physical.poke(address, bytes);
  const stop = machine.run({ budget });
  const log = physical.peek(layout.log, layout.logEnd - layout.log);
  return {
    ended: stop.kind === 'exit',
    log: new BigUint64Array(log.buffer, log.byteOffset, log.byteLength / 8),
    arena: physical.peek(layout.arena, layout.arenaBytes),
  };
}

/** One of each kind for all images: every machine takes address space that is not soon given back. */
const machines = new Map<StrataEngine, Machine>();

function machineOf(engine: StrataEngine): Machine {
  const known = machines.get(engine);
  if (known) return known;
  const image = { segments: [], entry: BigInt(ramBase) };
  const machine = createMachine({ image, firmware: 'none', ramBytes, engine });
  machines.set(engine, machine);
  return machine;
}

/** Runs an image in QEMU until it ends, or until time is up. QEMU's RAM is a file, so that an image is put there and the log taken from there. */
export async function runInQemu(
  image: readonly Segment[],
  { program, cpu }: Qemu,
  timeLimit: AbortSignal,
): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'strata-fuzz-'));
  const file = path.join(folder, 'ram');
  const descriptor = openSync(file, 'w+');
  try {
    ftruncateSync(descriptor, ramBytes);
    for (const { address, bytes } of image) writeSync(descriptor, bytes, 0, bytes.length, address - ramBase);
    const ended = await qemuEnds(program, cpu, file, timeLimit);
    const log = new BigUint64Array((layout.logEnd - layout.log) / 8);
    readSync(descriptor, new Uint8Array(log.buffer), 0, log.byteLength, layout.log - ramBase);
    const arena = new Uint8Array(layout.arenaBytes);
    readSync(descriptor, arena, 0, arena.length, layout.arena - ramBase);
    return { ended, log, arena };
  } finally {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  }
}

function qemuEnds(program: string, cpu: string, file: string, timeLimit: AbortSignal): Promise<boolean> {
  const megabytes = `${ramBytes >> 20}M`;
  const child = spawn(
    program,
    [
      '-M virt,memory-backend=ram -smp 1 -bios none -display none -serial none -monitor none -nodefaults',
      `-m ${megabytes} -cpu ${cpu}`,
      `-object memory-backend-file,id=ram,size=${megabytes},mem-path=${file},share=on`,
    ].flatMap((options) => options.split(' ')),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    let words = '';
    let late = false;
    timeLimit.addEventListener('abort', () => {
      late = true;
      child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0 || late) resolve(!late);
      else reject(new Error(`${program} ended with ${code}: ${words}`));
    });
  });
}
