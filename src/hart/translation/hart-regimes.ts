import type { AccessKind } from '../../isa/semantics.ts';
import type { HartMode } from '../hart-mode.ts';
import { csrSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import { accessMode, regimeOf, type TranslationRegime } from './regime.ts';

/**
 * The regimes of a hart's own accesses, as `regimeOf` says them: made anew only where a register that they come from has
 * another value than it had, because the evaluator asks at every instruction.
 */
export class HartRegimes {
  readonly #state: HartState;
  readonly #seen = new Uint32Array(sources.length);
  readonly #known = new Map<HartMode, TranslationRegime>();

  constructor(state: HartState) {
    this.#state = state;
  }

  fetch(): TranslationRegime {
    return this.#regime(this.#state.mode);
  }

  access(kind: AccessKind): TranslationRegime {
    return this.#regime(accessMode(this.#state, kind));
  }

  #regime(mode: HartMode): TranslationRegime {
    if (this.#look()) this.#known.clear();
    let regime = this.#known.get(mode);
    if (regime === undefined) {
      regime = regimeOf(this.#state, mode.virtual, mode.privilege);
      this.#known.set(mode, regime);
    }
    return regime;
  }

  /** Tells whether anything has changed since the last look. */
  #look(): boolean {
    const { halves } = this.#state;
    let hasChanged = false;
    for (let index = 0; index < sources.length; index++) {
      const value = halves[sources[index] as number] as number;
      if (value === this.#seen[index]) continue;
      this.#seen[index] = value;
      hasChanged = true;
    }
    return hasChanged;
  }
}

const { mstatus, vsstatus, satp, vsatp, hgatp, menvcfg, henvcfg } = csrSlot;
/** What `regimeOf` reads, as indices of `HartState.halves`. */
const sources = [mstatus, vsstatus, satp, vsatp, hgatp, menvcfg, henvcfg].flatMap((slot) => [
  2 * slot,
  2 * slot + 1,
]);
