import type { SavedState } from '../device.ts';
import type { Ipv4Address, MacAddress } from './ethernet.ts';

/** Plain data: see `Leases`. */
export interface LeasesState {
  readonly [name: string]: SavedState;
  /** Clients in the order in which they asked. */
  readonly clients: readonly MacAddress[];
  readonly neighbours: readonly (readonly [address: Ipv4Address, mac: MacAddress])[];
}

/** Whose the addresses of a network are: those that were handed out, and those that were seen. */
export class Leases {
  readonly #options: {
    readonly base: Ipv4Address;
    readonly netmask: Ipv4Address;
    readonly first: Ipv4Address;
    readonly count: number;
    readonly names: ReadonlyMap<MacAddress, string>;
  };
  #clients: MacAddress[] = [];
  readonly #neighbours = new Map<Ipv4Address, MacAddress>();

  constructor(options: {
    /** The network's address and mask. */
    readonly base: Ipv4Address;
    readonly netmask: Ipv4Address;
    /** The addresses for clients. */
    readonly first: Ipv4Address;
    readonly count: number;
    readonly names: ReadonlyMap<MacAddress, string>;
  }) {
    this.#options = options;
  }

  /** The address of a client: the next free one at first, then the same for ever; undefined where none is left. */
  addressFor(client: MacAddress): Ipv4Address | undefined {
    let index = this.#clients.indexOf(client);
    if (index < 0) {
      if (this.#clients.length >= this.#options.count) return undefined;
      index = this.#clients.push(client) - 1;
    }
    const address = this.#options.first + index;
    this.seen(client, address);
    return address;
  }

  /** The address that was handed out first. */
  get firstAddress(): Ipv4Address | undefined {
    return this.#clients.length > 0 ? this.#options.first : undefined;
  }

  /** The address that was handed to the guest of this name. */
  addressOf(name: string): Ipv4Address | undefined {
    const index = this.#clients.findIndex(
      (client) => this.#options.names.get(client)?.toLowerCase() === name,
    );
    return index < 0 ? undefined : this.#options.first + index;
  }

  /** A station uses an address. */
  seen(mac: MacAddress, address: Ipv4Address): void {
    const { base, netmask, count } = this.#options;
    if ((address & netmask) >>> 0 !== base) return;
    // A guest that uses every address in turn must not fill our memory.
    if (this.#neighbours.size >= count && !this.#neighbours.has(address)) return;
    this.#neighbours.set(address, mac);
  }

  /** The station that has an address, as far as is known. */
  macOf(address: Ipv4Address): MacAddress | undefined {
    return this.#neighbours.get(address);
  }

  clear(): void {
    this.#clients = [];
    this.#neighbours.clear();
  }

  save(): LeasesState {
    return { clients: [...this.#clients], neighbours: [...this.#neighbours] };
  }

  restore({ clients, neighbours }: LeasesState): void {
    this.#clients = [...clients];
    this.#neighbours.clear();
    for (const [address, mac] of neighbours) this.#neighbours.set(address, mac);
  }
}
