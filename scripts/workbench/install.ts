import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root } from '../root.ts';

/** A VS Code on this machine: the Node it runs on, and the program that serves it to a browser. */
export interface Workbench {
  /** The folder of the `node` that the workbench and its extensions run on. */
  readonly nodeFolder: string;
  /** code-server's entry.js, to be run by that node. */
  readonly entry: string;
}

// code-server 4.139.1 is VS Code 1.139.1, whose extension host runs on Node 24.
const versions = { 'code-server': '4.139.1', node: '24.21.0' } as const;
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const folder = join(root, '.cache/workbench');

/**
 * Finds the workbench in `.cache/workbench`, or installs it there, which takes a minute or two and 800 MB. It
 * comes from npm alone; two native modules of it are compiled here, with g++, make and python3.
 */
export async function installWorkbench(report: (line: string) => void): Promise<Workbench> {
  if (installedVersions() === JSON.stringify(versions)) return workbenchIn(folder);
  requireCompiler();
  // Installed beside its place and moved there when complete: an interrupted installation is never taken for one.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');

  const { nodeFolder, entry } = workbenchIn(partial);
  const environment = {
    ...process.env,
    PATH: `${nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`,
    npm_config_nodedir: join(partial, 'node_modules', nodePackage),
  };
  const started = performance.now();
  const npm = async (what: string, at: string, ...options: readonly string[]): Promise<void> => {
    report(`workbench: ${what} (${((performance.now() - started) / 1000).toFixed(0)} s so far)`);
    await run('npm', options, at, environment);
  };
  const packages = [`${nodePackage}@${versions.node}`, `code-server@${versions['code-server']}`];
  await npm(
    `installing ${packages.join(' and ')}`,
    partial,
    ...quiet,
    '--no-save',
    '--ignore-scripts',
    ...packages,
  );
  const vscode = join(entry, '../../../lib/vscode');
  await npm('installing what VS Code depends on', vscode, ...quiet, '--omit=dev', '--ignore-scripts');
  const native = ['@vscode/spdlog', '@vscode/native-watchdog'];
  await npm('compiling its native modules', vscode, 'rebuild', '--ignore-scripts=false', ...native);

  writeFileSync(join(partial, 'installed.json'), JSON.stringify(versions));
  renameSync(partial, folder);
  report(`workbench: installed in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return workbenchIn(folder);
}

const quiet = ['install', '--no-audit', '--no-fund', '--loglevel=error'];

function workbenchIn(place: string): Workbench {
  const packages = join(place, 'node_modules');
  return {
    nodeFolder: join(packages, nodePackage, 'bin'),
    entry: join(packages, 'code-server/out/node/entry.js'),
  };
}

function installedVersions(): string | undefined {
  const note = join(folder, 'installed.json');
  return existsSync(note) ? readFileSync(note, 'utf8') : undefined;
}

/** Fails before the long download when the compiler for the native modules is missing. */
function requireCompiler(): void {
  for (const tool of ['g++', 'make', 'python3']) {
    try {
      execFileSync(tool, ['--version'], { stdio: 'ignore' });
    } catch {
      throw new Error(`The workbench needs ${tool}: on Debian, apt-get install g++ make python3`);
    }
  }
}

/** Runs a command to its end; its output is shown only when it fails. */
async function run(
  command: string,
  options: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const child = spawn(command, options, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${options.join(' ')} ended with ${String(code)}:\n${output}`));
    });
  });
}
