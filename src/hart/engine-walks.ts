import type { TranslatePage } from './engine/refill.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import type { PhysicalProtection } from './physical-protection.ts';
import type { HartState } from './state.ts';
import { QuickWalk } from './translation/quick-walk.ts';
import { accessRegime, fetchRegime } from './translation/regime.ts';
import type { PageWalker, Walked } from './translation/walk.ts';
import type { Triggers } from './triggers/triggers.ts';

/** The page walks of a hart's engine: quick ones for what is common, and full ones for all else. */
export class EngineWalks {
  readonly #state: HartState;
  readonly #walker: PageWalker;
  readonly #triggers: Triggers;
  readonly #quick: QuickWalk;
  #walked: Walked;

  constructor(parts: {
    readonly state: HartState;
    readonly memory: PhysicalMemory;
    readonly protection: PhysicalProtection;
    readonly walker: PageWalker;
    readonly triggers: Triggers;
    readonly contiguousPages: boolean;
  }) {
    this.#state = parts.state;
    this.#walker = parts.walker;
    this.#triggers = parts.triggers;
    this.#quick = new QuickWalk(parts);
    this.#walked = parts.walker;
  }

  /** What the last translation read. */
  get walked(): Walked {
    return this.#walked;
  }

  /** See `TranslatePage`. */
  translate(...[page, access, effects]: Parameters<TranslatePage>): number | undefined {
    if (this.#triggers.areArmed || effects === 'none') return this.#inFull(page, access, effects);
    this.#walked = this.#quick;
    const found = this.#quick.find(page, access);
    return found !== undefined || this.#quick.unmapped >= 0 ? found : this.#inFull(page, access, effects);
  }

  /**
   * The guest-physical page of a page (address >> 12) where the second stage maps nothing there and the first all that
   * the access needs; else -1.
   */
  unmappedGuestPage(page: number, access: 'read' | 'write'): number {
    return this.#quick.find(page, access) === undefined ? this.#quick.unmapped : -1;
  }

  #inFull(...[page, access, effects]: Parameters<TranslatePage>): number | undefined {
    const regime = access === 'execute' ? fetchRegime(this.#state) : accessRegime(this.#state, 'normal');
    const address = BigInt(page) << 12n;
    // An access that may fire a trigger goes the slow way.
    if (effects === 'update' && this.#triggers.areArmed && this.#triggers.concernPage(address, access))
      return undefined;
    this.#walked = this.#walker;
    const found = this.#walker.walk({ address, access, regime, effects });
    return typeof found === 'number' ? found : undefined;
  }
}
