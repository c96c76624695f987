import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { linuxGuest, type LinuxGuest } from '../scripts/linux/linux-guest.ts';
import { AdapterClient } from '../test/dap/client.ts';
import { median, type Bench } from './measure.ts';
import { qemuOnVirt } from './qemu.ts';
import { cell, table } from './table.ts';

const bootArguments = 'console=ttyS0 earlycon cryptomgr.notests';
const prompt = 'guest# ';
const memory = '128M';
/** MiB that the adapter is to stay below. */
const target = 400;

/** MiB of a process: resident, and the most that ever were. */
interface Resident {
  readonly now: number;
  readonly most: number;
}

/**
 * Prints how much memory the debug adapter takes after a boot of Debian's Linux, and says whether it is little enough.
 * The adapter is the built one, a process of its own, spoken to as an editor does.
 */
export async function benchMemory({ rounds, qemu }: Bench): Promise<boolean> {
  if (!existsSync('/proc/self/status')) {
    console.log('Memory is not measured: this system has no /proc.\n');
    return true;
  }
  const build = fileURLToPath(new URL('../scripts/build.mjs', import.meta.url));
  execFileSync(process.execPath, [build, '--production']);
  const guest = linuxGuest();
  const adapter: Resident[] = [];
  const peer: Resident[] = [];
  for (let round = 0; round < rounds; round++) {
    adapter.push(await adapterAfterBoot(guest));
    if (qemu) peer.push(await qemuAfterBoot(guest));
  }
  const row = (name: string, runs: readonly Resident[]): string[] => [
    name,
    cell(median(runs.map(({ now }) => now))),
    cell(Math.max(...runs.map(({ most }) => most))),
  ];
  console.log(`Debian’s Linux at its shell’s prompt in ${memory}, on one hart; MiB resident:\n`);
  console.log(
    table(
      ['', 'paused there', 'most'],
      [row('debug adapter, with symbols and history', adapter), ...(qemu ? [row('QEMU', peer)] : [])],
    ),
  );
  const most = Math.max(...adapter.map(({ now }) => now));
  console.log(
    `\nMost of the adapter, paused: ${cell(most)} MiB, target below ${target}: ${most < target ? 'reached' : 'MISSED'}.\n`,
  );
  return most < target;
}

async function adapterAfterBoot({ kernel, initrd }: LinuxGuest): Promise<Resident> {
  const client = new AdapterClient({ patienceMilliseconds: 600_000, adapter: 'built' });
  await client.start();
  try {
    await client.launch({ image: kernel, initrd, vmm: 'none', memory, append: bootArguments });
    while (![...client.consoles.values()].some((text) => text.includes(prompt)))
      await client.event('strata/console');
    await client.toStop(() => client.ask('pause', { threadId: 1 }));
    const { threads } = await client.ask<DebugProtocol.ThreadsResponse['body']>('threads');
    const frames = await client.frames(threads[0]?.id ?? 0);
    assert.match(frames[0]?.name ?? '', /^kernel!/, 'the kernel has its symbols');
    return residentOf(client.processId);
  } finally {
    await client.stop();
  }
}

async function qemuAfterBoot({ kernel, initrd }: LinuxGuest): Promise<Resident> {
  const boot = ['-kernel', kernel, '-initrd', initrd, '-append', bootArguments];
  const [command, ...options] = qemuOnVirt(['-m', memory, '-serial', 'stdio', ...boot]);
  const child = spawn(command, options, { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes(prompt)) return residentOf(child.pid);
    }
    throw new Error(`QEMU ended before the prompt: ${text}`);
  } finally {
    child.kill();
  }
}

function residentOf(processId: number | undefined): Resident {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: mebibytes('VmRSS'), most: mebibytes('VmHWM') };
}
