import { Device, type AccessRules, type DeviceRegister, type InterruptLine } from '../device.ts';

const described = <const Name extends string>(
  name: Name,
  offset: number,
  access: DeviceRegister['access'],
  summary: string,
): DeviceRegister & { readonly name: Name } => ({
  name,
  offset,
  width: 4,
  access,
  reset: 0n,
  summary,
  fields: [],
});

const registers = [
  described(
    'TIME_LOW',
    0x00,
    'read-write',
    'Nanoseconds since 1970, low half; reading it latches TIME_HIGH.',
  ),
  described('TIME_HIGH', 0x04, 'read-write', 'Their high half.'),
  described('ALARM_LOW', 0x08, 'read-write', 'When the alarm goes off, low half; writing it sets the alarm.'),
  described('ALARM_HIGH', 0x0c, 'read-write', 'Its high half.'),
  described('IRQ_ENABLED', 0x10, 'read-write', '1: the alarm interrupts.'),
  described('CLEAR_ALARM', 0x14, 'write-only', 'Forgets the alarm.'),
  described('ALARM_STATUS', 0x18, 'read-only', '1: an alarm is set.'),
  described('CLEAR_INTERRUPT', 0x1c, 'write-only', 'Takes the interrupt back.'),
] as const;

type RtcRegister = (typeof registers)[number];

/** What a real-time clock is connected to. */
export interface RtcWiring {
  /** Nanoseconds of the machine's time since power-on. */
  readonly now: () => bigint;
  /** What the clock showed at power-on: nanoseconds since 1970. */
  readonly start: bigint;
  readonly interrupt: InterruptLine;
  /** The alarm was set or cleared: `deadline` is another. */
  readonly alarmChanged: () => void;
}

const powerOn = {
  /** What guests' writes of the time add. */
  offset: 0n,
  latchedHigh: 0n,
  alarm: 0n,
  isAlarmSet: false,
  interruptEnabled: false,
  pending: false,
};

/** What is saved of the clock; times are nanoseconds. */
export type RtcState = typeof powerOn;

/** Goldfish's real-time clock, as QEMU's `virt` has it. It follows the machine's time, never the host's. */
export class GoldfishRtc extends Device<RtcRegister, RtcState> {
  readonly model = 'goldfish-rtc';
  readonly summary = 'Real-time clock with an alarm.';
  readonly compatible = ['google,goldfish-rtc'];
  readonly registers = registers;
  protected readonly rules: AccessRules = { sizes: [4], undefinedOffsets: 'zero' };
  readonly #wiring: RtcWiring;
  #state: RtcState = { ...powerOn };

  constructor(wiring: RtcWiring) {
    super();
    this.#wiring = wiring;
  }

  /** Nanoseconds of the machine's time at which the alarm goes off; undefined where none is set. */
  get deadline(): bigint | undefined {
    const { isAlarmSet, alarm, offset } = this.#state;
    return isAlarmSet ? alarm - this.#wiring.start - offset : undefined;
  }

  /** Time has passed: the alarm may go off. */
  update(): void {
    if (!this.#state.isAlarmSet || this.#state.alarm > this.time) return;
    this.#state = { ...this.#state, isAlarmSet: false, pending: true };
    this.#drive();
  }

  peek(register: RtcRegister): bigint {
    const { latchedHigh, alarm, interruptEnabled, isAlarmSet } = this.#state;
    switch (register.name) {
      case 'TIME_LOW':
        return BigInt.asUintN(32, this.time);
      case 'TIME_HIGH':
        return latchedHigh;
      case 'ALARM_LOW':
        return BigInt.asUintN(32, alarm);
      case 'ALARM_HIGH':
        return alarm >> 32n;
      case 'IRQ_ENABLED':
        return interruptEnabled ? 1n : 0n;
      case 'ALARM_STATUS':
        return isAlarmSet ? 1n : 0n;
      case 'CLEAR_ALARM':
      case 'CLEAR_INTERRUPT':
        return 0n;
    }
  }

  reset(): void {
    this.#state = { ...powerOn };
    this.#drive();
  }

  save(): RtcState {
    return { ...this.#state };
  }

  restore(state: RtcState): void {
    this.#state = { ...state };
  }

  protected read(register: RtcRegister): bigint {
    if (register.name === 'TIME_LOW') this.#state.latchedHigh = this.time >> 32n;
    return this.peek(register);
  }

  protected write(register: RtcRegister, value: bigint): void {
    const state = this.#state;
    switch (register.name) {
      case 'TIME_LOW':
        return this.#setTime((this.time & ~low) | value);
      case 'TIME_HIGH':
        return this.#setTime((this.time & low) | (value << 32n));
      case 'ALARM_LOW':
        state.alarm = (state.alarm & ~low) | value;
        state.isAlarmSet = true;
        break;
      case 'ALARM_HIGH':
        // The alarm is set by its low half, which drivers write last.
        state.alarm = (state.alarm & low) | (value << 32n);
        return;
      case 'IRQ_ENABLED':
        state.interruptEnabled = (value & 1n) === 1n;
        return this.#drive();
      case 'CLEAR_ALARM':
        state.isAlarmSet = false;
        break;
      case 'CLEAR_INTERRUPT':
        state.pending = false;
        return this.#drive();
      case 'ALARM_STATUS':
        return;
    }
    this.#alarmChanged();
  }

  /** What it shows: nanoseconds since 1970. */
  get time(): bigint {
    return BigInt.asUintN(64, this.#wiring.start + this.#wiring.now() + this.#state.offset);
  }

  #setTime(time: bigint): void {
    this.#state.offset += time - this.time;
    this.#alarmChanged();
  }

  #alarmChanged(): void {
    this.update();
    this.#wiring.alarmChanged();
  }

  #drive(): void {
    this.#wiring.interrupt(this.#state.pending && this.#state.interruptEnabled);
  }
}

const low = 0xffff_ffffn;
