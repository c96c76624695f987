import type { Stop } from '../stop.ts';

/** What one slice of a resumption came to. */
export type SliceOutcome =
  | { readonly kind: 'running' }
  | {
      readonly kind: 'stopped';
      readonly stop: Stop;
      /** The past was run through again: consoles show another time. */ readonly wentBack?: true;
    }
  | { readonly kind: 'idle' }
  | { readonly kind: 'ended'; readonly exitCode: number; readonly description: string };

/** A resumption under way: continue, a step, or a way back. Each call moves by at most so many steps. */
export interface Plan {
  advance(steps: number): SliceOutcome;
  /** Gives back what it had armed. */
  dispose(): void;
}
