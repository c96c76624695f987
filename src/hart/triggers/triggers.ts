import { triggerCount } from '../../isa/csrs/triggers.ts';
import type { AccessKind } from '../../isa/semantics.ts';
import { csrSlot, hartSlot } from '../state-layout.ts';
import type { HartMode } from '../hart-mode.ts';
import type { HartState } from '../state.ts';
import { sstatusLow } from '../status-bits.ts';
import { accessRegime } from '../translation/regime.ts';
import { exception, exceptionCode, type TakenTrap, type Trap } from '../trap.ts';
import { isInContext, readContext } from './trigger-context.ts';
import {
  countField,
  isChained,
  readTrigger,
  triggerBit,
  type MatchTrigger,
  type Trigger,
} from './trigger-data.ts';
import { concernsPage, matchesEvent, type TriggerEvent } from './trigger-match.ts';

/** The place of the low half: looked up here once, for it is asked for at every trap. */
const firedTrigger = 2 * hartSlot.firedTrigger;

interface Armed<T extends Trigger = Trigger> {
  readonly index: number;
  readonly trigger: T;
}

/** A load or store that an instruction makes. */
export interface TriggeringAccess {
  readonly kind: 'load' | 'store';
  readonly access: AccessKind;
  readonly address: bigint;
  readonly size: number;
}

/**
 * The triggers by which software on the machine debugs other software (Debug. Sdtrig): each raises a breakpoint
 * exception. Pages with a trigger stay out of the TLBs, so that others cost nothing; counting triggers have every
 * instruction done by itself.
 */
export class Triggers {
  readonly #state: HartState;
  #armed: readonly Armed[] = [];
  /** Triggers that match fire where all of their chain do; most are a chain of their own. */
  #chains: readonly (readonly Armed<MatchTrigger>[])[] = [];
  #counts = false;
  /** A bit for each trigger that the instruction under way has matched. */
  #matched = 0;
  /** The trigger that the instruction under way has written. */
  #written: number | undefined;

  constructor(state: HartState) {
    this.#state = state;
  }

  /** To be called when trigger registers may have changed: those of `index`, or any. */
  changed(index?: number): void {
    this.#written = index;
    const triggers = Array.from({ length: triggerCount }, (_, each) => this.#read(each));
    this.#armed = triggers.flatMap((trigger, each) => (trigger ? [{ index: each, trigger }] : []));
    this.#chains = this.#findChains(triggers);
    this.#counts = this.#armed.some(({ trigger }) => trigger.kind === 'count');
    if (!this.areArmed) this.#state.setLow(hartSlot.firedTrigger, 0);
  }

  /** Is any trigger on, in whatever mode? */
  get areArmed(): boolean {
    return this.#armed.length > 0;
  }

  /** Is a breakpoint due that comes before all else, interrupts too? */
  get hasFired(): boolean {
    return this.#state.halves[firedTrigger] !== 0;
  }

  /** Must the next instruction be done by itself? */
  get needStep(): boolean {
    return this.#counts || this.hasFired;
  }

  /** Could an access of the page of an address fire one? */
  concernPage(address: bigint, access: 'read' | 'write' | 'execute'): boolean {
    return this.#armed.some(
      ({ trigger }) =>
        trigger.kind === 'match' &&
        members[access].some((member) => trigger[member]) &&
        concernsPage(trigger, address),
    );
  }

  /** What fires before the instruction at pc: what a trap or the instruction before left pending, or pc itself. */
  beforeInstruction(): Trap | undefined {
    this.#matched = 0;
    const pending = this.#takeCounted();
    if (this.hasFired) return this.#takeFired();
    if (pending) return breakpoint(0n, false);
    const { pc, virtual } = this.#state;
    const fired = this.#meet({ kind: 'execute', address: pc, size: 0, length: 1 }, triggerBit.matchHit);
    return fired ? breakpoint(pc, virtual) : undefined;
  }

  /** What fires at the instruction word that was fetched. */
  afterFetch(word: number): Trap | undefined {
    const { pc, virtual } = this.#state;
    const size = (word & 3) === 3 ? 4 : 2;
    const event = { kind: 'execute', address: pc, size, length: 1, data: BigInt(word) } as const;
    return this.#meet(event, triggerBit.matchHit) ? breakpoint(pc, virtual) : undefined;
  }

  /** What fires at an access, before it is made; `data` is what would be stored. An atomic operation is a load and a store. */
  onAccess(access: TriggeringAccess, data?: bigint): Trap | undefined {
    const { kind, address, size } = access;
    const event = { kind, address, size, length: size };
    const fired = this.#meet(event, triggerBit.matchHit);
    const firedByData = data !== undefined && this.#meet({ ...event, data }, triggerBit.matchHit);
    return fired || firedByData ? breakpoint(address, this.#isOfGuest(access)) : undefined;
  }

  /** Likewise for an instruction on a cache block of `size` bytes around an address: a store without size or data. */
  onCacheBlock(address: bigint, size: number): Trap | undefined {
    const event = { kind: 'store', address: address & -BigInt(size), size: 0, length: size } as const;
    if (!this.#meet(event, triggerBit.matchHit)) return undefined;
    return breakpoint(address, accessRegime(this.#state, 'normal').virtual);
  }

  /** What was loaded may fire triggers, too: once the instruction is done, before the next. */
  onLoaded(access: TriggeringAccess, data: bigint): void {
    const { address, size } = access;
    const event = { kind: 'load', address, size, length: size, data } as const;
    if (!this.#meet(event, triggerBit.matchHit | triggerBit.matchHitAfter)) return;
    this.#state.slots[hartSlot.firedAddress] = address;
    this.#state.setLow(hartSlot.firedTrigger, this.#isOfGuest(access) ? firedOfGuest : fired);
  }

  /** The counting triggers that an instruction in the present mode counts for: to be asked before it. */
  counting(): readonly number[] {
    this.#written = undefined;
    if (!this.#counts || !this.#mayFire()) return [];
    return this.#armed
      .filter(({ trigger }) => trigger.kind === 'count' && this.#isOn(trigger))
      .map(({ index }) => index);
  }

  /** An instruction retired, or a trap was taken; one that was written keeps what was. */
  count(counting: readonly number[]): void {
    for (const index of counting) {
      if (index === this.#written) continue;
      const data = this.#state.slot(dataSlot(index));
      const left = (data >> countField.low) & countField.mask;
      if (left === 0n) continue;
      const next = data - (1n << countField.low);
      this.#state.slots[dataSlot(index)] = left === 1n ? next | triggerBit.countPending : next;
    }
  }

  /** A trap was taken: triggers for its cause, as its handler sees it, fire before the first instruction there. */
  trapped({ trap, from }: TakenTrap): void {
    // Debug. Sdtrig, native triggers: where the handler must not be interrupted they do not match.
    if (!this.#mayFire()) return;
    for (const { index, trigger } of this.#armed) {
      if (trigger.kind !== 'trap' || trigger.interrupt !== trap.interrupt) continue;
      if (((trigger.causes >> BigInt(trap.code)) & 1n) === 0n || !this.#isOn(trigger, from)) continue;
      this.#set(index, triggerBit.trapHit);
      this.#state.slots[hartSlot.firedAddress] = 0n;
      this.#state.setLow(hartSlot.firedTrigger, fired);
    }
  }

  #takeFired(): Trap {
    const state = this.#state;
    const ofGuest = state.low(hartSlot.firedTrigger) === firedOfGuest;
    state.setLow(hartSlot.firedTrigger, 0);
    return breakpoint(state.slot(hartSlot.firedAddress), ofGuest);
  }

  /** Whether counting triggers that have counted down fire. All of them do at once. */
  #takeCounted(): boolean {
    if (!this.#counts || !this.#mayFire()) return false;
    const due = this.#armed.filter(
      ({ index, trigger }) =>
        trigger.kind === 'count' &&
        this.#isOn(trigger) &&
        (this.#state.slot(dataSlot(index)) & triggerBit.countPending) !== 0n,
    );
    for (const { index } of due) {
      const data = this.#state.slot(dataSlot(index));
      this.#state.slots[dataSlot(index)] = (data & ~triggerBit.countPending) | triggerBit.countHit;
    }
    return due.length > 0;
  }

  /** Whether chains fire that the event is the last of; all of their triggers are told that they did. */
  #meet(event: TriggerEvent, hit: bigint): boolean {
    if (!this.#mayFire()) return false;
    let fires = false;
    for (const chain of this.#chains) {
      const before = this.#matched;
      for (const { index, trigger } of chain)
        if (this.#isOn(trigger) && matchesEvent(trigger, event)) this.#matched |= 1 << index;
      if (this.#matched === before || chain.some(({ index }) => ((this.#matched >> index) & 1) === 0))
        continue;
      for (const { index } of chain) this.#set(index, hit);
      fires = true;
    }
    return fires;
  }

  #set(index: number, hit: bigint): void {
    const slot = dataSlot(index);
    const others = hit === triggerBit.matchHit ? ~triggerBit.matchHitAfter : -1n;
    this.#state.slots[slot] = (this.#state.slot(slot) & others) | hit;
  }

  #isOn({ modes, context }: Trigger, mode: HartMode = this.#state): boolean {
    return (modes & modeBit(mode)) !== 0 && isInContext(context, this.#state, mode.virtual);
  }

  #isOfGuest({ access }: TriggeringAccess): boolean {
    return accessRegime(this.#state, access).virtual;
  }

  /** Debug. Sdtrig, native triggers: not where the breakpoint would overwrite what a handler has not saved yet. */
  #mayFire(): boolean {
    const state = this.#state;
    if (state.privilege === 3) return (state.low(csrSlot.tcontrol) & tcontrolBit.mte) !== 0;
    if (state.privilege === 0 || !isDelegated(state, csrSlot.medeleg)) return true;
    if (!state.virtual) return (state.low(csrSlot.mstatus) & sstatusLow.SIE) !== 0;
    return !isDelegated(state, csrSlot.hedeleg) || (state.low(csrSlot.vsstatus) & sstatusLow.SIE) !== 0;
  }

  #read(index: number): Trigger | undefined {
    const context = readContext(this.#state.slot(extraSlot(index)));
    return readTrigger(this.#state.slot(dataSlot(index)), this.#state.slot(compareSlot(index)), context);
  }

  /** A chain in which a trigger cannot match, or is of another type, never fires. */
  #findChains(triggers: readonly (Trigger | undefined)[]): readonly (readonly Armed<MatchTrigger>[])[] {
    const chains: Armed<MatchTrigger>[][] = [];
    let chain: Armed<MatchTrigger>[] = [];
    let first = 0;
    for (const [index, trigger] of triggers.entries()) {
      if (trigger?.kind === 'match') chain.push({ index, trigger });
      if (isChained(this.#state.slot(dataSlot(index)))) continue;
      if (chain.length === index - first + 1) chains.push(chain);
      chain = [];
      first = index + 1;
    }
    return chains;
  }
}

/** Fields of tcontrol. */
export const tcontrolBit = { mte: 1 << 3, mpte: 1 << 7 } as const;

/** The slot of a trigger's tdata1. */
export function dataSlot(index: number): number {
  return hartSlot.triggers + 2 * index;
}

/** The slot of a trigger's tdata2. */
export function compareSlot(index: number): number {
  return hartSlot.triggers + 2 * index + 1;
}

/** The slot of a trigger's tdata3. */
export function extraSlot(index: number): number {
  return hartSlot.triggerExtras + index;
}

/** Values of `hartSlot.firedTrigger`. */
const fired = 1;
const firedOfGuest = 2;

/** By page permission, what accesses may do: an AMO, which loads too, needs the right to write. */
const members = { read: ['load'], write: ['load', 'store'], execute: ['execute'] } as const;

function isDelegated(state: HartState, register: number): boolean {
  return ((state.low(register) >>> exceptionCode.breakpoint) & 1) === 1;
}

function modeBit({ privilege, virtual }: HartMode): number {
  return 1 << (privilege | (virtual ? 4 : 0));
}

function breakpoint(address: bigint, gva: boolean): Trap {
  return { ...exception(exceptionCode.breakpoint, address), gva };
}
