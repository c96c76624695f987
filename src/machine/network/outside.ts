import type { SavedState } from '../device.ts';
import type { Ipv4Address } from './ethernet.ts';
import type { TcpConnection, TcpService } from './tcp-connection.ts';
import type { TcpEndpoint } from './tcp-endpoint.ts';

/** What the host has to do with a network: who may be called from where, and where what guests say goes. */
export interface OutsideLink {
  /** Ports of guests that the host may call, by the number of the call's target. */
  readonly targets: readonly { readonly guestPort: number }[];
  /** Ports of the gateway behind which are services of the host. */
  readonly services: readonly { readonly port: number }[];
  /** A guest called, or said something. While history is replayed, it comes again with the same number. */
  emit(message: OutsideMessage): void;
}

/** What leaves the machine about a connection with the host. */
export interface OutsideMessage {
  /** Counts the messages of a history. */
  readonly number: number;
  /** Which connection: the host chose it for a call of its own, else the machine did. */
  readonly channel: number;
  readonly event: OutsideEvent;
}

/** What a guest does on a connection to the host. */
export type OutsideEvent =
  /** A guest calls a service, by its index. */
  | { readonly kind: 'call'; readonly service: number }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** It says no more. */
  | { readonly kind: 'finish' }
  /** It is over, or never came about. */
  | { readonly kind: 'break' };

/** What comes in from the host, as the input log has it: a kind, a channel, and bytes. */
export type OutsideInput =
  | { readonly kind: 'call'; readonly channel: number; readonly target: number }
  | { readonly kind: 'data'; readonly channel: number; readonly bytes: Uint8Array }
  | { readonly kind: 'finish' | 'break'; readonly channel: number };

const inputKinds = ['call', 'data', 'finish', 'break'] as const;
const headBytes = 5;
/** Channels from here on are the host's; below, the machine's own. */
export const firstHostChannel = 0x8000_0000;

/** The inverse of what the machine does with an entry of its input log. */
export function encodeInput(input: OutsideInput): Uint8Array {
  const payload =
    input.kind === 'data'
      ? input.bytes
      : input.kind === 'call'
        ? Uint8Array.of(input.target)
        : new Uint8Array();
  const bytes = new Uint8Array(headBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, inputKinds.indexOf(input.kind));
  view.setUint32(1, input.channel);
  bytes.set(payload, headBytes);
  return bytes;
}

/** Undefined where it is none: an input log can be anybody's. */
export function decodeInput(bytes: Uint8Array): OutsideInput | undefined {
  if (bytes.length < headBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const kind = inputKinds[view.getUint8(0)];
  const channel = view.getUint32(1);
  const payload = bytes.slice(headBytes);
  if (kind === undefined) return undefined;
  if (kind === 'call') return { kind, channel, target: payload[0] ?? 0 };
  return kind === 'data' ? { kind, channel, bytes: payload } : { kind, channel };
}

/** Plain data: how many events there ever were. */
export interface OutsideState {
  readonly [name: string]: SavedState;
  readonly emitted: number;
}

/** Connections between guests and the host, on the machine's side. All that it keeps is which are whose. */
export class Outside implements TcpService {
  readonly name = 'outside';
  readonly #link: OutsideLink;
  readonly #gateway: Ipv4Address;
  readonly #guest: () => Ipv4Address | undefined;
  #tcp: TcpEndpoint | undefined;
  #emitted = 0;

  constructor(options: {
    readonly link: OutsideLink;
    /** Calls of the host come from this address. */
    readonly gateway: Ipv4Address;
    /** Who is called; undefined while nobody has an address. */
    readonly guest: () => Ipv4Address | undefined;
  }) {
    this.#link = options.link;
    this.#gateway = options.gateway;
    this.#guest = options.guest;
  }

  /** Called once. */
  attach(tcp: TcpEndpoint): void {
    this.#tcp = tcp;
  }

  /** Something comes in from the host. */
  receive(bytes: Uint8Array): void {
    const input = decodeInput(bytes);
    if (input === undefined) return;
    if (input.kind === 'call') return this.#call(input.channel, input.target);
    const connection = this.#connection(input.channel);
    if (connection === undefined) return;
    switch (input.kind) {
      case 'data':
        connection.write(input.bytes);
        break;
      case 'finish':
        connection.finish();
        break;
      case 'break':
        connection.abort();
        break;
    }
    this.#tcp?.settle(connection);
  }

  opened(connection: TcpConnection): void {
    const { note, number, nearPort } = connection.state;
    // The host knows about its own calls.
    if (note !== null) return;
    connection.note = number;
    const service = this.#link.services.findIndex(({ port }) => port === nearPort);
    this.#emit(connection, { kind: 'call', service });
  }

  received(connection: TcpConnection, bytes: Uint8Array): void {
    this.#emit(connection, { kind: 'data', bytes: bytes.slice() });
  }

  finished(connection: TcpConnection): void {
    this.#emit(connection, { kind: 'finish' });
  }

  broken(connection: TcpConnection): void {
    this.#emit(connection, { kind: 'break' });
  }

  clear(): void {
    this.#emitted = 0;
  }

  save(): OutsideState {
    return { emitted: this.#emitted };
  }

  restore({ emitted }: OutsideState): void {
    this.#emitted = emitted;
  }

  #call(channel: number, target: number): void {
    const guestPort = this.#link.targets[target]?.guestPort;
    const guest = this.#guest();
    if (guestPort === undefined || guest === undefined || this.#connection(channel)) {
      this.#send(channel, { kind: 'break' });
      return;
    }
    const number = this.#tcp?.call({ farAddress: guest, farPort: guestPort }, this.#gateway, this, channel);
    const connection = number === undefined ? undefined : this.#tcp?.connection(number);
    if (connection) this.#tcp?.settle(connection);
  }

  #connection(channel: number): TcpConnection | undefined {
    return this.#tcp?.connections.find(({ state }) => state.service === this.name && state.note === channel);
  }

  #emit({ state }: TcpConnection, event: OutsideEvent): void {
    this.#send(Number(state.note), event);
  }

  #send(channel: number, event: OutsideEvent): void {
    this.#link.emit({ number: this.#emitted++, channel, event });
  }
}
