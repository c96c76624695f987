import type { Isa } from '../../isa/configuration/isa.ts';
import type { Clock } from '../clock.ts';
import type { PhysicalProtection } from '../physical-protection.ts';
import type { HartState } from '../state.ts';

/** What the registers that are more than storage need of their hart. */
export interface CsrContext {
  readonly isa: Isa;
  readonly state: HartState;
  readonly clock: Clock;
  readonly hartId: number;
  readonly protection: PhysicalProtection;
  /** A comparator, or what it compares with, changed. */
  readonly timersChanged: () => void;
  /** Physical memory protection changed: cached translations may be wrong. */
  readonly protectionChanged: () => void;
  /** Page-table entries mean something else now: cached translations may be wrong. */
  readonly translationChanged: () => void;
  /** A trigger changed (Sdtrig): that of `index`, or any. */
  readonly triggersChanged: (index?: number) => void;
  /** Any register changed: the mode may translate otherwise, an interrupt may be due. */
  readonly contextChanged: () => void;
}

/** How a register differs from plain storage that its description legalizes. */
export interface CsrHooks {
  readonly read?: (context: CsrContext) => bigint;
  /** Read with V = 1, where that differs. */
  readonly readVirtual?: (context: CsrContext) => bigint;
  /** Takes the place of the store: bits that are 1 in `mask` are to become those of `value`. */
  readonly modify?: (context: CsrContext, value: bigint, mask: bigint) => void;
  /** Changes the value to store, once it is legal. */
  readonly adjust?: (context: CsrContext, value: bigint) => bigint;
  /** After the store. */
  readonly changed?: (context: CsrContext) => void;
}

/** Hooks by register name. */
export type CsrHookTable = Readonly<Record<string, CsrHooks>>;
