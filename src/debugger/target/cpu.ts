import type { Hart } from '../../hart/hart.ts';
import type { HartMode } from '../../hart/hart-mode.ts';
import { regimeOf, type TranslationRegime } from '../../hart/translation/regime.ts';
import type { Stratum } from '../stratum.ts';

/**
 * The processor as one thread sees it: a hart, or a vCPU wherever its registers lie. Mode and pc are those of the
 * code that the thread runs, also while the VMM handles its exit.
 */
export interface Cpu {
  readonly mode: HartMode;
  pc: bigint;
  getX(index: number): bigint;
  setX(index: number, value: bigint): void;
  /** An f register as it is: a narrower value is boxed. */
  getF(index: number): bigint;
  setF(index: number, value: bigint): void;
  /** The page-table root register of the code: satp, or vsatp in a guest. 0 in M mode, which nothing translates. */
  readonly root: bigint;
  /** How this thread translates addresses in a mode; views pass others than the present one. */
  regime(mode?: HartMode): TranslationRegime;
  /** A CSR by the name that this thread's software uses for it; `undefined` where there is none. */
  getCsr(name: string): bigint | undefined;
  setCsr(name: string, value: bigint): boolean;
}

/** The stratum whose code runs in a mode. */
export function stratumOf(mode: HartMode): Stratum {
  if (mode.privilege === 0) return 'process';
  if (mode.privilege === 3) return 'machine';
  return 'kernel';
}

/** A hart of a machine without VMM. */
export class HartCpu implements Cpu {
  readonly #hart: Hart;

  constructor(hart: Hart) {
    this.#hart = hart;
  }

  get mode(): HartMode {
    return this.#hart.state.mode;
  }

  get pc(): bigint {
    return this.#hart.state.pc;
  }

  set pc(value: bigint) {
    this.#hart.state.pc = value;
  }

  get root(): bigint {
    if (this.mode.privilege === 3) return 0n;
    return this.#hart.csrs.peek(this.mode.virtual ? 'vsatp' : 'satp');
  }

  getX(index: number): bigint {
    return this.#hart.state.getX(index);
  }

  setX(index: number, value: bigint): void {
    this.#hart.state.setX(index, value);
  }

  getF(index: number): bigint {
    return this.#hart.state.getF(index);
  }

  setF(index: number, value: bigint): void {
    this.#hart.state.setF(index, value);
  }

  regime(mode = this.mode): TranslationRegime {
    return regimeOf(this.#hart.state, mode.virtual, mode.privilege);
  }

  getCsr(name: string): bigint | undefined {
    return this.#hart.csrs.has(name) ? this.#hart.csrs.peek(name) : undefined;
  }

  setCsr(name: string, value: bigint): boolean {
    if (!this.#hart.csrs.has(name)) return false;
    this.#hart.csrs.poke(name, value);
    return true;
  }
}
