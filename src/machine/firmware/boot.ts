import type { Hart } from '../../hart/hart.ts';
import { countingCounters } from '../../isa/csrs/hardware-counters.ts';
import { exceptionCode, interruptCode } from '../../hart/trap.ts';

const bits = (...codes: readonly number[]): bigint =>
  codes.reduce((set, code) => set | (1n << BigInt(code)), 0n);

/** Exceptions that the supervisor handles by itself: those that OpenSBI delegates. */
const delegatedExceptions = bits(
  exceptionCode.instructionAddressMisaligned,
  exceptionCode.breakpoint,
  exceptionCode.ecallFromU,
  exceptionCode.ecallFromVs,
  exceptionCode.instructionPageFault,
  exceptionCode.loadPageFault,
  exceptionCode.storePageFault,
  exceptionCode.instructionGuestPageFault,
  exceptionCode.loadGuestPageFault,
  exceptionCode.virtualInstruction,
  exceptionCode.storeGuestPageFault,
);

const delegatedInterrupts = bits(
  interruptCode.supervisorSoftware,
  interruptCode.supervisorTimer,
  interruptCode.supervisorExternal,
  interruptCode.counterOverflow,
);

/** CY, TM and IR. */
const basicCounters = 7n;
/** Counters of events stand still until the supervisor asks for one. */
const eventCounters = bits(...countingCounters);
/** menvcfg.STCE, PBMTE and ADUE: stimecmp works, pages may have a memory type, hardware sets A and D bits; cache blocks. */
const environment = (7n << 61n) | 0xf0n;
/** mstateen: the supervisor may use all that there is. */
const allState = 0xffff_ffff_ffff_ffffn;
/** pmpcfg0.0: read, write, execute, a naturally aligned power of two. */
const everythingAllowed = 0x1fn;
const allAddresses = 0x3f_ffff_ffff_ffffn;
const mstatus = { SIE: 1n << 1n, MPIE: 1n << 7n, MPP: 3n << 11n, supervisor: 1n << 11n, MPV: 1n << 39n };

/** Sets M mode up for a supervisor as OpenSBI does: delegation, counters, timer, memory protection. */
export function setUpMachineLevel({ csrs }: Hart): void {
  csrs.poke('medeleg', delegatedExceptions);
  csrs.poke('mideleg', delegatedInterrupts);
  csrs.poke('mcounteren', basicCounters | eventCounters);
  csrs.poke('scounteren', basicCounters);
  csrs.poke('mcountinhibit', eventCounters);
  csrs.poke('menvcfg', environment);
  for (const name of ['mstateen0', 'mstateen1', 'mstateen2', 'mstateen3'])
    if (csrs.has(name)) csrs.poke(name, allState);
  csrs.poke('stimecmp', 0xffff_ffff_ffff_ffffn);
  csrs.poke('pmpaddr0', allAddresses);
  csrs.poke('pmpcfg0', everythingAllowed);
  csrs.poke('mie', bits(interruptCode.machineSoftware));
}

/** Enters S mode at `address`, with the hart's id in a0 and `argument` in a1 (SBI 9, table 2). From M mode. */
export function enterSupervisor(hart: Hart, address: bigint, argument: bigint): void {
  const { csrs, state } = hart;
  csrs.poke('satp', 0n);
  csrs.poke('stvec', address);
  csrs.poke('sscratch', 0n);
  csrs.poke('mepc', address);
  const kept = csrs.peek('mstatus') & ~(mstatus.SIE | mstatus.MPIE | mstatus.MPP | mstatus.MPV);
  csrs.poke('mstatus', kept | mstatus.supervisor);
  state.setX(10, BigInt(hart.id));
  state.setX(11, argument);
  hart.returnFromMachine();
  hart.trapRecords.clear();
}
