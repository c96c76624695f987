import type { EngineName } from '../hart/harts.ts';
import { standardEngine } from '../hart/standard-engine.ts';
import { StrataError } from '../common/errors.ts';
import { defaultIsa, type Isa } from '../isa/configuration/isa.ts';
import type { HostedSupervisor, SupervisorHost } from './hosted-supervisor.ts';
import { imageProblem, type MachineImage } from './image.ts';
import type { InputLog } from './input-log.ts';
import { virtMemoryMap } from './memory-map.ts';
import type { PeripheralsConfiguration } from './peripherals.ts';

/** What M mode is: our firmware in TypeScript, nothing (the image runs in M mode), or firmware that is code. */
export type FirmwareChoice = 'builtin' | 'none' | MachineImage;

/** What a machine is made from. The same configuration, with the same input, gives the same history. */
export interface MachineConfiguration {
  /**
   * What runs: a kernel that S mode enters, or with firmware `none` a program that M mode enters. It may be left
   * out under a hosted supervisor, which brings its own.
   */
  readonly image?: MachineImage;
  readonly firmware?: FirmwareChoice;
  /** Makes the software that HS mode is; needs the built-in firmware below it. */
  readonly supervisor?: (host: SupervisorHost) => HostedSupervisor;
  /** The instruction set of the harts; everything that Strata implements unless told. */
  readonly isa?: Isa;
  /** 16 MiB to 2 GiB, whole mebibytes; 128 MiB unless told. */
  readonly ramBytes?: number;
  /** 1 to 8. */
  readonly harts?: number;
  /** Steps that a hart runs before the next has its turn: 64 to 1,000,000; 1000 unless told. */
  readonly quantum?: number;
  /** Steps in a second of the machine's time; a multiple of the timebase. */
  readonly clockHertz?: number;
  /** The kernel's command line. */
  readonly bootArguments?: string;
  /** `kaslr-seed` of the device tree: Linux chooses by it where it runs. Without one it runs where it was linked. */
  readonly kaslrSeed?: bigint;
  readonly initrd?: Uint8Array;
  /** Disks and other devices beyond those that every machine has. */
  readonly peripherals?: PeripheralsConfiguration;
  /** Input recorded earlier, to be seen again at its steps. */
  readonly input?: InputLog;
  /** Receives each byte that a console sends, under its name. While history is replayed, again. */
  readonly output?: (port: string, byte: number) => void;
  /** `standardEngine` where absent. */
  readonly engine?: EngineName;
}

/** A configuration that was checked, with nothing left open. */
export interface CheckedConfiguration extends Omit<MachineConfiguration, 'image' | 'supervisor'> {
  readonly image: MachineImage;
  readonly supervisor: ((host: SupervisorHost) => HostedSupervisor) | undefined;
  readonly firmware: FirmwareChoice;
  readonly isa: Isa;
  readonly ramBytes: number;
  readonly harts: number;
  readonly quantum: number;
  readonly clockHertz: number;
  readonly output: (port: string, byte: number) => void;
  readonly engine: EngineName;
}

/** Ticks of mtime in a second, as on QEMU's board. */
export const timebaseHertz = 10_000_000;

const mebibyte = 0x10_0000;

/** Throws a `StrataError` that blames the user where no machine can be made of it. */
export function checkConfiguration(configuration: MachineConfiguration): CheckedConfiguration {
  const {
    firmware = 'builtin',
    isa = defaultIsa,
    ramBytes = 128 * mebibyte,
    harts = 1,
    quantum = 1000,
    clockHertz = 100_000_000,
    supervisor,
    image = supervisor && nothing,
  } = configuration;
  if (ramBytes < 16 * mebibyte || ramBytes > 2048 * mebibyte || ramBytes % mebibyte !== 0) {
    throw invalid('memory', `${ramBytes} bytes of memory: a machine has 16 MiB to 2 GiB, in whole MiB.`);
  }
  if (!Number.isInteger(harts) || harts < 1 || harts > 8) {
    throw invalid('harts', `${harts} harts: a machine has 1 to 8.`);
  }
  // Unpriv. Zalrsc: a loop of 16 instructions between LR and SC must succeed at last; a turn has room for several.
  if (!Number.isInteger(quantum) || quantum < 64 || quantum > 1_000_000) {
    throw invalid('quantum', `A turn of ${quantum} steps: give 64 to 1000000.`);
  }
  if (clockHertz < timebaseHertz || clockHertz % timebaseHertz !== 0) {
    throw invalid('clock', `A clock of ${clockHertz} Hz: give a multiple of ${timebaseHertz} Hz.`);
  }
  if (supervisor && firmware !== 'builtin') {
    throw invalid('firmware', 'A hosted VMM needs the built-in firmware below it.');
  }
  if (supervisor && !(isa.has('H') && isa.has('Sstc'))) {
    throw invalid(
      'isa',
      'A hosted VMM needs H and Sstc: add +h,+sstc to the instruction set, or go without VMM.',
    );
  }
  if (!image) throw invalid('image', 'There is nothing to run: give an image.');
  for (const program of typeof firmware === 'string' ? [image] : [firmware, image])
    checkImage(program, ramBytes);
  return {
    output: () => {},
    engine: standardEngine(),
    ...configuration,
    image,
    supervisor,
    firmware,
    isa,
    ramBytes,
    harts,
    quantum,
    clockHertz,
  };
}

const nothing: MachineImage = { segments: [], entry: BigInt(virtMemoryMap.ram.base) };

function checkImage(image: MachineImage, ramBytes: number): void {
  const problem = imageProblem(image, { base: virtMemoryMap.ram.base, size: ramBytes });
  if (problem !== undefined) throw invalid('image', `${problem.message} ${problem.remedy}`);
}

function invalid(what: string, message: string): StrataError {
  return new StrataError(`invalid-machine-${what}`, 'user', message);
}
