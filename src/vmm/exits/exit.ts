import { csrSlot } from '../../hart/state-layout.ts';
import type { HartState } from '../../hart/state.ts';
import type { TrapRecords } from '../../hart/trap-records.ts';
import type { Region } from '../../machine/bus.ts';
import type { Guest } from '../guest.ts';
import type { Vcpu } from '../vcpu.ts';
import { actionNumber, type ExitAction } from './actions.ts';
import type { ExitRecord } from './record.ts';
import { reasonNumber, type ExitReason } from './reasons.ts';
import { column, type ExitRow } from './row.ts';

/** The exit that is being handled, as its handler sees it. One object serves all exits of a VMM. */
export interface Exit {
  readonly row: ExitRow;
  /** The hart, in HS mode after the trap. The guest's x registers are still in it. */
  readonly state: HartState;
  readonly trapRecords: TrapRecords;
  readonly guest: Guest;
  readonly vcpu: Vcpu;
  /** Of a guest-page fault: the guest-physical address, and the device there, if one is. */
  readonly address: number;
  readonly region: Region | undefined;
  /** The guest's instruction (32 bits, or 16 of a compressed one), as HLVX would fetch it; 0 where that faults. */
  readonly trappedWord: number;
  /** Gives the input that has come from outside to the guests' devices. */
  deliverInput(): void;
}

/** As much of an exit as shows what the guest did. */
export type ExitSight = Pick<Exit, 'row' | 'state' | 'trappedWord'>;

/** How one kind of exit is handled. `decode` and `find` only look: they change nothing but the exit's row. */
export interface ExitHandler {
  /** What the guest did: the reason, the instruction or call, and its operands. */
  decode(exit: Exit): void;
  /** What that concerns (a device register, a function, a mapping), and so what to do: the row's action. */
  find(exit: Exit): void;
  /** Does it. */
  act(exit: Exit): void;
  /** The same in words, for a record that got that far. */
  explain(record: ExitRecord): Explanation;
}

/** What the three stages found and did, in the guest's terms; a sentence or more each. */
export interface Explanation {
  readonly decode: string;
  readonly find: string;
  readonly act: string;
}

/** Notes in the exit’s row what the guest did. */
export function setReason(exit: Pick<Exit, 'row'>, reason: ExitReason): void {
  exit.row.set(reasonColumn, reasonNumber[reason]);
}

/** Notes in the exit’s row what is to be done about it. */
export function setAction(exit: Exit, action: ExitAction): void {
  exit.row.set(actionColumn, actionNumber[action]);
}

/** Lets the guest go on after its instruction, of 2 or 4 bytes, which the VMM has done in its place. */
export function skipInstruction({ state: { halves } }: Exit, length: number): void {
  const low = (halves[sepc] as number) + length;
  halves[sepc] = low;
  if (low > 0xffff_ffff) halves[sepc + 1] = (halves[sepc + 1] as number) + 1;
}

// Looked up here once, for they are asked for at every exit.
const { reason: reasonColumn, action: actionColumn } = column;
const sepc = 2 * csrSlot.sepc;

/** Bytes of the instruction that an instruction word is. */
export function instructionLength(word: number): 2 | 4 {
  return (word & 3) === 3 ? 4 : 2;
}
