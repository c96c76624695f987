import { schemeOf } from '../../isa/translation-schemes.ts';
import type { StageOptions, StageRules } from './page-table.ts';
import type { TranslationRegime } from './regime.ts';

/** One stage of translation, as a walk of its tables needs it. */
export interface Stage {
  readonly levels: number;
  /** Its tables translate so many pages. */
  readonly pages: number;
  /** The page of the root table, in the space that the tables lie in. */
  readonly root: number;
  readonly rules: StageRules;
}

/** The stages that a regime has: a stage that is Bare is none. */
export interface Stages {
  /** By satp or vsatp. */
  readonly first: Stage | undefined;
  /** By hgatp. */
  readonly second: Stage | undefined;
}

/** `contiguousPages`: whether there is Svnapot. */
export function stagesOf(regime: TranslationRegime, contiguousPages: boolean): Stages {
  const { virtual, privilege, satp, hgatp, sum, mxr, guestMxr, options, guestOptions } = regime;
  const first = { user: privilege === 0, sum, mxr, contiguousPages };
  // Priv. 18.5.1: every access is checked as U-mode's.
  const second = { user: true, sum: false, mxr: guestMxr, contiguousPages };
  return {
    first: privilege === 3 ? undefined : stage('satp', satp, first, options),
    second: virtual ? stage('hgatp', hgatp, second, guestOptions) : undefined,
  };
}

function stage(
  register: 'satp' | 'hgatp',
  value: bigint,
  access: Omit<StageRules, keyof StageOptions>,
  { updatesUsage, memoryTypes }: StageOptions,
): Stage | undefined {
  const { levels, addressBits } = schemeOf(register, value);
  if (levels === 0) return undefined;
  return {
    levels,
    pages: 2 ** (addressBits - 12),
    root: Number(BigInt.asUintN(44, value)),
    rules: { ...access, updatesUsage, memoryTypes },
  };
}
