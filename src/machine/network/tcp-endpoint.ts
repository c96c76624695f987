import type { SavedState } from '../device.ts';
import type { Ipv4Packet } from './ipv4.ts';
import { TcpConnection, type TcpService } from './tcp-connection.ts';
import type { TcpConnectionState } from './tcp-connection-state.ts';
import {
  largestSegmentSize,
  packetOfSegment,
  parseSegment,
  sequenceAfter,
  sequenceLength,
  type TcpEnds,
  type TcpSegment,
} from './tcp-segment.ts';

/** Plain data: the connections of a station. */
export interface TcpEndpointState {
  readonly [name: string]: SavedState;
  /** How many connections there ever were. */
  readonly made: number;
  readonly connections: readonly TcpConnectionState[];
}

/** More at a time are refused: a guest cannot fill our memory with calls. */
const mostConnections = 1024;
/** Of ports for calls of ours, the first (RFC 6335, 6). */
const firstDynamicPort = 49_152;
const dynamicPorts = 16_384;

/** All TCP connections of a host: those that guests make to its services, and those that it makes. */
export class TcpEndpoint {
  readonly #serviceAt: (ends: TcpEnds) => TcpService | undefined;
  readonly #serviceNamed: (name: string) => TcpService | undefined;
  readonly #send: (packet: Ipv4Packet) => void;
  readonly #connections = new Map<string, TcpConnection>();
  #made = 0;

  constructor(options: {
    /** Who answers a call; undefined where nobody does. */
    readonly serviceAt: (ends: TcpEnds) => TcpService | undefined;
    /** The service of a connection that was saved. */
    readonly serviceNamed: (name: string) => TcpService | undefined;
    readonly send: (packet: Ipv4Packet) => void;
  }) {
    this.#serviceAt = options.serviceAt;
    this.#serviceNamed = options.serviceNamed;
    this.#send = options.send;
  }

  get connections(): readonly TcpConnection[] {
    return [...this.#connections.values()];
  }

  /** The connection with this number, while it lasts. */
  connection(number: number): TcpConnection | undefined {
    return this.connections.find(({ state }) => state.number === number);
  }

  /** A packet from a guest. */
  receive(packet: Ipv4Packet): void {
    const parsed = parseSegment(packet);
    if (parsed === undefined) return;
    const { ends, segment } = parsed;
    const connection = this.#connections.get(key(ends));
    if (connection) {
      connection.receive(segment);
      this.#forgetIfOver(connection);
      return;
    }
    if (segment.synchronize && segment.acknowledged === undefined && !segment.reset)
      this.#answer(ends, segment);
    else this.#refuse(ends, segment);
  }

  /** Calls a guest; returns the connection's number. The service finds `note` in it. */
  call(
    far: Pick<TcpEnds, 'farAddress' | 'farPort'>,
    nearAddress: number,
    service: TcpService,
    note: SavedState = null,
  ): number {
    const nearPort = firstDynamicPort + (this.#made % dynamicPorts);
    const connection = this.#make({ ...far, nearAddress, nearPort }, service, { note });
    connection.begin();
    return connection.state.number;
  }

  /** Something was done with a connection from our side. */
  settle(connection: TcpConnection): void {
    this.#forgetIfOver(connection);
  }

  clear(): void {
    this.#connections.clear();
    this.#made = 0;
  }

  save(): TcpEndpointState {
    return { made: this.#made, connections: this.connections.map(({ state }) => state) };
  }

  restore({ made, connections }: TcpEndpointState): void {
    this.#made = made;
    this.#connections.clear();
    for (const state of connections) {
      const service = this.#serviceNamed(state.service);
      if (service) this.#add(state, service);
    }
  }

  #answer(ends: TcpEnds, segment: TcpSegment): void {
    const service = this.#connections.size < mostConnections ? this.#serviceAt(ends) : undefined;
    if (service === undefined) return this.#refuse(ends, segment);
    const connection = this.#make(ends, service, {
      phase: 'answered',
      receiveNext: sequenceAfter(segment.sequence, 1),
      sendWindow: segment.window,
      segmentSize: Math.min(segment.segmentSize, largestSegmentSize),
    });
    connection.begin();
  }

  /** RFC 9293, 3.10.7.1: what comes for no connection gets a RST, unless it is one. */
  #refuse(ends: TcpEnds, segment: TcpSegment): void {
    if (segment.reset) return;
    const { acknowledged, sequence } = segment;
    this.#emit(ends, {
      ...segment,
      sequence: acknowledged ?? 0,
      acknowledged: acknowledged === undefined ? sequenceAfter(sequence, sequenceLength(segment)) : undefined,
      synchronize: false,
      finish: false,
      reset: true,
      window: 0,
      payload: new Uint8Array(),
    });
  }

  #make(ends: TcpEnds, service: TcpService, change: Partial<TcpConnectionState>): TcpConnection {
    const number = this.#made++;
    const first = (number * sequenceStride + 1) >>> 0;
    const initial: TcpConnectionState = {
      ...ends,
      number,
      service: service.name,
      phase: 'called',
      sendBase: first,
      sendNext: first,
      sendWindow: 0,
      segmentSize: largestSegmentSize,
      repeats: 0,
      output: new Uint8Array(),
      ourFinish: 'not yet',
      receiveNext: 0,
      theirFinish: false,
      early: [],
      note: null,
    };
    return this.#add({ ...initial, ...change } as TcpConnectionState, service);
  }

  #add(state: TcpConnectionState, service: TcpService): TcpConnection {
    const connection = new TcpConnection({
      state,
      service,
      send: (ends, segment) => this.#emit(ends, segment),
    });
    this.#connections.set(key(state), connection);
    return connection;
  }

  #emit(ends: TcpEnds, segment: TcpSegment): void {
    this.#send(packetOfSegment(ends, segment));
  }

  #forgetIfOver(connection: TcpConnection): void {
    if (connection.isOver) this.#connections.delete(key(connection.state));
  }
}

/** First sequence numbers of one connection and the next, so far apart that old segments are none of the new one's. */
const sequenceStride = 0x0100_0193;

function key({ nearAddress, nearPort, farAddress, farPort }: TcpEnds): string {
  return `${nearAddress}:${nearPort} ${farAddress}:${farPort}`;
}
