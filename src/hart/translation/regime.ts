import type { AccessKind } from '../../isa/semantics.ts';
import { hartMode, type HartMode } from '../hart-mode.ts';
import { csrSlot } from '../state-layout.ts';
import type { HartState } from '../state.ts';
import type { Privilege } from '../trap.ts';
import { hstatusLow, mstatusHigh, mstatusLow, sstatusLow } from '../status-bits.ts';
import type { StageOptions } from './page-table.ts';

/** Everything that decides how an address is translated: whose access it is, and by which tables. */
export interface TranslationRegime {
  /** Two-stage translation, as in VS and VU mode. */
  readonly virtual: boolean;
  readonly privilege: Privilege;
  /** The value of satp, or of vsatp where `virtual`. 0 is Bare. M-mode accesses ignore it. */
  readonly satp: bigint;
  /** The value of hgatp; of consequence where `virtual`. */
  readonly hgatp: bigint;
  readonly sum: boolean;
  /** Make executable pages readable: in the first stage, and in the second (only the HS-level bit does that). */
  readonly mxr: boolean;
  readonly guestMxr: boolean;
  /** How the first stage treats entries, and the second. */
  readonly options: StageOptions;
  readonly guestOptions: StageOptions;
}

/** What an environment configuration register (menvcfg, henvcfg) says of a stage, by its high half. */
export function stageOptions(environment: number): StageOptions {
  return allStageOptions[(environment >>> 29) & 3] as StageOptions;
}

/** For looks at memory, which no entry is to stop that some environment would let pass. */
export const permissiveOptions: StageOptions = { updatesUsage: true, memoryTypes: true };

const allStageOptions: readonly StageOptions[] = [0, 1, 2, 3].map((bits) => ({
  updatesUsage: (bits & 1) !== 0,
  memoryTypes: (bits & 2) !== 0,
}));

/** How the hart translates the address of an instruction to fetch. */
export function fetchRegime(state: HartState): TranslationRegime {
  return regimeOf(state, state.virtual, state.privilege);
}

/** How the hart translates the address of a load or store. */
export function accessRegime(state: HartState, kind: AccessKind): TranslationRegime {
  const { virtual, privilege } = accessMode(state, kind);
  return regimeOf(state, virtual, privilege);
}

/** As which mode's the address of a load or store is translated. */
export function accessMode(state: HartState, kind: AccessKind): HartMode {
  if (kind !== 'normal') {
    // Priv. 18.3.1: as though V = 1, with the privilege that hstatus.SPVP says; MPRV has no say.
    const hstatus = state.low(csrSlot.hstatus);
    return hartMode((hstatus & hstatusLow.SPVP) === 0 ? 0 : 1, true);
  }
  const mstatus = state.low(csrSlot.mstatus);
  if (state.privilege === 3 && (mstatus & mstatusLow.MPRV) !== 0) {
    const privilege = ((mstatus >>> 11) & 3) as Privilege;
    return hartMode(privilege, (state.high(csrSlot.mstatus) & mstatusHigh.MPV) !== 0);
  }
  return state.mode;
}

/** The regime of another mode under the hart's present tables and status bits: for views. */
export function regimeOf(state: HartState, virtual: boolean, privilege: Privilege): TranslationRegime {
  const mstatus = state.low(csrSlot.mstatus);
  const mxr = (mstatus & mstatusLow.MXR) !== 0;
  const machineOptions = stageOptions(state.high(csrSlot.menvcfg));
  if (!virtual) {
    return {
      virtual,
      privilege,
      satp: state.getCsr('satp'),
      hgatp: 0n,
      sum: (mstatus & mstatusLow.SUM) !== 0,
      mxr,
      guestMxr: mxr,
      options: machineOptions,
      guestOptions: machineOptions,
    };
  }
  const vsstatus = state.low(csrSlot.vsstatus);
  return {
    virtual,
    privilege,
    satp: state.getCsr('vsatp'),
    hgatp: state.getCsr('hgatp'),
    sum: (vsstatus & sstatusLow.SUM) !== 0,
    // Priv. 18.5: the HS-level MXR overrides both stages, vsstatus.MXR the first alone.
    mxr: mxr || (vsstatus & sstatusLow.MXR) !== 0,
    guestMxr: mxr,
    // Priv. hypervisor, henvcfg: it is about the VS-stage; menvcfg about the G-stage.
    options: stageOptions(state.high(csrSlot.henvcfg)),
    guestOptions: machineOptions,
  };
}
