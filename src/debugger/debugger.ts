import type { Event } from '../common/event.ts';
import type { BoundBreakpoint, BreakpointRequest, Filter } from './breakpoints/breakpoint.ts';
import type { Frame } from './frame.ts';
import type { MemoryReference } from './memory-reference.ts';
import type { SourceLocation } from './source.ts';
import type { Stop } from './stop.ts';
import type { Stratum } from './stratum.ts';
import type { Scope, Variable } from './variable.ts';
import type { WatchOffer, WatchRequest } from './watches/watch-offer.ts';

/** vCPU of a guest, or hart of a machine without VMM. */
export interface Thread {
  readonly id: number;
  readonly name: string;
}

/** How far a step goes, in the protocol's words; a statement is a line here. */
export type Granularity = 'statement' | 'line' | 'instruction';

/** What the debuggee shall do next. */
export type Resume =
  | {
      readonly kind: 'continue';
      readonly direction: 'forward' | 'backward';
      /** Nobody has seen the debuggee stand here: a breakpoint that stands here, too, is met. */
      readonly isUnseen?: true;
    }
  | {
      readonly kind: 'step';
      readonly how: 'over' | 'in' | 'out';
      readonly direction: 'forward' | 'backward';
      readonly granularity: Granularity;
      readonly threadId: number;
    };

/** What a slice of running came to. */
export type SliceResult =
  /** `idleNanoseconds`: guest time that passed in this slice while every hart waited; a client may wait as long. */
  | { readonly kind: 'running'; readonly idleNanoseconds: number }
  | { readonly kind: 'stopped'; readonly stop: Stop }
  /** Every hart waits and no timer is due: only input from outside can go on. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly description: string };

/** What an expression is worth; or what is wrong with it, at a column from 0. */
export type EvaluateResult =
  | { readonly ok: true; readonly variable: Variable }
  | { readonly ok: false; readonly message: string; readonly column: number };

/** An ELF file whose symbols the debugger has, and whose code it is. */
export interface LoadedImage {
  readonly name: string;
  readonly path: string;
  readonly stratum: Stratum;
  /** Guest that it belongs to, where there is a VMM. */
  readonly guest: string | undefined;
  /** How much is known of it: `DWARF 5`, `symbols only`, `no symbols`. */
  readonly symbolStatus: string;
  readonly sources: readonly string[];
}

/** What a console of a guest, or of the machine, printed. */
export interface ConsoleOutput {
  readonly console: string;
  readonly bytes: Uint8Array;
  /** True after time travel: `bytes` is then all that was printed up to now. */
  readonly reset: boolean;
}

/** What could be read of a range of memory, from its beginning on. */
export interface MemoryRead {
  /** Address of the first byte that was read. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** Bytes after those that cannot be read. */
  readonly unreadable: number;
}

/** A row of a disassembly; rows that cannot be read are there too, with `valid` false. */
export interface DisassemblyRow {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly symbol: string | undefined;
  readonly location: SourceLocation | undefined;
  readonly valid: boolean;
}

/**
 * The product's core, as every client (adapter, command line, tests) sees it. It has no clock: a client runs it
 * in slices and does other things between them, so a request is answered while the guest runs. Whatever a client
 * passes that names nothing (a stale frame id, an unknown thread) gives a StrataError with blame `user`.
 */
export interface DebuggerCore {
  readonly threads: readonly Thread[];
  readonly images: readonly LoadedImage[];
  readonly filters: readonly Filter[];
  readonly onDidChangeBreakpoint: Event<BoundBreakpoint>;
  /** Text of log points, and warnings of the debugger's own. */
  readonly onDidLog: Event<string>;
  readonly onDidPrint: Event<ConsoleOutput>;
  /** Memory or registers were written by hand: frames, scopes and variables that a client holds are out of date. */
  readonly onDidChange: Event<void>;

  /** Input came in: a machine that waits for it can go on. */
  readonly onDidInput: Event<void>;
  /** Input in the past began another future. */
  readonly onDidFork: Event<void>;

  /** Replaces all breakpoints of one owner (a source path, `functions`, `instructions`, `filters`, `data`). */
  setBreakpoints(owner: string, requests: readonly BreakpointRequest[]): readonly BoundBreakpoint[];
  /** Lines of a source file, within a range, that hold code. */
  breakpointLines(path: string, from: number, to: number): readonly number[];

  /** Begins to move. `runSlice` then does the work. */
  resume(how: Resume): void;
  /** Runs at most `steps` steps of the resumption under way. */
  runSlice(steps: number): SliceResult;
  /** Ends the resumption under way at the next exact point. */
  pause(): Stop;
  /** Goes back to the first instruction; the same inputs come again at the same steps. */
  restart(): Stop;
  /** Where the debuggee stands, `undefined` while it runs. */
  readonly stop: Stop | undefined;

  stackTrace(threadId: number): readonly Frame[];
  scopes(frameId: number): readonly Scope[];
  /**
   * Evaluates in the debugger's expression language; errors point at the column (0-based). Where only a look is meant
   * (a mouse over a line of source, a watch that is evaluated again and again), assignments are refused.
   */
  evaluate(text: string, frameId: number | undefined, purpose?: 'act' | 'look'): EvaluateResult;
  /** What a data breakpoint on an expression, or from an address on, would watch. */
  watchable(text: string, what: WatchRequest, frameId: number | undefined): WatchOffer;
  /** Names that could continue `text` at `column` (0-based). */
  complete(text: string, column: number, frameId: number | undefined): readonly string[];
  /** Text of a generated source. */
  sourceText(id: number): string;

  readMemory(reference: MemoryReference, offset: bigint, count: number): MemoryRead;
  /** Writes through to translated code and views; answers how many bytes were written. */
  writeMemory(reference: MemoryReference, offset: bigint, bytes: Uint8Array): number;
  /** Exactly `count` rows, from `instructionOffset` rows before or after the address. */
  disassemble(
    reference: MemoryReference,
    offset: bigint,
    instructionOffset: number,
    count: number,
  ): readonly DisassemblyRow[];

  readonly consoles: readonly { readonly id: string; readonly title: string; readonly text: string }[];
  /** Keys typed at a console: in the past, they begin another future. */
  input(console: string, bytes: Uint8Array): void;
  /** Something comes in that nobody typed; false, and not taken, where history has gone on already, or has ended. */
  offer(port: string, bytes: Uint8Array): boolean;
}
