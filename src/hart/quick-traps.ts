import type { Decode } from '../isa/decode.ts';
import type { EngineWalks } from './engine-walks.ts';
import type { HartState } from './state.ts';
import { transformedInstruction } from './transformed-instruction.ts';
import { takeException, trapValueSlots, type TrapCause } from './traps.ts';
import { exceptionCode } from './trap.ts';
import type { TrapRecords } from './trap-records.ts';

/**
 * The exceptions that guests of a VMM raise all the time, taken without a BigInt or an object: environment calls, and
 * loads and stores where the second stage maps nothing, as of devices. They leave what the evaluator's leave.
 */
export class QuickTraps {
  readonly #state: HartState;
  readonly #records: TrapRecords;
  readonly #walks: EngineWalks;
  readonly #decode: Decode;
  /** What htinst shows of an instruction word, or -1 where that is no plain load or store. */
  readonly #transformed = new Map<number, number>();
  // What was asked for last: a driver accesses a device by one instruction, again and again.
  #lastWord = 0;
  #lastTransformed = -1;

  constructor(parts: {
    readonly state: HartState;
    readonly records: TrapRecords;
    readonly walks: EngineWalks;
    readonly decode: Decode;
  }) {
    this.#state = parts.state;
    this.#records = parts.records;
    this.#walks = parts.walks;
    this.#decode = parts.decode;
  }

  /** Takes the trap of the ECALL at pc. */
  call(): void {
    takeException(this.#state, this.#records, callCause(this.#state));
  }

  /**
   * The instruction `word` at pc accesses an address, given by its halves, that no TLB has; all of the access lies in
   * one page. Takes its trap if that is a guest-page fault for sure; else `false`, and nothing has happened.
   */
  guestPageFault(word: number, access: 'read' | 'write', low: number, high: number): boolean {
    if (!this.#state.virtual) return false;
    const transformed = this.#transformedOf(word);
    if (transformed < 0) return false;
    const guestPage = this.#walks.unmappedGuestPage(high * 0x10_0000 + (low >>> 12), access);
    if (guestPage < 0) return false;
    const state = this.#state;
    const cause = access === 'read' ? loadGuestPageFault : storeGuestPageFault;
    const { tval, tval2, tinst } = trapValueSlots(takeException(state, this.#records, cause));
    const { halves } = state;
    halves[2 * tval] = low;
    halves[2 * tval + 1] = high;
    if (tval2 !== undefined) {
      // Priv. 18.4.9: the guest-physical address, shifted right by 2 bits.
      halves[2 * tval2] = ((guestPage & 0x3f_ffff) << 10) | ((low & 0xfff) >>> 2);
      halves[2 * tval2 + 1] = Math.floor(guestPage / 0x40_0000);
    }
    if (tinst !== undefined) halves[2 * tinst] = transformed;
    return true;
  }

  #transformedOf(word: number): number {
    if (word !== this.#lastWord) {
      this.#lastTransformed = this.#lookUp(word);
      this.#lastWord = word;
    }
    return this.#lastTransformed;
  }

  #lookUp(word: number): number {
    const known = this.#transformed.get(word);
    if (known !== undefined) return known;
    const decoded = this.#decode(word);
    const isPlain = decoded !== undefined && plainAccesses.has(decoded.instruction.encoding.match & 0x7f);
    const found = isPlain ? Number(transformedInstruction(decoded, 0)) : -1;
    if (this.#transformed.size >= mostWords) this.#transformed.clear();
    this.#transformed.set(word, found);
    return found;
  }
}

/** LOAD, LOAD-FP, STORE and STORE-FP (Unpriv. opcode map), to which compressed ones expand. */
const plainAccesses: ReadonlySet<number> = new Set([0x03, 0x07, 0x23, 0x27]);
const mostWords = 4096;

const causeOf = (code: number, gva: boolean): TrapCause => ({ interrupt: false, code, gva });
/** The cause of an environment call tells the mode that calls. */
const callCauses = {
  user: causeOf(exceptionCode.ecallFromU, false),
  supervisor: causeOf(exceptionCode.ecallFromS, false),
  virtualSupervisor: causeOf(exceptionCode.ecallFromVs, false),
  machine: causeOf(exceptionCode.ecallFromM, false),
} as const;
const loadGuestPageFault = causeOf(exceptionCode.loadGuestPageFault, true);
const storeGuestPageFault = causeOf(exceptionCode.storeGuestPageFault, true);

function callCause({ mode }: HartState): TrapCause {
  switch (mode.privilege) {
    case 0:
      return callCauses.user;
    case 1:
      return mode.virtual ? callCauses.virtualSupervisor : callCauses.supervisor;
    case 3:
      return callCauses.machine;
  }
}
