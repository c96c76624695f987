import type { EngineName } from '../hart/harts.ts';
import { standardEngine } from '../hart/standard-engine.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import type { Diagnostic, Result } from '../common/diagnostic.ts';
import { StrataError } from '../common/errors.ts';
import type { FirmwareChoice } from '../machine/configuration.ts';
import type { InputLog } from '../machine/input-log.ts';
import type { MachineImage } from '../machine/image.ts';
import { virtioConsolePort } from '../machine/peripherals.ts';
import { createMachine, type Machine } from '../machine/machine.ts';
import { createHostedMachine } from '../vmm/hosted-machine.ts';
import type { HostedVmm } from '../vmm/vmm.ts';
import type { Debuggee, DebuggeeConfiguration, GuestConfiguration } from './debuggee.ts';
import { ImageSet } from './images/image-set.ts';
import { loadSymbols } from './images/load-symbols.ts';
import { StrataDebugger } from './strata-debugger.ts';
import { ConsoleLogs } from './target/console-logs.ts';
import { loadMachineImage } from './target/load-image.ts';
import { Target } from './target/target.ts';

/** Builds the machine, its guests, and the debugger on them. What cannot be built is said with place and remedy. */
export function createDebuggee(configuration: DebuggeeConfiguration): Result<Debuggee> {
  const problems: Diagnostic[] = [];
  const consoles = new ConsoleLogs();
  const output = (port: string, byte: number): void => consoles.print(port, byte);
  try {
    const loaded = loadMachineImages(configuration, problems);
    const built = buildMachine(configuration, loaded, output, problems);
    const images = loadSymbols(configuration, loaded, problems);
    if (built === undefined || problems.some(({ severity }) => severity === 'error'))
      return { ok: false, diagnostics: problems };
    const target = new Target({ ...built, images: new ImageSet(images) });
    consoles.now = () => built.machine.steps;
    // Under a VMM the machine's own UART is nobody's console.
    for (const port of consolesOf(built)) consoles.open(port);
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

function consolesOf({ machine, vmm }: Built): readonly string[] {
  if (vmm === undefined) return ['uart0', ...(machine.board.virtioConsole ? [virtioConsolePort] : [])];
  return vmm.guests.flatMap(({ name, virtioConsole, virtioConsoleName }) =>
    virtioConsole ? [name, virtioConsoleName] : [name],
  );
}

type Output = (port: string, byte: number) => void;

interface Built {
  readonly machine: Machine;
  readonly vmm: HostedVmm | undefined;
}

/** What is loaded for each guest, where that can be loaded. */
type LoadedImages = ReadonlyMap<GuestConfiguration, MachineImage>;

function loadMachineImages(
  { guests, firmware }: DebuggeeConfiguration,
  problems: Diagnostic[],
): LoadedImages {
  const level = firmware === 'none' ? 'machine' : 'kernel';
  return new Map(
    guests.flatMap((guest) => {
      const image = take(loadMachineImage(guest.image, level, guest.memory), problems);
      return image === undefined ? [] : [[guest, image] as const];
    }),
  );
}

function buildMachine(
  configuration: DebuggeeConfiguration,
  loaded: LoadedImages,
  output: Output,
  problems: Diagnostic[],
): Built | undefined {
  const engine = configuration.engine === 'auto' ? standardEngine() : configuration.engine;
  const { isa, clockHertz } = configuration;
  const options = {
    output,
    engine,
    ...(isa && { isa }),
    ...(clockHertz !== undefined && { clockHertz }),
    ...inputOf(configuration.input),
  };
  return configuration.placement === 'hosted'
    ? buildHosted(configuration, loaded, options)
    : buildBare(configuration, loaded, options, problems);
}

interface MachineOptions {
  readonly output: Output;
  readonly engine: EngineName;
  readonly isa?: Isa;
  readonly clockHertz?: number;
  readonly input?: InputLog;
}

function inputOf(input: InputLog | undefined): { readonly input?: InputLog } {
  return input === undefined ? {} : { input };
}

function buildHosted(
  { guests }: DebuggeeConfiguration,
  loaded: LoadedImages,
  options: MachineOptions,
): Built | undefined {
  const made = guests.flatMap((guest) => {
    const image = loaded.get(guest);
    if (image === undefined) return [];
    const software = { image, ...bootOptions(guest) };
    const { name, memory: memoryBytes, peripherals = {}, vcpus = 1 } = guest;
    return [{ name, software, memoryBytes, peripherals, vcpus }];
  });
  return made.length < guests.length ? undefined : createHostedMachine({ guests: made, ...options });
}

function buildBare(
  { guests, firmware, harts, quantum }: DebuggeeConfiguration,
  loaded: LoadedImages,
  options: MachineOptions,
  problems: Diagnostic[],
): Built | undefined {
  const [guest] = guests;
  if (guest === undefined) return undefined;
  const image = loaded.get(guest);
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
    ...(harts !== undefined && { harts }),
    ...(quantum !== undefined && { quantum }),
    ...(guest.peripherals && { peripherals: guest.peripherals }),
    ...options,
  });
  return { machine, vmm: undefined };
}

function bootOptions({ initrd, append, kaslrSeed }: GuestConfiguration): {
  readonly initrd?: Uint8Array;
  readonly bootArguments?: string;
  readonly kaslrSeed?: bigint;
} {
  return {
    ...(initrd && { initrd }),
    ...(append !== '' && { bootArguments: append }),
    ...(kaslrSeed !== undefined && { kaslrSeed }),
  };
}

function take<T>(result: Result<T>, problems: Diagnostic[]): T | undefined {
  problems.push(...result.diagnostics);
  return result.ok ? result.value : undefined;
}
