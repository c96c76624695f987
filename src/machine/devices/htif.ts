import { Device, type AccessRules, type DeviceRegister } from '../device.ts';

const registers = [
  {
    name: 'tohost',
    offset: 0,
    width: 8,
    access: 'read-write',
    reset: 0n,
    summary: 'A request to the host; zero once it was taken.',
    fields: [
      {
        name: 'DEVICE',
        high: 63,
        low: 56,
        summary: 'Whom it is for.',
        values: { 0: 'system', 1: 'console' },
      },
      {
        name: 'COMMAND',
        high: 55,
        low: 48,
        summary: 'System: 0. Console: 0 reads a byte, 1 writes one.',
      },
      {
        name: 'PAYLOAD',
        high: 47,
        low: 0,
        summary: 'System: exit code × 2 + 1, or the address of a system call. Console: the byte.',
      },
    ],
  },
  {
    name: 'fromhost',
    offset: 8,
    width: 8,
    access: 'read-write',
    reset: 0n,
    summary: "The host's answer; the guest zeroes it.",
    fields: [],
  },
] as const satisfies readonly DeviceRegister[];

type HtifRegister = (typeof registers)[number];

/** What is saved of the interface. */
export interface HtifState {
  readonly [name: string]: boolean | readonly number[];
  /** The guest asked for a byte and has none yet. */
  readonly reading: boolean;
  readonly input: readonly number[];
}

/** What the host-target interface is connected to. */
export interface HtifWiring {
  /** Addresses of the two words, which lie in RAM. */
  readonly toHost: bigint;
  readonly fromHost: bigint | undefined;
  /** A double word of RAM; zero outside. */
  readonly readWord: (address: bigint) => bigint;
  readonly writeWord: (address: bigint, value: bigint) => void;
  readonly output: (byte: number) => void;
  readonly exit: (code: number) => void;
}

const systemCall = { write: 64n, exit: 93n } as const;
const notImplemented = -38n;

/**
 * Berkeley's host-target interface: a guest stores a request in the word at its symbol `tohost`. Its registers are
 * words of RAM, so it is on no bus: the machine calls `serve` when the guest stored there.
 */
export class Htif extends Device<HtifRegister, HtifState> {
  readonly model = 'htif';
  readonly summary = 'Host-target interface: ends the run, and a console, by words in memory.';
  readonly compatible = ['ucb,htif0'];
  readonly registers = registers;
  protected readonly rules: AccessRules = { sizes: [4, 8], undefinedOffsets: 'fault' };
  /** Address of the request word. */
  readonly toHost: bigint;
  readonly #wiring: HtifWiring;
  #reading = false;
  #input: readonly number[] = [];

  constructor(wiring: HtifWiring) {
    super();
    this.toHost = wiring.toHost;
    this.#wiring = wiring;
  }

  /** Looks at `tohost`, and does what it asks for. */
  serve(): void {
    const request = this.#wiring.readWord(this.#wiring.toHost);
    if (request === 0n) return;
    const device = request >> 56n;
    const command = (request >> 48n) & 0xffn;
    const payload = request & 0xffff_ffff_ffffn;
    if (device === 0n && command === 0n) this.#system(payload);
    else if (device === 1n) this.#console(command, payload);
    else this.#wiring.writeWord(this.#wiring.toHost, 0n);
  }

  /** Bytes arrive from outside. */
  receive(bytes: Uint8Array): void {
    this.#input = [...this.#input, ...bytes];
    this.#deliver();
  }

  peek(register: HtifRegister): bigint {
    const address = this.#address(register);
    return address === undefined ? 0n : this.#wiring.readWord(address);
  }

  reset(): void {
    this.#reading = false;
    this.#input = [];
  }

  save(): HtifState {
    return { reading: this.#reading, input: this.#input };
  }

  restore(state: HtifState): void {
    this.#reading = state.reading;
    this.#input = state.input;
  }

  protected read(register: HtifRegister): bigint {
    return this.peek(register);
  }

  protected write(register: HtifRegister, value: bigint): void {
    const address = this.#address(register);
    if (address === undefined) return;
    this.#wiring.writeWord(address, value);
    if (register.name === 'tohost') this.serve();
  }

  #system(payload: bigint): void {
    if ((payload & 1n) === 1n) {
      // The request stays in memory, for whoever looks at how the run ended.
      this.#wiring.exit(Number(BigInt.asUintN(32, payload >> 1n)));
      return;
    }
    const { readWord, writeWord, output, exit } = this.#wiring;
    const [number, first, buffer, length] = [0n, 8n, 16n, 24n].map((offset) => readWord(payload + offset));
    if (number === systemCall.exit) {
      exit(Number(BigInt.asUintN(32, first ?? 0n)));
      return;
    }
    let result = notImplemented;
    if (number === systemCall.write && buffer !== undefined && length !== undefined && length <= 0x1_0000n) {
      for (let index = 0n; index < length; index++) {
        const at = buffer + index;
        output(Number((readWord(at & ~7n) >> ((at & 7n) * 8n)) & 0xffn));
      }
      result = length;
    }
    writeWord(payload, BigInt.asUintN(64, result));
    this.#answer(1n);
  }

  #console(command: bigint, payload: bigint): void {
    if (command === 1n) {
      this.#wiring.output(Number(payload & 0xffn));
      this.#answer((1n << 56n) | (1n << 48n) | 0x100n | (payload & 0xffn));
    } else {
      this.#reading = true;
      this.#wiring.writeWord(this.#wiring.toHost, 0n);
      this.#deliver();
    }
  }

  #deliver(): void {
    const byte = this.#input[0];
    if (!this.#reading || byte === undefined) return;
    this.#input = this.#input.slice(1);
    this.#reading = false;
    this.#answer((1n << 56n) | 0x100n | BigInt(byte));
  }

  #answer(value: bigint): void {
    this.#wiring.writeWord(this.#wiring.toHost, 0n);
    if (this.#wiring.fromHost !== undefined) this.#wiring.writeWord(this.#wiring.fromHost, value);
  }

  #address(register: HtifRegister): bigint | undefined {
    return register.name === 'tohost' ? this.#wiring.toHost : this.#wiring.fromHost;
  }
}
