import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Workbench } from './install.ts';

export interface ServerOptions {
  readonly workbench: Workbench;
  /** Where the workbench keeps its settings, state and extensions; made when it is not there. */
  readonly dataFolder: string;
  /** The .vsix file to install first. */
  readonly extension?: string;
  /** A free port is taken when there is none. */
  readonly port?: number;
  /** The user's settings.json, replaced at each start; left alone when there are none. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** A served workbench, ready for browsers. */
export interface WorkbenchServer {
  /** `http://127.0.0.1:PORT`; append `/?folder=` and an absolute path. */
  readonly url: string;
  /** Ends when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** What the server has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/** Installs the extension, serves the workbench on this machine only, and waits until it answers. */
export async function startServer(options: ServerOptions): Promise<WorkbenchServer> {
  const { workbench, dataFolder } = options;
  const common = prepare(dataFolder, options.settings);
  const environment = environmentOf(workbench);
  const node = join(workbench.nodeFolder, 'node');
  if (options.extension !== undefined) {
    const install = [workbench.entry, ...common, '--install-extension', options.extension, '--force'];
    await promisify(execFile)(node, install, { env: environment });
  }

  const port = options.port ?? (await freePort());
  const child = spawn(node, [workbench.entry, ...common, ...serveOptions(port)], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A process group of its own: the server's children end with it.
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endWithUs = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', endWithUs);

  const server: WorkbenchServer = {
    url: `http://127.0.0.1:${port}`,
    ended,
    log: () => output,
    stop: async () => {
      signalGroup(child, 'SIGTERM');
      await Promise.race([ended, sleep(3000, undefined, { ref: false })]);
      signalGroup(child, 'SIGKILL');
      process.off('exit', endWithUs);
    },
  };
  await untilHealthy(server, child);
  return server;
}

/** Lays out the data folder; returns the options that every call of code-server takes. */
function prepare(dataFolder: string, settings: ServerOptions['settings']): readonly string[] {
  const userData = join(dataFolder, 'user');
  const extensions = join(dataFolder, 'extensions');
  const configuration = join(dataFolder, 'code-server.yaml');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  // Without a configuration file of ours, code-server writes one into the user's home.
  writeFileSync(configuration, 'auth: none\n');
  if (settings) writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(settings, undefined, 2));
  return ['--config', configuration, '--user-data-dir', userData, '--extensions-dir', extensions];
}

function serveOptions(port: number): readonly string[] {
  const quiet = 'telemetry update-check workspace-trust getting-started-override proxy';
  return [
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--auth',
    'none',
    ...quiet.split(' ').map((name) => `--disable-${name}`),
    '--reconnection-grace-time',
    '5',
    // Without it VS Code ignores the address's `payload`, by which tests run in the extension host.
    '--vscode-option',
    'enable-smoke-test-driver',
  ];
}

/** The workbench's Node comes first, also for the adapter that it starts; there is no extension gallery. */
function environmentOf(workbench: Workbench): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VSCODE_|NODE_OPTIONS$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: `${workbench.nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`,
    EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: '' }),
  };
}

async function untilHealthy(server: WorkbenchServer, child: ChildProcess): Promise<void> {
  const limitSeconds = 60;
  for (let waited = 0; waited < limitSeconds * 5 && child.exitCode === null; waited++) {
    const answer = await fetch(`${server.url}/healthz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(200);
  }
  await server.stop();
  const what = child.exitCode === null ? `did not answer in ${limitSeconds} s` : 'ended at once';
  throw new Error(`The workbench's server ${what}:\n${server.log()}`);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port to be had');
  return address.port;
}
