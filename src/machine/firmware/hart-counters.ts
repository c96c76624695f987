import type { SavedState } from '../device.ts';
import type { Hart } from '../../hart/hart.ts';
import { csrByName } from '../../isa/csrs/index.ts';
import { countingCounters } from '../../isa/csrs/hardware-counters.ts';
import { inhibitFlag, type SbiCounters } from './sbi/counters.ts';
import type { SbiEvent } from './sbi/pmu-events.ts';

/** How many events of firmware can be counted at a time. */
const firmwareCounterCount = 16;
const noEvent = -1;

/** A counter of the hart: by which CSR M mode holds it, and the supervisor reads it. */
interface HardwareCounter {
  /** Its bit of mcountinhibit and mcounteren. */
  readonly n: number;
  readonly register: string;
  readonly csr: number;
  /** What a counter counts that has no mhpmevent. */
  readonly fixed?: SbiEvent['kind'];
}

/** Plain data: what the firmware knows of a hart's counters. */
export interface HartCountersState {
  readonly [name: string]: SavedState;
  readonly events: readonly number[];
  readonly started: readonly boolean[];
  readonly values: readonly bigint[];
  readonly sharedMemory: bigint | null;
}

/**
 * The counters of a hart as the SBI has them: first those of the hart, whose state is in its CSRs, then the firmware's
 * own, which count what it does for the hart. Cycles and instructions are rather counted by a counter that can interrupt
 * and stand still in some modes.
 */
export class HartCounters implements SbiCounters {
  sharedMemory: bigint | undefined;
  readonly #hart: Hart;
  readonly #hardware: readonly HardwareCounter[];
  #events: number[] = [];
  #started: boolean[] = [];
  #values: bigint[] = [];

  constructor(hart: Hart) {
    this.#hart = hart;
    this.#hardware = [
      ...countingCounters.map((n) => ({ n, register: `mhpmcounter${n}`, view: `hpmcounter${n}` })),
      { n: 0, register: 'mcycle', view: 'cycle', fixed: 'cycles' as const },
      { n: 2, register: 'minstret', view: 'instret', fixed: 'instructions' as const },
    ]
      .filter(({ view }) => hart.csrs.has(view))
      .map(({ view, ...rest }) => ({ ...rest, csr: csrByName.get(view)?.address ?? 0 }));
    this.forget();
  }

  /** Power-on: no counter of firmware has an event. */
  forget(): void {
    this.sharedMemory = undefined;
    this.#events = Array.from({ length: firmwareCounterCount }, () => noEvent);
    this.#started = this.#events.map(() => false);
    this.#values = this.#events.map(() => 0n);
  }

  /** An event of firmware has happened to the hart. */
  tally(code: number): void {
    for (let n = 0; n < firmwareCounterCount; n++)
      if (this.#events[n] === code && this.#started[n])
        this.#values[n] = BigInt.asUintN(64, (this.#values[n] ?? 0n) + 1n);
  }

  get count(): number {
    return this.#hardware.length + firmwareCounterCount;
  }

  csr(index: number): number | undefined {
    return this.#hardware[index]?.csr;
  }

  canCount(index: number, event: SbiEvent): boolean {
    const hardware = this.#hardware[index];
    if (hardware === undefined) return event.kind === 'firmware';
    return event.kind !== 'firmware' && (hardware.fixed ?? event.kind) === event.kind;
  }

  isConfigured(index: number): boolean {
    const hardware = this.#hardware[index];
    if (hardware === undefined) return this.#events[this.#firmware(index)] !== noEvent;
    return hardware.fixed !== undefined || this.#peek(`mhpmevent${hardware.n}`) !== 0n;
  }

  isStarted(index: number): boolean {
    const hardware = this.#hardware[index];
    if (hardware === undefined) return this.#started[this.#firmware(index)] ?? false;
    return ((this.#peek('mcountinhibit') >> BigInt(hardware.n)) & 1n) === 0n;
  }

  configure(index: number, event: SbiEvent, flags: bigint): void {
    const hardware = this.#hardware[index];
    if (event.kind === 'firmware') this.#events[this.#firmware(index)] = event.code;
    else if (hardware && hardware.fixed === undefined)
      this.#poke(`mhpmevent${hardware.n}`, eventNumber[event.kind] | inhibitions(flags));
  }

  release(index: number): void {
    const hardware = this.#hardware[index];
    if (hardware === undefined) this.#events[this.#firmware(index)] = noEvent;
    else if (hardware.fixed === undefined) this.#poke(`mhpmevent${hardware.n}`, 0n);
  }

  /** From then on, an overflow interrupts again. */
  start(index: number): void {
    const hardware = this.#hardware[index];
    if (hardware === undefined) {
      this.#started[this.#firmware(index)] = true;
      return;
    }
    const { n, fixed } = hardware;
    if (fixed === undefined) this.#poke(`mhpmevent${n}`, this.#peek(`mhpmevent${n}`) & ~overflowed);
    this.#poke('mcountinhibit', this.#peek('mcountinhibit') & ~(1n << BigInt(n)));
  }

  stop(index: number): void {
    const hardware = this.#hardware[index];
    if (hardware === undefined) this.#started[this.#firmware(index)] = false;
    else this.#poke('mcountinhibit', this.#peek('mcountinhibit') | (1n << BigInt(hardware.n)));
  }

  read(index: number): bigint {
    const hardware = this.#hardware[index];
    return hardware === undefined
      ? (this.#values[this.#firmware(index)] ?? 0n)
      : this.#peek(hardware.register);
  }

  write(index: number, value: bigint): void {
    const hardware = this.#hardware[index];
    if (hardware === undefined) this.#values[this.#firmware(index)] = value;
    else this.#poke(hardware.register, value);
  }

  hasOverflowed(index: number): boolean {
    const hardware = this.#hardware[index];
    if (hardware === undefined || hardware.fixed !== undefined) return false;
    return (this.#peek(`mhpmevent${hardware.n}`) & overflowed) !== 0n;
  }

  save(): HartCountersState {
    return {
      events: [...this.#events],
      started: [...this.#started],
      values: [...this.#values],
      sharedMemory: this.sharedMemory ?? null,
    };
  }

  restore({ events, started, values, sharedMemory }: HartCountersState): void {
    this.#events = [...events];
    this.#started = [...started];
    this.#values = [...values];
    this.sharedMemory = sharedMemory ?? undefined;
  }

  #firmware(index: number): number {
    return index - this.#hardware.length;
  }

  #peek(name: string): bigint {
    return this.#hart.csrs.peek(name);
  }

  #poke(name: string, value: bigint): void {
    this.#hart.csrs.poke(name, value);
  }
}

/** mhpmevent of this machine. */
const eventNumber = { cycles: 1n, instructions: 2n } as const;
/** mhpmevent.OF, and where it stands still (Priv. Sscofpmf). */
const overflowed = 1n << 63n;
const inhibit = { M: 1n << 62n, S: 1n << 61n, U: 1n << 60n, VS: 1n << 59n, VU: 1n << 58n } as const;

function inhibitions(flags: bigint): bigint {
  let bits = 0n;
  for (const mode of ['M', 'S', 'U', 'VS', 'VU'] as const)
    if ((flags & inhibitFlag[mode]) !== 0n) bits |= inhibit[mode];
  return bits;
}
