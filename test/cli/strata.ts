import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { bundleOptions } from '../../scripts/build-options.mjs';
import { patience } from '../patience.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Two levels below the root, as `src/cli` is: the program finds the sample guests from there. */
const program = path.join(root, '.build', 'test-cli', 'cli.js');

/** Images of the sample guests. */
export const samples = {
  hello: path.join(root, 'sample-guests/hello/build/hello.elf'),
  helloM: path.join(root, 'sample-guests/hello/build/hello-m.elf'),
  pebble: path.join(root, 'sample-guests/kernel/build/pebble.elf'),
};

/**
 * Bundles the program as it is now. To be called once, before a suite that runs it. It comes to its place as a whole,
 * because suites of other processes may be about to run what they have put there.
 */
export async function buildStrata(): Promise<void> {
  const made = `${program}.${process.pid}`;
  const { output, ...options } = bundleOptions({
    entry: 'test/cli/strata-main.ts',
    file: made,
    production: false,
  });
  await build({ ...options, output: { ...output, sourcemap: false } });
  renameSync(made, program);
}

/** What a run of the program left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `strata` with arguments, and with `input` on its standard input, which then ends. */
export async function strata(
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> {
  const child = startStrata(args, env);
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  child.stdin?.on('error', () => undefined).end(input);
  // A program that hangs is killed, and its code is then null.
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000 * patience);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, ...output };
}

/** Starts `strata` and lets it run; whoever starts it ends it. */
export function startStrata(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdio: StdioOptions = 'pipe',
): ChildProcess {
  return spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env }, stdio });
}

/** A folder of files for a suite; `dispose` removes it. */
export function scratchFolder(): {
  write(name: string, bytes: Uint8Array | string): string;
  dispose(): void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'strata-cli-'));
  return {
    write(name, bytes) {
      const file = path.join(folder, name);
      writeFileSync(file, bytes);
      return file;
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
