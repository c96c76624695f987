import { csrSlot } from './state-layout.ts';
import { hartMode, machineMode, supervisorMode, type HartMode } from './hart-mode.ts';
import type { HartState } from './state.ts';
import { hstatusLow, mstatusHigh, sstatusLow } from './status-bits.ts';
import type { Privilege, TakenTrap } from './trap.ts';

/** Which privilege levels are TypeScript's: traps into them are delivered, and then come back from `run`. */
export interface HostedLevels {
  /** M mode is the built-in firmware. */
  machine: boolean;
  /** HS mode is the hosted VMM. */
  supervisor: boolean;
}

/** A privilege level that may be hosted: M, or HS. */
export type HostedLevel = 'machine' | 'supervisor';

/** The hosted level that the hart is in, where no instruction is ever fetched. */
export function hostedLevel(state: HartState, hosted: HostedLevels): HostedLevel | undefined {
  if (state.privilege === 3) return hosted.machine ? 'machine' : undefined;
  return hosted.supervisor && state.privilege === 1 && !state.virtual ? 'supervisor' : undefined;
}

/** The trap that brought the hart into the level, as its CSRs tell it. */
export function trapFromCsrs(state: HartState, level: HostedLevel): TakenTrap {
  return level === 'machine'
    ? readTrap(state, machineRegisters, machineMode, modeBeforeMachine(state), isMachineGva(state))
    : readTrap(
        state,
        supervisorRegisters,
        supervisorMode,
        modeBeforeSupervisor(state),
        isSupervisorGva(state),
      );
}

interface TrapRegisters {
  readonly epc: number;
  readonly cause: number;
  readonly tval: number;
  readonly tval2: number;
  readonly tinst: number;
}

const machineRegisters: TrapRegisters = {
  epc: csrSlot.mepc,
  cause: csrSlot.mcause,
  tval: csrSlot.mtval,
  tval2: csrSlot.mtval2,
  tinst: csrSlot.mtinst,
};

const supervisorRegisters: TrapRegisters = {
  epc: csrSlot.sepc,
  cause: csrSlot.scause,
  tval: csrSlot.stval,
  tval2: csrSlot.htval,
  tinst: csrSlot.htinst,
};

function readTrap(
  state: HartState,
  registers: TrapRegisters,
  to: HartMode,
  from: HartMode,
  gva: boolean,
): TakenTrap {
  return {
    trap: {
      kind: 'trap',
      interrupt: state.high(registers.cause) >>> 31 === 1,
      code: state.low(registers.cause),
      tval: state.slot(registers.tval),
      tval2: state.slot(registers.tval2),
      tinst: state.slot(registers.tinst),
      gva,
    },
    // The trap was the last step.
    step: state.steps - 1,
    pc: state.slot(registers.epc),
    from,
    to,
  };
}

function modeBeforeMachine(state: HartState): HartMode {
  const privilege = ((state.low(csrSlot.mstatus) >>> 11) & 3) as Privilege;
  return hartMode(privilege, (state.high(csrSlot.mstatus) & mstatusHigh.MPV) !== 0);
}

function modeBeforeSupervisor(state: HartState): HartMode {
  const privilege = (state.low(csrSlot.mstatus) & sstatusLow.SPP) === 0 ? 0 : 1;
  return hartMode(privilege, (state.low(csrSlot.hstatus) & hstatusLow.SPV) !== 0);
}

function isMachineGva(state: HartState): boolean {
  return (state.high(csrSlot.mstatus) & mstatusHigh.GVA) !== 0;
}

function isSupervisorGva(state: HartState): boolean {
  return (state.low(csrSlot.hstatus) & hstatusLow.GVA) !== 0;
}
