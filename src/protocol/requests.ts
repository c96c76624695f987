/**
 * Our custom DAP requests and events. JSON throughout: 64-bit numbers travel as `0x…` strings.
 * The adapter answers them; views and the command line ask them.
 */
import type {
  DeviceView,
  ExitView,
  GuestView,
  ReasonCount,
  SpaceView,
  WalkView,
  StratumName,
} from './views.ts';

/** Request name → its arguments and its response body. */
export interface CustomRequests {
  /** Guests and who owns the CPU now. Empty list of guests where no VMM is hosted. */
  'strata/guests': { readonly arguments: Record<string, never>; readonly body: GuestsBody };
  /** Exits so far: counted by reason, and the newest `limit` (default 200) records, newest first. */
  'strata/exits': {
    readonly arguments: { readonly guest?: string; readonly reason?: string; readonly limit?: number };
    readonly body: {
      readonly total: number;
      readonly byReason: readonly ReasonCount[];
      readonly recent: readonly ExitView[];
    };
  };
  /**
   * Walks `address` (an expression or a number) through every stage and level for `access` (default `read`), as the
   * thread's present mode does, or as `as` says. Thread 0 is the one that has the hart. Looking only: no A/D bit is set.
   */
  'strata/walk': {
    readonly arguments: {
      readonly threadId: number;
      readonly address: string;
      readonly access?: 'read' | 'write' | 'execute';
      readonly as?: 'process' | 'kernel';
    };
    readonly body: WalkView;
  };
  /** Devices of the machine and of every guest, with registers and fields read without side effects. */
  'strata/devices': {
    readonly arguments: Record<string, never>;
    readonly body: { readonly devices: readonly DeviceView[] };
  };
  /** Every space that can be looked at now, each with a memory reference into it; or those that a thread reaches. */
  'strata/spaces': {
    readonly arguments: { readonly threadId?: number };
    readonly body: { readonly spaces: readonly SpaceView[] };
  };
  /** Keys typed at a console; bytes enter the machine through the input log. */
  'strata/input': {
    readonly arguments: { readonly console: string; readonly text: string };
    readonly body: Record<string, never>;
  };
  /**
   * Samples the whole stack from here on, every so many steps, until `strata/stopProfile`, the end of the guest or of the
   * session, or, if so asked, the guest's next stop. Then `file`, an absolute path, is written: V8's format where its
   * name ends in `.cpuprofile`, else folded stacks. Without `stepsPerSample` it is `profileInterval` of the launch.
   */
  'strata/startProfile': {
    readonly arguments: {
      readonly file: string;
      readonly stepsPerSample?: number;
      readonly until?: 'stop';
    };
    readonly body: Record<string, never>;
  };
  /** Ends the profile that is under way, and writes its file: what the launch's `profile` began, too. */
  'strata/stopProfile': {
    readonly arguments: Record<string, never>;
    readonly body: Record<string, never>;
  };
  /** The consoles that exist, with all that each has printed so far. */
  'strata/consoles': {
    readonly arguments: Record<string, never>;
    readonly body: { readonly consoles: readonly ConsoleView[] };
  };
}

/** Guests, and who owns the CPU, at a position of history. */
export interface GuestsBody {
  readonly placement: 'hosted' | 'none';
  /** Position in the machine's history. */
  readonly step: number;
  readonly guests: readonly GuestView[];
  /** Who owns the hart now: stratum and, in a guest, its name and process. */
  readonly owner: { readonly stratum: StratumName; readonly guest?: string; readonly process?: string };
}

/** A console, with what it has printed. */
export interface ConsoleView {
  /** `uart0`, or the guest's name. */
  readonly id: string;
  readonly title: string;
  /** All output so far, bytes as Latin-1 characters. */
  readonly text: string;
}

/** Event name → its body. */
export interface CustomEvents {
  /** Bytes that a console printed (Latin-1 characters). After time travel `reset` is true: text replaces all. */
  'strata/console': { readonly console: string; readonly text: string; readonly reset: boolean };
  /** What has become of a profile. `written`: with how many samples; `lost`: its file cannot be written any more. */
  'strata/profile':
    | { readonly state: 'running'; readonly file: string; readonly until?: 'stop' }
    | { readonly state: 'written'; readonly file: string; readonly samples: number }
    | { readonly state: 'lost'; readonly file: string; readonly problem: string };
  /** Views should ask again: sent at every stop and after each write. */
  'strata/changed': Record<string, never>;
}
