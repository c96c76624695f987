import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { basename, dirname, join, resolve } from 'node:path';
import { StrataError } from '../common/errors.ts';
import type { Debuggee, GuestConfiguration, NamedBytes } from '../debugger/debuggee.ts';
import { createDebuggee } from '../debugger/create-debuggee.ts';
import { isaProblem, parseIsa } from '../isa/configuration/parse-isa.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import { networkInputPort, type PeripheralsConfiguration } from '../machine/peripherals.ts';
import {
  attributeName,
  parseMemorySize,
  type LaunchConfiguration,
  type PlaceName,
} from '../protocol/launch.ts';
import { diskFile } from './disk-file.ts';
import { HostNetwork } from './host-network.ts';
import { hostFolder } from './host-folder.ts';
import { inlineExits } from './inlining.ts';

const defaultMemory = '128M';

/** A debuggee whose networks may be connected to this machine. */
export interface LoadedDebuggee extends Debuggee {
  readonly networks: readonly HostNetwork[];
  /** Ends its connections with this machine. */
  close(): void;
}

/**
 * Reads every file that a configuration names, and builds the debuggee. A file that is not there is named, with the
 * place in the configuration that names it, as the user calls it.
 */
export async function loadDebuggee(
  configuration: LaunchConfiguration,
  nameOf: PlaceName = attributeName,
): Promise<LoadedDebuggee> {
  const { image, guests, firmware = 'builtin', vmm: placement = 'hosted' } = configuration;
  if (placement === 'hosted') inlineExits();
  const single = image === undefined ? [] : [{ ...configuration, name: guestName(image), image }];
  const networks = new Map<string, HostNetwork>();
  const result = createDebuggee({
    placement,
    guests: await Promise.all(
      (guests ?? single).map((guest, index) => {
        const home = guests === undefined ? [] : ['guests', index];
        return loadGuest(guest, networks, (path) => nameOf([...home, ...path]));
      }),
    ),
    firmware:
      firmware === 'builtin' || firmware === 'none'
        ? firmware
        : await readNamed(firmware, nameOf(['firmware'])),
    sourceMap: configuration.sourceMap ?? {},
    locateSource,
    ...(configuration.isa !== undefined && { isa: readIsa(configuration.isa, nameOf(['isa'])) }),
    ...(configuration.harts !== undefined && { harts: configuration.harts }),
    ...(configuration.quantum !== undefined && { quantum: configuration.quantum }),
    ...(configuration.clockMegahertz !== undefined && {
      clockHertz: configuration.clockMegahertz * 1_000_000,
    }),
    engine: configuration.engine ?? 'auto',
  });
  if (result.ok) return withNetworks(result.value, networks);
  const problems = result.diagnostics.map(({ message, remedy }) =>
    remedy === undefined ? message : `${message}${message.endsWith('.') ? ' ' : '; '}${remedy}`,
  );
  throw new StrataError('bad-image', 'user', problems.join('\n'));
}

/** The instruction set that a text names; a `StrataError` with the column where it names none. */
export function readIsa(text: string, place = 'isa'): Isa {
  const result = parseIsa(text);
  if (result.ok) return result.value;
  const problems = result.diagnostics.filter(({ severity }) => severity === 'error').map(isaProblem);
  throw new StrataError('bad-isa', 'user', problems.map((problem) => `${place}: ${problem}`).join('\n'));
}

/**
 * Looks for a source above the image: relative names are relative to a folder there, the root of the tree that it was
 * compiled in. If only a part of that tree is at hand, the end of the name leads to it. The folder that holds the
 * most of the name is the best.
 */
function locateSource(source: string, imagePath: string): string | undefined {
  const parts = source.split('/');
  for (let dropped = 0; dropped < parts.length; dropped++) {
    const rest = parts.slice(dropped).join('/');
    for (let folder = dirname(resolve(imagePath)); ; folder = dirname(folder)) {
      const candidate = join(folder, rest);
      if (existsSync(candidate)) return candidate;
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

type GuestFiles = NonNullable<LaunchConfiguration['guests']>[number];

/** Opens the connections that were configured; by the names of the guests that have them. */
async function withNetworks(
  debuggee: Debuggee,
  byGuest: ReadonlyMap<string, HostNetwork>,
): Promise<LoadedDebuggee> {
  const { core, configuration } = debuggee;
  const networks = [...byGuest.values()];
  const close = (): void => {
    for (const network of networks) network.close();
  };
  try {
    for (const [name, network] of byGuest) {
      const port = configuration.placement === 'hosted' ? `${name}.${networkInputPort}` : networkInputPort;
      await network.open((bytes) => core.offer(port, bytes));
      core.onDidFork(() => network.fork());
    }
  } catch (error) {
    close();
    throw error;
  }
  return { ...debuggee, networks, close };
}

async function loadGuest(
  guest: GuestFiles,
  networks: Map<string, HostNetwork>,
  nameOf: PlaceName,
): Promise<GuestConfiguration> {
  const read = (path: string, attribute: string): Promise<NamedBytes> => readNamed(path, nameOf([attribute]));
  const {
    name,
    image,
    programs = [],
    symbols,
    initrd,
    append = '',
    kaslrSeed,
    memory = defaultMemory,
    vcpus,
  } = guest;
  return {
    name,
    image: unpacked(await read(image, 'image'), nameOf(['image'])),
    programs: await Promise.all(programs.map((path) => read(path, 'programs'))),
    symbols: symbols === undefined ? undefined : await read(symbols, 'symbols'),
    initrd: initrd === undefined ? undefined : (await read(initrd, 'initrd')).bytes,
    append,
    peripherals: peripheralsOf(guest, networks, nameOf),
    kaslrSeed: kaslrSeed === undefined ? undefined : BigInt(kaslrSeed),
    memory: parseMemorySize(memory),
    ...(vcpus !== undefined && { vcpus }),
  };
}

/** A kernel that is compressed (`Image.gz`) is unpacked here: the core and the guest's entry know nothing of that. */
function unpacked({ path, bytes }: NamedBytes, place: string): NamedBytes {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return { path, bytes };
  try {
    return { path: path.replace(/\.gz$/, ''), bytes: gunzipSync(bytes) };
  } catch (error) {
    throw new StrataError('bad-image', 'user', `${place}: ${path}: it is a damaged gzip file`, {
      cause: error,
    });
  }
}

function peripheralsOf(
  guest: GuestFiles,
  networks: Map<string, HostNetwork>,
  nameOf: PlaceName,
): PeripheralsConfiguration {
  const { name, disks = [], shares = [], randomSeed, network, virtioConsole, clockStart } = guest;
  return {
    disks: disks.map(({ file, readOnly }, index) => ({
      storage: diskFile(file, nameOf(['disks'])),
      access: readOnly === true ? 'read-only' : 'read-write',
      serial: `disk${index}`,
    })),
    ...(randomSeed !== undefined && { randomSeed }),
    shares: shares.map(({ tag, folder, readOnly }) => ({
      tag,
      folder: hostFolder(folder, nameOf(['shares'])),
      access: readOnly === true ? 'read-only' : 'read-write',
    })),
    ...(virtioConsole === true && { console: 'virtio' }),
    ...(network && {
      network: {
        kind: network.kind,
        ...(network.folder !== undefined && {
          web: hostFolder(network.folder, nameOf(['network', 'folder'])),
        }),
        ...outsideOf(name, network, networks),
      },
    }),
    ...(clockStart !== undefined && { clockStart: BigInt(Date.parse(clockStart)) * 1_000_000n }),
  };
}

/** What of this machine a guest's network may have; nothing where nothing is configured. */
function outsideOf(
  guest: string,
  { forward = {}, services = {} }: NonNullable<GuestFiles['network']>,
  networks: Map<string, HostNetwork>,
): { readonly outside?: HostNetwork } {
  const options = {
    forward: Object.entries(forward).map(([hostPort, guestPort]) => ({
      hostPort: Number(hostPort),
      guestPort,
    })),
    services: Object.entries(services).map(([port, target]) => {
      const [host = '', hostPort] = target.split(':');
      return { port: Number(port), host, hostPort: Number(hostPort) };
    }),
  };
  if (options.forward.length + options.services.length === 0) return {};
  const outside = new HostNetwork(options);
  networks.set(guest, outside);
  return { outside };
}

/** Reads a file that `attribute` of a configuration, or a command, names; says why where it cannot be read. */
export async function readNamed(path: string, attribute: string): Promise<NamedBytes> {
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? reasons[String(error.code)] : undefined;
    throw new StrataError('unreadable-file', 'user', `${attribute}: ${path}: ${reason ?? String(error)}`, {
      cause: error,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
  EACCES: 'it may not be read',
};

/** A guest without a name is called after its image. */
function guestName(image: string): string {
  return (
    basename(image)
      .replace(/\.[^.]*$/, '')
      .replaceAll(/[^A-Za-z0-9_-]/g, '-') || 'guest'
  );
}
