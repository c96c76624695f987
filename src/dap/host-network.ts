import { createServer, connect, type Server, type Socket } from 'node:net';
import { StrataError } from '../common/errors.ts';
import {
  encodeInput,
  firstHostChannel,
  type OutsideInput,
  type OutsideLink,
  type OutsideMessage,
} from '../machine/network/outside.ts';

/** What of this machine a network of guests may have. Ports of this machine are those of its loopback interface. */
export interface HostNetworkOptions {
  /** A port of this machine for each port of the guest that may be called. */
  readonly forward: readonly { readonly hostPort: number; readonly guestPort: number }[];
  /** A port of the gateway for each service that guests may call. */
  readonly services: readonly { readonly port: number; readonly host: string; readonly hostPort: number }[];
}

/**
 * Real connections for guests, opened by configuration only. All that comes in by them goes through the input log;
 * what goes out a second time, because history is replayed, is left out.
 */
export class HostNetwork implements OutsideLink {
  readonly targets;
  readonly services;
  readonly #options: HostNetworkOptions;
  readonly #sockets = new Map<number, Socket>();
  #servers: readonly Server[] = [];
  #offer: ((bytes: Uint8Array) => boolean) | undefined;
  #calls = 0;
  /** Number of the last message that was handed on. */
  #seen = -1;

  constructor(options: HostNetworkOptions) {
    this.#options = options;
    this.targets = options.forward.map(({ guestPort }) => ({ guestPort }));
    this.services = options.services.map(({ port }) => ({ port }));
  }

  /**
   * Begins to take calls. `offer` gets what they bring, and says whether the guest gets it: not while history is
   * replayed. Rejects where a port is not to be had.
   */
  async open(offer: (bytes: Uint8Array) => boolean): Promise<void> {
    this.#offer = offer;
    this.#servers = await Promise.all(
      this.#options.forward.map(({ hostPort }, target) => this.#listen(hostPort, target)),
    );
  }

  /** The ports at which calls are taken, in the order of `forward`: a port 0 there is any free one. */
  get ports(): readonly number[] {
    return this.#servers.map((server) => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    });
  }

  close(): void {
    this.#offer = undefined;
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
  }

  emit({ number, channel, event }: OutsideMessage): void {
    if (number <= this.#seen) return;
    this.#seen = number;
    const socket = this.#sockets.get(channel);
    switch (event.kind) {
      case 'call':
        return this.#call(channel, event.service);
      case 'data':
        socket?.write(event.bytes);
        return;
      case 'finish':
        socket?.end();
        return;
      case 'break':
        this.#sockets.delete(channel);
        socket?.destroy();
        return;
    }
  }

  /** History takes another course: what was said in the other one has nobody to listen any more. */
  fork(): void {
    this.#seen = -1;
    const channels = [...this.#sockets.keys()];
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
    // The fork comes of input, which must be logged before this.
    setImmediate(() => {
      for (const channel of channels) this.#input({ kind: 'break', channel });
    });
  }

  async #listen(port: number, target: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const channel = firstHostChannel + (this.#calls++ % firstHostChannel);
      this.#take(channel, socket);
      this.#input({ kind: 'call', channel, target });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        reject(new StrataError('port-taken', 'user', `network.forward: port ${port}: ${error.message}`));
      });
      server.listen(port, '127.0.0.1', resolve);
    });
    return server;
  }

  #call(channel: number, service: number): void {
    const target = this.#options.services[service];
    if (target === undefined) return;
    const { host, hostPort } = target;
    this.#take(channel, connect({ host, port: hostPort, allowHalfOpen: true }));
  }

  #take(channel: number, socket: Socket): void {
    this.#sockets.set(channel, socket);
    const isCurrent = (): boolean => this.#sockets.get(channel) === socket;
    socket.on('data', (bytes: Buffer) => {
      if (isCurrent()) this.#input({ kind: 'data', channel, bytes });
    });
    socket.on('end', () => {
      if (isCurrent()) this.#input({ kind: 'finish', channel });
    });
    // An error is followed by the end of the connection.
    socket.on('error', () => {});
    socket.on('close', (hadError) => {
      if (!isCurrent()) return;
      this.#sockets.delete(channel);
      if (hadError) this.#input({ kind: 'break', channel });
    });
  }

  #input(input: OutsideInput): void {
    if (this.#offer?.(encodeInput(input)) === true) return;
    const socket = this.#sockets.get(input.channel);
    this.#sockets.delete(input.channel);
    socket?.destroy();
  }
}
