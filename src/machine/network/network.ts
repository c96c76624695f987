import { assert } from '../../common/errors.ts';
import type { SavedState } from '../device.ts';
import type { HostFolder } from '../host-folder.ts';
import { isGroupAddress, macAt, shortestFrame, type MacAddress } from './ethernet.ts';
import type { OutsideLink } from './outside.ts';
import { Gateway, networkPlan, type GatewayState } from './gateway.ts';
import { HttpService, httpPort } from './http-service.ts';

/** One end of a cable, for a network card. */
export interface NetworkPort {
  /** Called once, by the card that is plugged in. */
  connect(receive: (frame: Uint8Array) => void): void;
  /** The card sends a frame. */
  send(frame: Uint8Array): void;
  /** Something comes in from the host, for the network's gateway. */
  receiveFromOutside(bytes: Uint8Array): void;
  /** The network as it was made, at power-on of the machine. */
  renew(): void;
  save(): SavedState;
  restore(state: SavedState): void;
}

/** A station at a network: who is plugged into its port. */
export interface Station {
  readonly name: string;
  readonly mac: MacAddress;
}

interface NetworkState {
  readonly [name: string]: SavedState;
  /** Hardware addresses and the port at which each was seen last. */
  readonly learned: readonly (readonly [mac: MacAddress, port: number])[];
  readonly gateway: GatewayState;
}

/** More stations behind one port, as a bridge in a guest has them, are reached by sending to all. */
const mostLearned = 1024;

/**
 * An Ethernet switch with a gateway on it. A frame is at its destination before the instruction that sent it has
 * retired. The card at the first port keeps the state of all of it.
 */
export class Network {
  readonly ports: readonly NetworkPort[];
  readonly gateway: Gateway;
  readonly #receivers: (((frame: Uint8Array) => void) | undefined)[];
  readonly #gatewayPort: number;
  readonly #learned = new Map<MacAddress, number>();

  constructor(options: {
    readonly stations: readonly Station[];
    /** What the gateway's web server shows, and is handed out by TFTP. */
    readonly web: HostFolder;
    readonly outside?: OutsideLink | undefined;
  }) {
    const { stations } = options;
    this.#gatewayPort = stations.length;
    this.gateway = new Gateway({
      services: [{ address: networkPlan.gateway, port: httpPort, service: new HttpService(options.web) }],
      files: options.web,
      outside: options.outside,
      names: new Map(stations.map(({ mac, name }) => [mac, name])),
      send: (frame) => this.#forward(this.#gatewayPort, frame),
    });
    this.#receivers = [...stations.map(() => undefined), (frame) => this.gateway.receive(frame)];
    this.ports = stations.map((_, index) => this.#port(index));
  }

  #port(index: number): NetworkPort {
    const keeps = index === 0;
    return {
      connect: (receive) => {
        assert(this.#receivers[index] === undefined, 'a port takes one plug');
        this.#receivers[index] = receive;
      },
      send: (frame) => this.#forward(index, frame),
      receiveFromOutside: (bytes) => this.gateway.receiveFromOutside(bytes),
      renew: () => {
        if (keeps) this.#renew();
      },
      save: () => (keeps ? this.#save() : null),
      restore: (state) => {
        if (keeps) this.#restore(state as NetworkState);
      },
    };
  }

  /** To the port where its destination was seen, or to all others. */
  #forward(from: number, frame: Uint8Array): void {
    if (frame.length < shortestFrame) return;
    const source = macAt(frame, 6);
    if (!isGroupAddress(source) && (this.#learned.has(source) || this.#learned.size < mostLearned))
      this.#learned.set(source, from);
    const destination = macAt(frame, 0);
    const port = isGroupAddress(destination) ? undefined : this.#learned.get(destination);
    if (port !== undefined) {
      if (port !== from) this.#receivers[port]?.(frame);
      return;
    }
    this.#receivers.forEach((receive, index) => {
      if (index !== from) receive?.(frame);
    });
  }

  #renew(): void {
    this.#learned.clear();
    this.gateway.renew();
  }

  #save(): NetworkState {
    return { learned: [...this.#learned], gateway: this.gateway.save() };
  }

  #restore({ learned, gateway }: NetworkState): void {
    this.#learned.clear();
    for (const [mac, port] of learned) this.#learned.set(mac, port);
    this.gateway.restore(gateway);
  }
}
