import { Device, type AccessRules, type InterruptLine } from '../device.ts';
import { interruptIdentification, ns16550aRegisters } from './ns16550a-registers.ts';

/** One of the UART’s registers. */
export type UartRegister = (typeof ns16550aRegisters)[number];

/** What a UART is connected to. */
export interface UartWiring {
  readonly interrupt: InterruptLine;
  /** Receives every byte that is sent, at once: the line is infinitely fast. */
  readonly output: (byte: number) => void;
}

const ier = { dataAvailable: 1, transmitterEmpty: 2, lineStatus: 4, modemStatus: 8 } as const;
const lsr = { dataReady: 0x01, overrun: 0x02, errors: 0x1e };
const transmitterIdle = 0x60;
const loopback = 0x10;
const divisorAccess = 0x80;
const fifoDepth = 16;
/** A driver that sends looks once or twice for each byte whether it may, and one that starts some times more. */
const pollsOfListener = 16;
const triggerLevels = [1, 4, 8, 14];

const powerOn = {
  ier: 0,
  fcr: 0,
  lcr: 0,
  mcr: 0x08,
  lsr: transmitterIdle,
  msr: 0xb0,
  scr: 0,
  divisor: 0x0c,
  lastSent: 0,
  /** How often software looked for a byte that was not there, since anything else happened to the line. */
  polls: 0,
  /** "Transmitter empty" has not been acknowledged yet. */
  transmitterEmptyPending: false,
  /** Bytes that a read of RBR can take, oldest first. */
  received: [] as readonly number[],
  /** Bytes on the wire that found no room yet: flow control is perfect, nothing from outside is lost. */
  wire: new Uint8Array(),
};

/** What is saved of a UART: its registers, and the bytes on their way in. */
export type UartState = typeof powerOn;

/** National Semiconductor's 16550A, as QEMU's `virt` has it: byte registers, without the delays of a line. */
export class Ns16550a extends Device<UartRegister, UartState> {
  readonly model = 'ns16550a';
  readonly summary = 'Serial port with FIFOs.';
  readonly compatible = ['ns16550a'];
  readonly registers = ns16550aRegisters;
  protected readonly rules: AccessRules = { sizes: [1, 2, 4, 8], undefinedOffsets: 'fault' };
  readonly #wiring: UartWiring;
  readonly #state: UartState = { ...powerOn };

  constructor(wiring: UartWiring) {
    super();
    this.#wiring = wiring;
  }

  /** Bytes arrive from outside. */
  receive(bytes: Uint8Array): void {
    const wire = new Uint8Array(this.#state.wire.length + bytes.length);
    wire.set(this.#state.wire);
    wire.set(bytes, this.#state.wire.length);
    this.#change({ wire });
  }

  /** Sends a byte as a driver does that waits until it can: firmware's way. */
  send(byte: number): void {
    this.#send(byte);
  }

  /** Takes the oldest byte received, as a driver does that polls: firmware's way. */
  take(): number | undefined {
    const [byte, ...rest] = this.#state.received;
    if (byte === undefined) this.#change({ polls: this.#state.polls + 1 });
    else this.#change({ received: rest, polls: 0 });
    return byte;
  }

  /** Software waits for a byte: it has the interrupt enabled, or looks for one again and again. */
  get isListening(): boolean {
    return (this.#state.ier & ier.dataAvailable) !== 0 || this.#state.polls >= pollsOfListener;
  }

  peek(register: UartRegister): bigint {
    return BigInt(this.#value(register));
  }

  reset(): void {
    this.#change(powerOn);
  }

  save(): UartState {
    return { ...this.#state };
  }

  restore(state: UartState): void {
    Object.assign(this.#state, state);
  }

  protected override bank(): 'data' | 'divisor' {
    return (this.#state.lcr & divisorAccess) === 0 ? 'data' : 'divisor';
  }

  protected read(register: UartRegister): bigint {
    return BigInt(this.readNumber(register));
  }

  protected write(register: UartRegister, value: bigint): void {
    this.writeNumber(register, Number(value));
  }

  protected override readNumber(register: UartRegister): number {
    const value = this.#value(register);
    if (register.name === 'RBR') this.#change({ received: this.#state.received.slice(1), polls: 0 });
    else if (register.name === 'LSR') {
      this.#state.polls++;
      if ((this.#state.lsr & lsr.errors) !== 0) this.#change({ lsr: this.#state.lsr & ~lsr.errors });
    } else if (register.name === 'MSR') this.#change({ msr: this.#state.msr & 0xf0 });
    else if (register.name === 'IIR' && this.#identification() === interruptIdentification.transmitterEmpty) {
      this.#change({ transmitterEmptyPending: false });
    }
    return value;
  }

  protected override writeNumber(register: UartRegister, byte: number): void {
    const { divisor, mcr } = this.#state;
    switch (register.name) {
      case 'THR':
        this.#send(byte);
        return;
      case 'DLL':
        return this.#change({ divisor: (divisor & 0xff00) | byte });
      case 'DLM':
        return this.#change({ divisor: (divisor & 0x00ff) | (byte << 8) });
      case 'IER': {
        // The holding register is always empty: enabling its interrupt raises it at once.
        const enabled = (byte & ~this.#state.ier & ier.transmitterEmpty) !== 0;
        return this.#change({
          ier: byte & 0x0f,
          transmitterEmptyPending: enabled || this.#state.transmitterEmptyPending,
        });
      }
      case 'FCR': {
        // Clearing, and switching the FIFOs on or off, empties the receiver.
        const clears = (byte & 0x02) !== 0 || ((byte ^ this.#state.fcr) & 1) !== 0;
        return this.#change({ fcr: byte & 0xc9, ...(clears && { received: [], polls: 0 }) });
      }
      case 'LCR':
        return this.#change({ lcr: byte });
      case 'MCR':
        this.#change({ mcr: byte & 0x1f });
        return this.#followModemOutputs(mcr);
      case 'SCR':
        return this.#change({ scr: byte });
      case 'RBR':
      case 'IIR':
      case 'LSR':
      case 'MSR':
        return;
    }
  }

  #send(byte: number): void {
    const { mcr, fcr, received } = this.#state;
    this.#state.polls = 0;
    if ((mcr & loopback) === 0) {
      this.#wiring.output(byte);
      this.#state.lastSent = byte;
      this.#state.transmitterEmptyPending = true;
      this.#settle();
    } else if (received.length < receiverDepth(fcr)) {
      this.#change({ lastSent: byte, transmitterEmptyPending: true, received: [...received, byte] });
    } else {
      this.#change({ lastSent: byte, transmitterEmptyPending: true, lsr: this.#state.lsr | lsr.overrun });
    }
  }

  /** In loopback the four outputs drive the four inputs, and each change is latched (data sheet 8.6.7). */
  #followModemOutputs(oldMcr: number): void {
    const { mcr, msr } = this.#state;
    const inputs =
      (mcr & loopback) === 0 ? powerOn.msr : ((mcr & 0x0c) << 4) | ((mcr & 0x02) << 3) | ((mcr & 0x01) << 5);
    if (((oldMcr | mcr) & loopback) === 0) return;
    const changed = (inputs ^ msr) >> 4;
    // TERI latches the trailing edge of RI alone.
    const latched = (changed & 0x0b) | (changed & 0x04 & (msr >> 4));
    this.#change({ msr: inputs | (msr & 0x0f) | latched });
  }

  #change(change: Partial<UartState>): void {
    Object.assign(this.#state, change);
    this.#settle();
  }

  /** After every change: the receiver fills up from the wire, and the line follows the state. */
  #settle(): void {
    const state = this.#state;
    const room = receiverDepth(state.fcr) - state.received.length;
    if (room > 0 && state.wire.length > 0 && (state.mcr & loopback) === 0) {
      state.received = [...state.received, ...state.wire.subarray(0, room)];
      state.wire = state.wire.subarray(room);
    }
    state.lsr = state.received.length > 0 ? state.lsr | lsr.dataReady : state.lsr & ~lsr.dataReady;
    this.#wiring.interrupt(this.#identification() !== interruptIdentification.none);
  }

  #identification(): number {
    const state = this.#state;
    if ((state.ier & ier.lineStatus) !== 0 && (state.lsr & lsr.errors) !== 0) {
      return interruptIdentification.lineStatus;
    }
    if ((state.ier & ier.dataAvailable) !== 0 && state.received.length > 0) {
      const trigger = (state.fcr & 1) === 0 ? 1 : (triggerLevels[state.fcr >> 6] ?? 1);
      // Bytes on the wire need no time, so a FIFO below its trigger level has timed out already.
      return state.received.length >= trigger
        ? interruptIdentification.dataAvailable
        : interruptIdentification.characterTimeout;
    }
    if ((state.ier & ier.transmitterEmpty) !== 0 && state.transmitterEmptyPending) {
      return interruptIdentification.transmitterEmpty;
    }
    if ((state.ier & ier.modemStatus) !== 0 && (state.msr & 0x0f) !== 0) {
      return interruptIdentification.modemStatus;
    }
    return interruptIdentification.none;
  }

  #value(register: UartRegister): number {
    const state = this.#state;
    switch (register.name) {
      case 'RBR':
        return state.received[0] ?? 0;
      case 'THR':
        return state.lastSent;
      case 'DLL':
        return state.divisor & 0xff;
      case 'DLM':
        return state.divisor >> 8;
      case 'IER':
        return state.ier;
      case 'IIR':
        return ((state.fcr & 1) === 0 ? 0 : 0xc0) | this.#identification();
      case 'FCR':
        return state.fcr;
      case 'LCR':
        return state.lcr;
      case 'MCR':
        return state.mcr;
      case 'LSR':
        return state.lsr;
      case 'MSR':
        return state.msr;
      case 'SCR':
        return state.scr;
    }
  }
}

function receiverDepth(fcr: number): number {
  return (fcr & 1) === 0 ? 1 : fifoDepth;
}
