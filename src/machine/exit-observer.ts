import type { Hart } from '../hart/hart.ts';
import type { TakenTrap } from '../hart/trap.ts';
import type { SavedState } from './device.ts';

/**
 * Keeps account of the exits of guests whose VMM is software of the machine's own, in HS mode (KVM, say). It only
 * looks; but its account is of history, and so goes back with the machine.
 */
export interface ExitObserver {
  /** A hart has left VS or VU mode to HS mode: state is that of the VMM's first instruction. */
  left(hart: Hart, trap: TakenTrap): void;
  /** A hart has entered VS or VU mode by an SRET in HS mode. */
  entered(hart: Hart): void;
  /** Power-on. */
  clear(): void;
  save(): SavedState;
  restore(saved: SavedState): void;
}

/** Lets an observer see what each hart does. */
export function connectObserver(harts: readonly Hart[], observer: ExitObserver): void {
  for (const hart of harts)
    hart.exits = { left: (trap) => observer.left(hart, trap), entered: () => observer.entered(hart) };
}
