import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Seconds } from './measure.ts';

const emulator = 'qemu-system-riscv64';

/** First line of `--version`; undefined where QEMU cannot be compared with, for want of it or of bash. */
export function qemuVersion(): string | undefined {
  const { status, stdout } = spawnSync('bash', ['-c', `${emulator} --version`], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

/** Runs a guest on QEMU's `virt` board to its own end; `output` is what its console shows, without returns. */
export function runQemu(options: readonly string[]): { readonly seconds: Seconds; readonly output: string } {
  // Node does not tell what CPU time a child took; bash does.
  const script = `TIMEFORMAT='%R %U %S'; time timeout 300 "$@" 2>&1`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...qemuOnVirt(options)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(`QEMU ended with ${String(status)}: ${stdout}${stderr}`);
  const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number);
  return { seconds: { cpu: user + system, wall }, output: stdout.replaceAll('\r', '') };
}

/** The command that starts it, on the board that our machine is like. */
export function qemuOnVirt(options: readonly string[]): readonly [string, ...string[]] {
  return [emulator, '-M', 'virt', '-cpu', 'rv64,h=true', '-display', 'none', '-monitor', 'none', ...options];
}

/** Options that put a doubleword into memory before the guest starts. */
export function doubleword(address: number, value: number): readonly string[] {
  return ['-device', `loader,addr=${address},data=${value},data-len=8`];
}

/** Calls `use` with a file of these bytes, which is then gone. */
export function withFile<Result>(bytes: Uint8Array, use: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  try {
    const file = join(folder, 'image.bin');
    writeFileSync(file, bytes);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
