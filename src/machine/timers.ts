import type { Hart } from '../hart/hart.ts';
import { interruptCode } from '../hart/trap.ts';
import type { Clint } from './devices/clint.ts';
import type { GoldfishRtc } from './devices/goldfish-rtc.ts';
import type { MachineClock } from './machine-clock.ts';
import { nanosecondsPerTick } from './peripherals.ts';

/** The timers of all harts: mtimecmp, which the machine watches, and stimecmp and vstimecmp, which harts do; and the alarm. */
export class Timers {
  readonly #harts: readonly Hart[];
  readonly #clint: Clint;
  readonly #clock: MachineClock;
  readonly #rtc: GoldfishRtc;
  /** From this step of the machine on, the lines of mtimecmp have to be looked at again. */
  #nextStep = 0;

  constructor(parts: {
    readonly harts: readonly Hart[];
    readonly clint: Clint;
    readonly clock: MachineClock;
    readonly rtc: GoldfishRtc;
  }) {
    this.#harts = parts.harts;
    this.#clint = parts.clint;
    this.#clock = parts.clock;
    this.#rtc = parts.rtc;
  }

  /** Time was set or skipped, or a comparison changed. */
  changed(): void {
    this.#nextStep = 0;
  }

  /** Brings MTIP of every hart and the alarm up to date; returns the step at which one changes next. */
  update(step: number): number {
    if (step >= this.#nextStep) {
      this.#clint.update();
      this.#rtc.update();
      const alarm = alarmTick(this.#rtc);
      const waits = [
        ...this.#harts.map(({ id }) => this.#clint.deadline(id)),
        ...(alarm === undefined ? [] : [alarm]),
      ]
        .map((deadline) => this.#clock.stepsUntil(deadline))
        .filter((steps) => steps > 0);
      this.#nextStep = step + Math.min(...waits);
    }
    return this.#nextStep;
  }

  /** The first tick at which a timer wakes one of these waiting harts, if one ever does. */
  nextWake(waiting: readonly Hart[]): bigint | undefined {
    let first = alarmTick(this.#rtc);
    for (const hart of waiting) {
      for (const tick of this.#wakes(hart)) {
        if (first === undefined || tick < first) first = tick;
      }
    }
    return first !== undefined && this.#clock.stepsUntil(first) !== Infinity ? first : undefined;
  }

  /** The ticks at which timers that the hart enables in mie fire. */
  *#wakes({ id, state }: Hart): Generator<bigint> {
    const enabled = state.getCsr('mie');
    const has = (code: number): boolean => ((enabled >> BigInt(code)) & 1n) === 1n;
    if (has(interruptCode.machineTimer)) yield this.#clint.deadline(id);
    if ((state.getCsr('menvcfg') & comparatorEnable) === 0n) return;
    if (has(interruptCode.supervisorTimer)) yield state.getCsr('stimecmp');
    if ((state.getCsr('henvcfg') & comparatorEnable) === 0n) return;
    if (has(interruptCode.virtualSupervisorTimer)) {
      // The guest's time is ours plus htimedelta, modulo 2^64.
      const now = this.#clock.ticks();
      const guestNow = BigInt.asUintN(64, now + state.getCsr('htimedelta'));
      yield now + state.getCsr('vstimecmp') - guestNow;
    }
  }
}

/** The first tick at which an alarm goes off. */
export function alarmTick({ deadline }: GoldfishRtc): bigint | undefined {
  return deadline === undefined ? undefined : (deadline + nanosecondsPerTick - 1n) / nanosecondsPerTick;
}

/** menvcfg.STCE and henvcfg.STCE. */
const comparatorEnable = 1n << 63n;
