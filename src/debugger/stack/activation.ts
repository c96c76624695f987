import type { HartMode } from '../../hart/hart-mode.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { FrameRegisters } from '../../symbols/unwind.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { Stratum } from '../stratum.ts';
import type { DebugThread } from '../target/target.ts';

/**
 * A function activation in guest code, with all that is needed to read its variables: its registers as far as they
 * can be recovered, and the space that it lives in.
 */
export interface Activation {
  readonly thread: DebugThread;
  readonly mode: HartMode;
  readonly stratum: Stratum;
  readonly regime: TranslationRegime;
  /** Page-table root register of its space. */
  readonly root: bigint;
  readonly registers: FrameRegisters;
  /** Identity of the frame and its caller's stack pointer, where it is known. */
  readonly cfa: bigint | undefined;
  readonly image: StratumImage | undefined;
  /** Position among the calls that were inlined at its pc: 0 is the innermost. */
  readonly inlineDepth: number;
  /** True for the frame whose registers are those of the processor: they can be changed. */
  readonly isInnermost: boolean;
}

/** Where a level of a stack, activations of one stratum, is at its innermost: its mode, and the root of its space. */
export type LevelStart = Pick<Activation, 'mode' | 'root'>;
