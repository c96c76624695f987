import { csrSlot, hartSlot, slotOffset } from '../state-layout.ts';
import { hstatusLow, mstatusLow, sstatusLow } from '../status-bits.ts';
import { exceptionCode } from '../trap.ts';
import type { InterpreterFrame } from './interpreter-frame.ts';
import { writePc } from './interpreter-frame.ts';
import { callsInside, contextWord, engineWord, noted, notedCalls } from './layout.ts';

/**
 * ECALL from U to S mode and from VU to VS mode, and the SRET from there: system calls, where nobody watches traps. All else
 * is left to TypeScript. They switch to the translation context of the other mode, and note the call for the trap records; a
 * return is done here only from the call that was noted last.
 */
export interface TrapFrame extends InterpreterFrame {
  readonly budget: InterpreterFrame['record'];
  readonly engineOffset: number;
}

/** The registers of a kernel: an operating system's on the machine, or a guest's. */
interface Kernel {
  /** See `engineWord.callsInside`. */
  readonly inside: number;
  readonly status: number;
  readonly epc: number;
  readonly cause: number;
  /** What else an ECALL clears. */
  readonly values: readonly number[];
  readonly vector: number;
  readonly root: number;
  /** What has to delegate the call to it. */
  readonly delegations: readonly number[];
}

const host: Kernel = {
  inside: callsInside.host,
  status: csrSlot.mstatus,
  epc: csrSlot.sepc,
  cause: csrSlot.scause,
  values: [csrSlot.stval, csrSlot.htval, csrSlot.htinst],
  vector: csrSlot.stvec,
  root: csrSlot.satp,
  delegations: [csrSlot.medeleg],
};
const guest: Kernel = {
  inside: callsInside.guest,
  status: csrSlot.vsstatus,
  epc: csrSlot.vsepc,
  cause: csrSlot.vscause,
  values: [csrSlot.vstval],
  vector: csrSlot.vstvec,
  root: csrSlot.vsatp,
  delegations: [csrSlot.medeleg, csrSlot.hedeleg],
};

/** ECALL. */
export function compileCall(frame: TrapFrame): void {
  inGuest(frame, () => call(frame, guest));
  call(frame, host);
}

/** SRET. */
export function compileReturn(frame: TrapFrame): void {
  inGuest(frame, () => comeBack(frame, guest));
  comeBack(frame, host);
}

/** `write` never goes on with what comes after it. */
function inGuest(frame: TrapFrame, write: () => void): void {
  readSlot(frame, hartSlot.virtual);
  frame.code.if(write);
}

/** Priv. 3.3.1, 12.1.1 and 18.6.1: the trap into (V)S mode that an ECALL in (V)U mode is. */
function call(frame: TrapFrame, kernel: Kernel): void {
  const { code } = frame;
  leaveIfWatched(frame, kernel);
  leaveUnless(frame, hartSlot.privilege, -1, 0);
  for (const delegation of kernel.delegations)
    leaveUnless(frame, delegation, 1 << exceptionCode.ecallFromU, 1 << exceptionCode.ecallFromU);
  leaveUnless(frame, kernel.status, sstatusLow.SUM | sstatusLow.MXR, 0);
  readWord(frame, engineWord.notedCalls);
  code.i32(notedCalls.most);
  code.plain('i32.eq');
  code.if(() => code.br(frame.slow));
  noteCall(frame, kernel);
  const { stateOffset } = frame;
  code.i32(0);
  writePc(frame);
  code.memory('i64.store', stateOffset + slotOffset(kernel.epc));
  setSlot(frame, kernel.cause, exceptionCode.ecallFromU);
  for (const slot of [...kernel.values, hartSlot.waiting]) setSlot(frame, slot, 0);
  setStatus(frame, kernel, sstatusLow.SPIE | sstatusLow.SIE | sstatusLow.SPP, 0, () => {
    readSlot(frame, kernel.status);
    code.i32(sstatusLow.SIE);
    code.plain('i32.and');
    code.i32(pushShift);
    code.plain('i32.shl');
  });
  if (kernel === host) {
    code.i32(0);
    readSlot(frame, csrSlot.hstatus);
    code.i32(~(hstatusLow.SPV | hstatusLow.GVA));
    code.plain('i32.and');
    code.memory('i32.store', stateOffset + slotOffset(csrSlot.hstatus));
  }
  code.i32(0);
  readWide(frame, hartSlot.trapsTaken);
  code.i64(1n);
  code.plain('i64.add');
  code.memory('i64.store', stateOffset + slotOffset(hartSlot.trapsTaken));
  readWide(frame, kernel.vector);
  code.i64(-4n);
  code.plain('i64.and');
  code.set(frame.target);
  enter(frame, 1);
}

/** Priv. 18.6.4: SRET from (V)S to (V)U mode. */
function comeBack(frame: TrapFrame, kernel: Kernel): void {
  const { code } = frame;
  leaveIfWatched(frame, kernel);
  leaveUnless(frame, hartSlot.privilege, -1, 1);
  const { SPP, SUM, MXR } = sstatusLow;
  const { TSR, MPRV } = mstatusLow;
  leaveUnless(frame, kernel.status, SPP | SUM | MXR | (kernel === host ? TSR | MPRV : 0), 0);
  leaveUnless(frame, csrSlot.hstatus, kernel === host ? hstatusLow.SPV : hstatusLow.VTSR, 0);
  readWord(frame, engineWord.notedCalls);
  code.plain('i32.eqz');
  // An interrupt that waits is taken in (V)U mode.
  code.get(frame.context);
  code.memory('i32.load', contextWord.interruptWaits);
  code.plain('i32.or');
  code.if(() => code.br(frame.slow));
  leaveUnlessNoted(frame, noted.sp, hartSlot.x + 2);
  leaveUnlessNoted(frame, noted.root, kernel.root);
  countCalls(frame, -1);
  setStatus(frame, kernel, SPP | sstatusLow.SIE, sstatusLow.SPIE, () => {
    readSlot(frame, kernel.status);
    code.i32(sstatusLow.SPIE);
    code.plain('i32.and');
    code.i32(pushShift);
    code.plain('i32.shr_u');
  });
  readWide(frame, kernel.epc);
  code.set(frame.target);
  enter(frame, 0);
}

/** From SIE to SPIE. */
const pushShift = 4;

/** Goes on at `target`, in another mode. */
function enter(frame: TrapFrame, privilege: 0 | 1): void {
  const { code, context, engineOffset } = frame;
  setSlot(frame, hartSlot.privilege, privilege);
  setSlot(frame, hartSlot.reservationValid, 0);
  setSlot(frame, hartSlot.reservationAddress, 0);
  code.get(context);
  code.memory('i32.load', contextWord.partner);
  code.set(context);
  code.i32(0);
  code.get(context);
  code.memory('i32.store', engineOffset + engineWord.context);
  code.br(frame.farJump);
}

/** Leaves where calls are to be seen outside, and where the other mode has no context yet. */
function leaveIfWatched(frame: TrapFrame, { inside }: Kernel): void {
  const { code } = frame;
  readWord(frame, engineWord.callsInside);
  code.i32(inside);
  code.plain('i32.and');
  code.plain('i32.eqz');
  code.get(frame.context);
  code.memory('i32.load', contextWord.partner);
  code.plain('i32.eqz');
  code.plain('i32.or');
  code.if(() => code.br(frame.slow));
}

function leaveUnless(frame: TrapFrame, slot: number, mask: number, value: number): void {
  const { code } = frame;
  readSlot(frame, slot);
  code.i32(mask);
  code.plain('i32.and');
  code.i32(value);
  code.plain('i32.ne');
  code.if(() => code.br(frame.slow));
}

function leaveUnlessNoted(frame: TrapFrame, place: number, slot: number): void {
  const { code } = frame;
  noteAddress(frame);
  code.memory('i64.load', frame.engineOffset + engineWord.calls - notedCalls.bytes + place);
  readWide(frame, slot);
  code.plain('i64.ne');
  code.if(() => code.br(frame.slow));
}

function noteCall(frame: TrapFrame, { root }: Kernel): void {
  const { code, engineOffset } = frame;
  const note = (place: number, value: () => void): void => {
    noteAddress(frame);
    value();
    code.memory('i64.store', engineOffset + engineWord.calls + place);
  };
  note(noted.pc, () => writePc(frame));
  for (const [place, register] of [
    [noted.ra, 1],
    [noted.sp, 2],
    [noted.fp, 8],
    [noted.a7, 17],
  ] as const)
    note(place, () => readWide(frame, hartSlot.x + register));
  note(noted.root, () => readWide(frame, root));
  note(noted.budget, () => {
    // Without that of the call itself.
    code.get(frame.budget);
    code.i32(1);
    code.plain('i32.sub');
    code.plain('i64.extend_i32_u');
  });
  countCalls(frame, 1);
}

/** Leaves the distance of the first free note from the first of all. */
function noteAddress(frame: TrapFrame): void {
  const { code } = frame;
  readWord(frame, engineWord.notedCalls);
  code.i32(notedCalls.bytes);
  code.plain('i32.mul');
}

function countCalls(frame: TrapFrame, by: 1 | -1): void {
  const { code, engineOffset } = frame;
  code.i32(0);
  readWord(frame, engineWord.notedCalls);
  code.i32(by);
  code.plain('i32.add');
  code.memory('i32.store', engineOffset + engineWord.notedCalls);
}

/** The low half of a kernel's status, without some bits, with others and with those that `more` leaves. */
function setStatus(
  frame: TrapFrame,
  { status }: Kernel,
  without: number,
  others: number,
  more: () => void,
): void {
  const { code, stateOffset } = frame;
  code.i32(0);
  readSlot(frame, status);
  code.i32(~without);
  code.plain('i32.and');
  code.i32(others);
  code.plain('i32.or');
  more();
  code.plain('i32.or');
  code.memory('i32.store', stateOffset + slotOffset(status));
}

function readWord({ code, engineOffset }: TrapFrame, word: number): void {
  code.i32(0);
  code.memory('i32.load', engineOffset + word);
}

function readSlot({ code, stateOffset }: TrapFrame, slot: number): void {
  code.i32(0);
  code.memory('i32.load', stateOffset + slotOffset(slot));
}

function readWide({ code, stateOffset }: TrapFrame, slot: number): void {
  code.i32(0);
  code.memory('i64.load', stateOffset + slotOffset(slot));
}

function setSlot({ code, stateOffset }: TrapFrame, slot: number, value: number): void {
  code.i32(0);
  code.i64(BigInt(value));
  code.memory('i64.store', stateOffset + slotOffset(slot));
}
