import type { Hart } from '../hart/hart.ts';
import type { HostedLevel } from '../hart/hosted.ts';
import type { HartMode } from '../hart/hart-mode.ts';
import type { MemoryTouch, Watchpoints } from '../hart/watchpoints.ts';

/** Who accessed memory: an instruction of a hart, a device, or software of a hosted level. */
export type Accessor = 'hart' | 'device' | 'firmware' | 'vmm';

/** An access to memory that is watched, and who made it. */
export interface WatchedAccess extends MemoryTouch {
  readonly accessor: Accessor;
  /** The hart that ran, or whose trap was handled, and where it was: at the instruction that made the access. */
  readonly hart: number;
  readonly pc: bigint;
  readonly mode: HartMode;
}

/** Notes who accesses the machine's watched memory, until the run under way is ended for it. */
export class WatchedAccesses {
  readonly #watchpoints: Watchpoints;
  #accesses: WatchedAccess[] = [];

  /** `lookSoon` is called at each access; `running` is the hart that executes, if one does. */
  constructor(options: {
    readonly watchpoints: Watchpoints;
    readonly running: () => Hart | undefined;
    readonly hosted: () => HostedLevel | undefined;
    readonly currentHart: () => Hart;
    readonly lookSoon: () => void;
  }) {
    this.#watchpoints = options.watchpoints;
    options.watchpoints.onTouch = (touch) => {
      const running = options.running();
      const { id, state } = running ?? options.currentHart();
      const accessor =
        running === undefined ? ofLevel(options.hosted()) : touch.by === 'outside' ? 'device' : 'hart';
      this.#accesses.push({ ...touch, accessor, hart: id, pc: state.pc, mode: state.mode });
      options.lookSoon();
    };
  }

  /** The accesses since this was last asked, in order; `undefined` where there were none. */
  take(): readonly WatchedAccess[] | undefined {
    if (!this.#watchpoints.areTouched) return undefined;
    this.#watchpoints.take();
    const accesses = this.#accesses;
    this.#accesses = [];
    return accesses;
  }
}

function ofLevel(level: HostedLevel | undefined): Accessor {
  if (level === undefined) return 'device';
  return level === 'machine' ? 'firmware' : 'vmm';
}
