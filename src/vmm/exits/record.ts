import { gpa, gva, type GuestPhysicalAddress, type GuestVirtualAddress } from '../../common/address.ts';
import { assert } from '../../common/errors.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { csrByAddress } from '../../isa/csrs/index.ts';
import { decode } from '../../isa/decode.ts';
import { disassemble, disassembleData } from '../../isa/disassemble.ts';
import { exitActions, stageCount, stagesOf, type ExitAction, type ExitStage } from './actions.ts';
import { instructionLength } from './exit.ts';
import { isPageTableAccess } from './guest-page-fault.ts';
import { exitReasons, type ExitReason } from './reasons.ts';
import { recordedAccess, type ExitAccess } from './recorded-access.ts';
import { recordedHypercall, type ExitHypercall } from './recorded-hypercall.ts';
import { column, type ExitRow, type Narrow } from './row.ts';

/** Names for the numbers in a row. */
export interface ExitNames {
  guest(guest: number): string;
  /** A device of a guest, and one of its registers, by number. */
  device(
    guest: number,
    device: number,
  ): { readonly name: string; readonly registers: readonly { readonly name: string }[] };
  /** A vCPU by its number among all. */
  vcpu(index: number): { readonly guest: string; readonly id: number };
}

/** The instruction at which a guest exited. */
export interface ExitInstruction {
  /** 32 bits, or the 16 of a compressed instruction. */
  readonly word: number;
  readonly length: 2 | 4;
}

/** The hosted VMM handles exits in stages; what software of the machine does about them is its own code. */
export type ExitHandling = 'staged' | 'unseen';

/**
 * One exit: why a guest left to the VMM, in what state, and what the VMM did. It is a copy and never changes;
 * what it says of stages that were not done when it was taken is missing or what was known then.
 */
export class ExitRecord {
  readonly #row: ExitRow;
  readonly #names: ExitNames;
  readonly #handling: ExitHandling;

  /** `row` must be a copy (`ExitRow.copy`). */
  constructor(row: ExitRow, names: ExitNames, handling: ExitHandling = 'staged') {
    this.#row = row;
    this.#names = names;
    this.#handling = handling;
  }

  /** Number among all exits since power-on, from 0. */
  get sequence(): number {
    return this.#row.getCount(column.sequence);
  }

  /** Steps of the machine before the trap. */
  get step(): number {
    return this.#row.getCount(column.step);
  }

  get hart(): number {
    return this.#row.get(column.hart);
  }

  /** Name of the guest. */
  get guest(): string {
    return this.#names.guest(this.guestNumber);
  }

  get guestNumber(): number {
    return this.#row.get(column.guest);
  }

  /** Hart id of the vCPU within the guest. */
  get vcpu(): number {
    return this.#row.get(column.vcpu);
  }

  /** Who ran: `kernel` in VS mode, `process` in VU mode. */
  get from(): 'kernel' | 'process' {
    return this.#row.get(column.fromKernel) === 1 ? 'kernel' : 'process';
  }

  get reason(): ExitReason {
    const row = exitReasons[this.#row.get(column.reason)];
    assert(row !== undefined, 'an exit has a reason');
    return row.id;
  }

  /** Address of the instruction that the guest was at. */
  get pc(): GuestVirtualAddress {
    return gva(this.#row.getWide(column.pc));
  }

  /** Undefined for interrupts and for fetches that fault. */
  get instruction(): ExitInstruction | undefined {
    const word = this.#row.get(column.instruction);
    return word === 0 ? undefined : { word, length: instructionLength(word) };
  }

  /** Its text in assembly; empty where there is none. */
  get instructionText(): string {
    const { instruction } = this;
    if (instruction === undefined) return '';
    const decoded = decode(instruction.word);
    if (decoded === undefined) return disassembleData(instruction.word, instruction.length);
    return disassemble(decoded, { pc: this.pc });
  }

  get scause(): bigint {
    return (this.#row.get(column.interrupt) === 1 ? 1n << 63n : 0n) | BigInt(this.cause);
  }

  /** scause without its interrupt bit. */
  get cause(): number {
    return this.#row.get(column.cause);
  }

  get isInterrupt(): boolean {
    return this.#row.get(column.interrupt) === 1;
  }

  get stval(): bigint {
    return this.#row.getWide(column.stval);
  }

  get htval(): bigint {
    return this.#row.getWide(column.htval);
  }

  get htinst(): bigint {
    return BigInt(this.#row.get(column.htinst));
  }

  /** The guest-virtual address that it touched, for guest-page faults. */
  get gva(): GuestVirtualAddress | undefined {
    return this.isGuestPageFault ? gva(this.stval) : undefined;
  }

  /** The guest-physical address that did not translate, for guest-page faults. */
  get gpa(): GuestPhysicalAddress | undefined {
    if (!this.isGuestPageFault) return undefined;
    return gpa((this.htval << 2n) | (this.isPageTableAccess ? 0n : this.stval & 3n));
  }

  get isGuestPageFault(): boolean {
    if (this.isInterrupt) return false;
    const { cause } = this;
    return (
      cause === exceptionCode.instructionGuestPageFault ||
      cause === exceptionCode.loadGuestPageFault ||
      cause === exceptionCode.storeGuestPageFault
    );
  }

  /** Was it the hart, walking the guest's page tables, that touched `gpa`? */
  get isPageTableAccess(): boolean {
    return this.isGuestPageFault && isPageTableAccess(this.#row.get(column.htinst));
  }

  /** Undefined where no access was made, or the instruction is none that the VMM knows. */
  get access(): ExitAccess | undefined {
    return recordedAccess(this.#row, this);
  }

  /** Name of the device whose address it is. */
  get device(): string | undefined {
    return this.#device?.name;
  }

  /** Number of that device in the guest. */
  get deviceNumber(): number | undefined {
    return this.#optional(column.device);
  }

  /** Name of the device's register. */
  get register(): string | undefined {
    const register = this.#optional(column.register);
    return register === undefined ? undefined : this.#device?.registers[register]?.name;
  }

  /** Name of the CSR that the instruction names, or its address as `0x…` where there is none. */
  get csr(): string | undefined {
    const address = this.#optional(column.csr);
    if (address === undefined) return undefined;
    return csrByAddress.get(address)?.name ?? `0x${address.toString(16)}`;
  }

  get hypercall(): ExitHypercall | undefined {
    if (this.isInterrupt || this.cause !== exceptionCode.ecallFromVs) return undefined;
    return recordedHypercall(this.#row);
  }

  /** What the VMM does about it; undefined where the VMM is software of the machine. */
  get action(): ExitAction | undefined {
    if (this.#handling === 'unseen') return undefined;
    const row = exitActions[this.#row.get(column.action)];
    assert(row !== undefined, 'an exit has an action');
    return row.id;
  }

  /** The exception that the guest got, where it got one. */
  get injected(): { readonly code: number; readonly tval: bigint } | undefined {
    if (this.#row.get(column.injected) === 0) return undefined;
    return {
      code: this.#row.get(column.injectedCause),
      tval: this.#row.getWide(column.injectedValue),
    };
  }

  /** The page that was backed, where one was. */
  get mapped(): { readonly hpa: bigint; readonly size: number } | undefined {
    const size = this.#row.get(column.mappedSize);
    return size === 0 ? undefined : { hpa: this.#row.getWide(column.mappedTo), size };
  }

  /** Who got the hart afterwards; undefined where that is not decided yet, or nobody could run. */
  get resumed(): { readonly guest: string; readonly vcpu: number } | undefined {
    const index = this.#optional(column.resumed);
    if (index === undefined) return undefined;
    const { guest, id } = this.#names.vcpu(index);
    return { guest, vcpu: id };
  }

  /** Steps from the trap to the next entry into a guest; undefined before that. */
  get cost(): number | undefined {
    return this.resumed === undefined ? undefined : this.#row.getCount(column.cost);
  }

  /** None where the VMM is software of the machine: what it does is its own code. */
  get stages(): readonly ExitStage[] {
    const { action } = this;
    return action === undefined ? [] : stagesOf(action);
  }

  /** How many of the stages were done. */
  get stagesDone(): number {
    return this.#row.get(column.stagesDone);
  }

  /** The stage that comes next; undefined when all are done. */
  get stage(): ExitStage | undefined {
    return this.stages[this.stagesDone];
  }

  /** Is the acting stage done? */
  get isActed(): boolean {
    return this.stagesDone >= stageCount - 1;
  }

  get #device(): ReturnType<ExitNames['device']> | undefined {
    const device = this.deviceNumber;
    return device === undefined ? undefined : this.#names.device(this.guestNumber, device);
  }

  #optional(at: Narrow): number | undefined {
    const number = this.#row.get(at);
    return number === 0 ? undefined : number - 1;
  }
}
