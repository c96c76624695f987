import type { EngineName } from '../hart/harts.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import type { Diagnostic, Result } from '../common/diagnostic.ts';
import { StrataError } from '../common/errors.ts';
import type { FirmwareChoice } from '../machine/configuration.ts';
import type { InputLog } from '../machine/input-log.ts';
import { createMachine, type Machine } from '../machine/machine.ts';
import type { PathRemap } from '../symbols/source-paths.ts';
import { loadImage } from '../symbols/symbol-index.ts';
import { createHostedMachine } from '../vmm/hosted-machine.ts';
import type { HostedVmm } from '../vmm/vmm.ts';
import type { Debuggee, DebuggeeConfiguration, GuestConfiguration, NamedBytes } from './debuggee.ts';
import { ImageSet, type StratumImage } from './images/image-set.ts';
import { StrataDebugger } from './strata-debugger.ts';
import type { Stratum } from './stratum.ts';
import { ConsoleLogs } from './target/console-logs.ts';
import { inFile, loadMachineImage } from './target/load-image.ts';
import { Target } from './target/target.ts';

/** Builds the machine, its guests, and the debugger on them. What cannot be built is said with place and remedy. */
export function createDebuggee(configuration: DebuggeeConfiguration): Result<Debuggee> {
  const problems: Diagnostic[] = [];
  const consoles = new ConsoleLogs();
  const output = (port: string, byte: number): void => consoles.print(port, byte);
  try {
    const built = buildMachine(configuration, output, problems);
    const images = loadSymbols(configuration, problems);
    if (built === undefined || problems.some(({ severity }) => severity === 'error'))
      return { ok: false, diagnostics: problems };
    const target = new Target({ ...built, images: new ImageSet(images) });
    consoles.now = () => built.machine.steps;
    // Under a VMM the machine's own UART is nobody's console.
    const ports = built.vmm?.guests.map(({ name }) => name) ?? ['uart0'];
    for (const port of ports) consoles.open(port);
    const core = new StrataDebugger(target, consoles);
    return { ok: true, value: { configuration, core, target }, diagnostics: problems };
  } catch (error) {
    if (!(error instanceof StrataError) || error.blame === 'internal') throw error;
    const files = configuration.guests.map(({ image }) => image.path);
    return {
      ok: false,
      diagnostics: [{ severity: 'error', message: `${files.join(', ')}: ${error.message}` }],
    };
  }
}

type Output = (port: string, byte: number) => void;

interface Built {
  readonly machine: Machine;
  readonly vmm: HostedVmm | undefined;
}

function buildMachine(
  configuration: DebuggeeConfiguration,
  output: Output,
  problems: Diagnostic[],
): Built | undefined {
  const engine = configuration.engine === 'auto' ? 'translator' : configuration.engine;
  const { isa } = configuration;
  const options = { output, engine, ...(isa && { isa }), ...inputOf(configuration.input) };
  return configuration.placement === 'hosted'
    ? buildHosted(configuration, options, problems)
    : buildBare(configuration, options, problems);
}

interface MachineOptions {
  readonly output: Output;
  readonly engine: EngineName;
  readonly isa?: Isa;
  readonly input?: InputLog;
}

function inputOf(input: InputLog | undefined): { readonly input?: InputLog } {
  return input === undefined ? {} : { input };
}

function buildHosted(
  { guests }: DebuggeeConfiguration,
  options: MachineOptions,
  problems: Diagnostic[],
): Built | undefined {
  const made = guests.flatMap((guest) => {
    const image = take(loadMachineImage(guest.image, 'kernel', guest.memory), problems);
    if (image === undefined) return [];
    const software = { image, ...bootOptions(guest) };
    return [{ name: guest.name, software, memoryBytes: guest.memory }];
  });
  return made.length < guests.length ? undefined : createHostedMachine({ guests: made, ...options });
}

function buildBare(
  { guests, firmware }: DebuggeeConfiguration,
  options: MachineOptions,
  problems: Diagnostic[],
): Built | undefined {
  const [guest] = guests;
  if (guest === undefined) return undefined;
  const level = firmware === 'none' ? 'machine' : 'kernel';
  const image = take(loadMachineImage(guest.image, level, guest.memory), problems);
  const below: FirmwareChoice | undefined =
    typeof firmware === 'string'
      ? firmware
      : take(loadMachineImage(firmware, 'machine', guest.memory), problems);
  if (image === undefined || below === undefined) return undefined;
  const machine = createMachine({
    image,
    firmware: below,
    ramBytes: guest.memory,
    ...bootOptions(guest),
    ...options,
  });
  return { machine, vmm: undefined };
}

function bootOptions({ initrd, append }: GuestConfiguration): {
  readonly initrd?: Uint8Array;
  readonly bootArguments?: string;
} {
  return { ...(initrd && { initrd }), ...(append !== '' && { bootArguments: append }) };
}

function take<T>(result: Result<T>, problems: Diagnostic[]): T | undefined {
  problems.push(...result.diagnostics);
  return result.ok ? result.value : undefined;
}

/** Symbols of every image. A kernel without symbols runs all the same; a program file that is none is an error. */
function loadSymbols(configuration: DebuggeeConfiguration, problems: Diagnostic[]): readonly StratumImage[] {
  const { placement, guests, firmware } = configuration;
  const images: StratumImage[] = [];
  const add = (file: NamedBytes, stratum: Stratum, guest: string | undefined, isNeeded: boolean): void => {
    const image = symbolsOf(file, stratum, guest, configuration);
    if (image.ok) images.push(image.value);
    else if (isNeeded) problems.push(...image.diagnostics);
  };
  for (const guest of guests) {
    const name = placement === 'hosted' ? guest.name : undefined;
    add(
      guest.symbols ?? guest.image,
      firmware === 'none' ? 'machine' : 'kernel',
      name,
      guest.symbols !== undefined,
    );
    for (const program of guest.programs) add(program, 'process', name, true);
  }
  if (typeof firmware !== 'string') add(firmware, 'machine', undefined, false);
  return images;
}

function symbolsOf(
  file: NamedBytes,
  stratum: Stratum,
  guest: string | undefined,
  { sourceMap, locateSource }: DebuggeeConfiguration,
): Result<StratumImage> {
  const name = file.path.replace(/^.*[\\/]/, '');
  const remap: PathRemap[] = Object.entries(sourceMap).map(([from, to]) => ({ from, to }));
  const first = loadImage(name, file.bytes, { remap });
  if (!first.ok) return { ok: false, diagnostics: first.diagnostics.map((each) => inFile(file.path, each)) };
  const found = remapRelative(first.value.sources, (source) => locateSource(source, file.path));
  const again = found === undefined ? first : loadImage(name, file.bytes, { remap: [...remap, found] });
  if (!again.ok) return again;
  return {
    ok: true,
    value: { name, path: file.path, stratum, guest, symbols: again.value },
    diagnostics: [],
  };
}

/** Where one relative source is found, the others beside it are too: what the two names do not share is remapped. */
function remapRelative(
  sources: readonly string[],
  locate: (source: string) => string | undefined,
): PathRemap | undefined {
  for (const source of sources) {
    if (source.startsWith('/')) continue;
    const place = locate(source);
    if (place === undefined) continue;
    const from = source.split('/').slice(0, -1);
    const to = place.split('/').slice(0, -1);
    while (from.length > 1 && from.at(-1) === to.at(-1)) {
      from.pop();
      to.pop();
    }
    if (from.length > 0) return { from: from.join('/'), to: to.join('/') };
  }
  return undefined;
}
