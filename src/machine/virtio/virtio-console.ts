import type { DeviceDetail, DeviceRegister, SavedState } from '../device.ts';
import type { VirtioFeature, VirtioFunction, VirtioHost } from './virtio-function.ts';
import type { Virtqueue } from './virtqueue.ts';

interface ConsoleState {
  readonly [name: string]: SavedState;
  readonly typed: Uint8Array;
}

const queueIndex = { receive: 0, transmit: 1 } as const;
/** Bytes of one request that are printed; a driver sends a page at most. */
const mostBytes = 0x1_0000;
/** What is typed and not taken; more is lost, as with any keyboard. */
const mostTyped = 0x1_0000;

const features: readonly VirtioFeature[] = [
  { name: 'CONSOLE_F_EMERG_WRITE', bit: 2, summary: 'A character can be printed before there are queues.' },
];

const configuration: readonly DeviceRegister[] = [
  {
    name: 'emerg_wr',
    offset: 8,
    width: 4,
    access: 'write-only',
    reset: 0n,
    summary: 'Prints its lowest byte, whatever state the device is in.',
    fields: [],
  },
];

/** A virtio console (Virtio 5.3) with one port: `hvc0` of Linux. */
export class VirtioConsole implements VirtioFunction {
  readonly deviceId = 3;
  readonly model = 'virtio-console';
  readonly summary = 'Console.';
  readonly features = features;
  readonly queues = [
    { name: 'receive', size: 64 },
    { name: 'transmit', size: 64 },
  ];
  readonly configuration = configuration;
  readonly #output: (byte: number) => void;
  #host: VirtioHost | undefined;
  #typed: Uint8Array = new Uint8Array();

  constructor({ output }: { readonly output: (byte: number) => void }) {
    this.#output = output;
  }

  attach(host: VirtioHost): void {
    this.#host = host;
  }

  peek(): bigint {
    return 0n;
  }

  write(_register: string, value: bigint): void {
    this.#output(Number(value & 0xffn));
  }

  /** Somebody types. */
  receive(bytes: Uint8Array): void {
    const all = new Uint8Array(Math.min(this.#typed.length + bytes.length, mostTyped));
    all.set(this.#typed);
    all.set(bytes.subarray(0, all.length - this.#typed.length), this.#typed.length);
    this.#typed = all;
    const queue = this.#host?.queues[queueIndex.receive];
    if (!queue || this.#host?.isLive !== true) return;
    this.#deliver(queue);
    this.#host.settle(queue);
  }

  serve(queue: Virtqueue): void {
    if (queue.index === queueIndex.receive) return this.#deliver(queue);
    for (const chain of queue.pending()) {
      for (const byte of chain.read(0, mostBytes)) this.#output(byte);
      queue.put(chain, 0);
    }
  }

  reset(): void {
    this.#typed = new Uint8Array();
  }

  save(): ConsoleState {
    return { typed: this.#typed };
  }

  restore(state: SavedState): void {
    this.#typed = (state as ConsoleState).typed;
  }

  inspect(): readonly DeviceDetail[] {
    return [{ label: 'typed', value: `${this.#typed.length} bytes, not taken yet` }];
  }

  #deliver(queue: Virtqueue): void {
    while (this.#typed.length > 0) {
      const chain = queue.next();
      if (chain === undefined) return;
      const written = chain.write(0, this.#typed);
      // Each chain without room is taken once; the driver offers as many as its ring has.
      queue.put(chain, written);
      this.#typed = this.#typed.slice(written);
    }
  }
}
