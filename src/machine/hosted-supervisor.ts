import type { Isa } from '../isa/configuration/isa.ts';
import type { SteadyClock } from '../hart/clock.ts';
import type { Hart } from '../hart/hart.ts';
import type { MachineMemory } from '../hart/memory.ts';
import type { PhysicalMemory } from '../hart/physical-memory.ts';
import type { AddressMap } from './bus.ts';
import type { SavedState } from './device.ts';

/**
 * Software in HS mode that is TypeScript: the hosted VMM, as the machine sees it. It acts as such software would,
 * through the CSRs, registers and memory of the hart, and ends with the semantics of SRET; the machine knows
 * nothing else about it.
 *
 * The life of an exit. The hart takes a trap to HS mode: one step, and sepc, scause, stval, htval, htinst and
 * hstatus are set. The machine calls `beginExit`, then `advance` until that says that the hart goes on. Each
 * `advance` is one stage (exit, decode, find, emulate or inject, resume). All stages belong to the step of the
 * trap: they take no time, and a run that ends at this step ends after them. Between stages the machine may stop,
 * for a debugger; a later run goes on with the next stage. So a position in history is a step and, within an
 * exit, the number of stages done.
 */
export interface HostedSupervisor {
  /**
   * Power-on: the firmware has put the hart into HS mode, with nothing to execute. `resumed` when it now has
   * (SRET into a guest).
   */
  start(hart: number): SupervisorProgress;
  /** A trap has entered HS mode. Returns the name of the first stage, which is not done yet. */
  beginExit(hart: number): string;
  /** Does the stage that was named last. */
  advance(): SupervisorProgress;
  /** Does that stage and all that are left: what comes to the same, where nobody wants to stop between stages. */
  finish(): SupervisorOutcome;
  /** All that is not wiring; called between exits only. */
  save(): SavedState;
  restore(state: SavedState): void;
}

/** How far the handling of an exit has come after one of its stages. */
export type SupervisorProgress =
  /** The exit goes on with this stage. */
  | { readonly kind: 'stage'; readonly name: string }
  /** The hart goes on, at its pc and in its mode. */
  | { readonly kind: 'resumed' }
  /**
   * Nothing can run until an interrupt comes, as if HS mode had executed WFI. The hart must be left in HS mode
   * with sstatus.SIE set: the next interrupt enabled in sie is then an exit of its own.
   */
  | { readonly kind: 'waiting' }
  /** Every guest has ended: so does the machine, with this exit code. */
  | { readonly kind: 'finished'; readonly code: number };

/** How the handling of an exit ends. */
export type SupervisorOutcome = Exclude<SupervisorProgress, { readonly kind: 'stage' }>;

/** What a hosted supervisor has of its machine: what software in HS mode has, and two doors to the outside. */
export interface SupervisorHost {
  /** The instruction set of the harts. */
  readonly isa: Isa;
  readonly harts: readonly Hart[];
  readonly memory: MachineMemory;
  /** RAM by host-physical address, with everyone told who caches code. */
  readonly physical: PhysicalMemory;
  /** The machine's devices. */
  readonly bus: AddressMap;
  readonly clock: SteadyClock;
  /** Steps of the machine so far, for records. */
  readonly steps: () => number;
  /**
   * A console of its own, towards the user: `receive` gets what comes in under this name, through the input log.
   * It may make an interrupt pending, by which a waiting hart wakes.
   */
  openInput(port: string, receive: (bytes: Uint8Array) => void): void;
  /** A byte goes out on a console. */
  output(port: string, byte: number): void;
}
