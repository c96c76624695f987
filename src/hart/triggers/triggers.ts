import { triggerCount } from '../../isa/csrs/triggers.ts';
import { csrSlot, hartSlot, type HartMode, type HartState } from '../state.ts';
import { sstatusLow } from '../status-bits.ts';
import { exception, exceptionCode, type TakenTrap, type Trap } from '../trap.ts';
import { concernsPage, matchesAccess } from './address-match.ts';
import { countField, readTrigger, triggerBit, type Trigger } from './trigger-data.ts';

interface ArmedTrigger {
  readonly index: number;
  readonly trigger: Trigger;
}

/**
 * The triggers by which software on the machine debugs other software (Debug. Sdtrig): each raises a breakpoint
 * exception. Pages with a trigger stay out of the TLBs, so that others cost nothing; counting triggers have every
 * instruction done by itself.
 */
export class Triggers {
  readonly #state: HartState;
  #armed: readonly ArmedTrigger[] = [];
  #counts = false;

  constructor(state: HartState) {
    this.#state = state;
  }

  /** To be called when a trigger register may have changed. */
  changed(): void {
    const armed: ArmedTrigger[] = [];
    for (let index = 0; index < triggerCount; index++) {
      const trigger = readTrigger(this.#state.slot(dataSlot(index)), this.#state.slot(compareSlot(index)));
      if (trigger !== undefined) armed.push({ index, trigger });
    }
    this.#armed = armed;
    this.#counts = armed.some(({ trigger }) => trigger.kind === 'count');
  }

  /** Is any trigger on, in whatever mode? */
  get areArmed(): boolean {
    return this.#armed.length > 0;
  }

  /** Must the next instruction be done by itself? */
  get needStep(): boolean {
    return this.#counts || (this.areArmed && this.#state.low(hartSlot.firedTrigger) !== 0);
  }

  /** Could an access of the page of an address fire one? */
  concernPage(address: bigint, access: 'read' | 'write' | 'execute'): boolean {
    return this.#armed.some(
      ({ trigger }) =>
        trigger.kind === 'address' && trigger[members[access]] && concernsPage(trigger, address),
    );
  }

  /** What fires before the instruction at pc: what a trap or the instruction before left pending, or pc itself. */
  beforeInstruction(): Trap | undefined {
    if (!this.#mayFire()) {
      // Reentrancy: what a trap fired is lost where its handler must not be interrupted.
      this.#state.setLow(hartSlot.firedTrigger, 0);
      return undefined;
    }
    if (this.#state.low(hartSlot.firedTrigger) !== 0) {
      this.#state.setLow(hartSlot.firedTrigger, 0);
      return breakpoint(0n, false);
    }
    const mode = this.#mode;
    for (const { index, trigger } of this.#armed) {
      if (trigger.kind !== 'count' || (trigger.modes & mode) === 0) continue;
      const data = this.#state.slot(dataSlot(index));
      if ((data & triggerBit.countPending) === 0n) continue;
      this.#state.slots[dataSlot(index)] = (data & ~triggerBit.countPending) | triggerBit.countHit;
      return breakpoint(0n, false);
    }
    return this.#onAddress('execute', this.#state.pc, 1);
  }

  /** What fires at an access, before it is made. An atomic operation is a load and a store. */
  onAccess(access: 'load' | 'store', address: bigint, size: number): Trap | undefined {
    return this.#mayFire() ? this.#onAddress(access, address, size) : undefined;
  }

  /** The counting triggers that an instruction in the present mode counts for: to be asked before it. */
  counting(): readonly number[] {
    if (!this.#counts || !this.#mayFire()) return [];
    const mode = this.#mode;
    return this.#armed
      .filter(({ trigger }) => trigger.kind === 'count' && (trigger.modes & mode) !== 0)
      .map(({ index }) => index);
  }

  /** An instruction retired or trapped. */
  count(counting: readonly number[]): void {
    for (const index of counting) {
      const data = this.#state.slot(dataSlot(index));
      const left = (data >> countField.low) & countField.mask;
      if (left === 0n) continue;
      const next = data - (1n << countField.low);
      this.#state.slots[dataSlot(index)] = left === 1n ? next | triggerBit.countPending : next;
    }
  }

  /** A trap was taken: triggers for its cause fire before the first instruction of its handler. */
  trapped({ trap, from, to }: TakenTrap): void {
    const mode = modeBit(from);
    for (const { index, trigger } of this.#armed) {
      if (trigger.kind !== 'trap' || trigger.interrupt !== trap.interrupt || (trigger.modes & mode) === 0)
        continue;
      // In vscause, interrupts have the codes of supervisor level, one less than those in mip.
      const code = BigInt(trap.interrupt && to.virtual ? trap.code + 1 : trap.code);
      if (((trigger.causes >> code) & 1n) === 0n) continue;
      this.#state.slots[dataSlot(index)] = this.#state.slot(dataSlot(index)) | triggerBit.trapHit;
      this.#state.setLow(hartSlot.firedTrigger, 1);
    }
  }

  #onAddress(access: 'execute' | 'load' | 'store', address: bigint, size: number): Trap | undefined {
    const mode = this.#mode;
    for (const { index, trigger } of this.#armed) {
      if (trigger.kind !== 'address' || !trigger[access] || (trigger.modes & mode) === 0) continue;
      if (trigger.size !== 0 && trigger.size !== size) continue;
      if (!matchesAccess(trigger, address, size)) continue;
      this.#state.slots[dataSlot(index)] = this.#state.slot(dataSlot(index)) | triggerBit.addressHit;
      return breakpoint(address, this.#state.virtual);
    }
    return undefined;
  }

  /** Debug. Sdtrig, native triggers: not where the breakpoint would overwrite what a handler has not saved yet. */
  #mayFire(): boolean {
    const state = this.#state;
    if (state.privilege === 3) return (state.low(csrSlot.tcontrol) & tcontrolBit.mte) !== 0;
    if (state.privilege === 0 || !isDelegated(state, csrSlot.medeleg)) return true;
    if (!state.virtual) return (state.low(csrSlot.mstatus) & sstatusLow.SIE) !== 0;
    return !isDelegated(state, csrSlot.hedeleg) || (state.low(csrSlot.vsstatus) & sstatusLow.SIE) !== 0;
  }

  get #mode(): number {
    return modeBit(this.#state);
  }
}

/** Fields of tcontrol. */
export const tcontrolBit = { mte: 1 << 3, mpte: 1 << 7 } as const;

/** Where the state has tdata1 and tdata2 of a trigger. */
export function dataSlot(index: number): number {
  return hartSlot.triggers + 2 * index;
}
export function compareSlot(index: number): number {
  return hartSlot.triggers + 2 * index + 1;
}

const members = { read: 'load', write: 'store', execute: 'execute' } as const;

function isDelegated(state: HartState, register: number): boolean {
  return ((state.low(register) >>> exceptionCode.breakpoint) & 1) === 1;
}

function modeBit({ privilege, virtual }: HartMode): number {
  return 1 << (privilege | (virtual ? 4 : 0));
}

function breakpoint(address: bigint, gva: boolean): Trap {
  return { ...exception(exceptionCode.breakpoint, address), gva };
}
