import type { EngineName } from '../hart/harts.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import type { InputLog } from '../machine/input-log.ts';
import type { PeripheralsConfiguration } from '../machine/peripherals.ts';
import type { DebuggerCore } from './debugger.ts';
import type { Target } from './target/target.ts';

/** A file that was read for the debuggee: the core itself reads none. */
export interface NamedBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One guest, or the one kernel of a machine without VMM. */
export interface GuestConfiguration {
  readonly name: string;
  readonly image: NamedBytes;
  /** ELF files whose symbols count; none of them is loaded. */
  readonly programs: readonly NamedBytes[];
  readonly symbols: NamedBytes | undefined;
  readonly initrd: Uint8Array | undefined;
  readonly append: string;
  /** What a relocatable kernel takes to choose where it runs. */
  readonly kaslrSeed?: bigint | undefined;
  /** Disks and other devices beyond those that every machine has. */
  readonly peripherals?: PeripheralsConfiguration;
  /** RAM in bytes. */
  readonly memory: number;
  /** Virtual harts under a hosted VMM; 1 where absent. */
  readonly vcpus?: number;
}

/** All that is needed to build a debuggee. */
export interface DebuggeeConfiguration {
  readonly placement: 'hosted' | 'none';
  readonly guests: readonly GuestConfiguration[];
  readonly firmware: 'builtin' | 'none' | NamedBytes;
  /** Prefix as compiled → prefix now. */
  readonly sourceMap: Readonly<Record<string, string>>;
  /** Where a source is that an image names by a relative path; undefined where it is nowhere. */
  readonly locateSource: (source: string, imagePath: string) => string | undefined;
  /** The instruction set of the machine; everything that Strata implements where absent. */
  readonly isa?: Isa;
  /** Harts of the machine, where no VMM is hosted on it; 1 where absent. */
  readonly harts?: number;
  /** Steps that a hart runs before the next has its turn. */
  readonly quantum?: number;
  /** Steps in a second of the machine's time; `MachineConfiguration` has a default. */
  readonly clockHertz?: number;
  readonly engine: 'auto' | EngineName;
  /** Input recorded earlier, to come again at its steps. */
  readonly input?: InputLog;
}

/** The machine with its VMM, and the debugger on it. */
export interface Debuggee {
  readonly configuration: DebuggeeConfiguration;
  readonly core: DebuggerCore;
  /** What is debugged, for views of it. */
  readonly target: Target;
}
