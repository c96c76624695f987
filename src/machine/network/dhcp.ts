import { macAt, type Ipv4Address, type MacAddress } from './ethernet.ts';

/** UDP ports (RFC 2131, 4.1). */
export const dhcpPort = { server: 67, client: 68 } as const;

/** What a server tells (RFC 2131). */
export interface DhcpOffer {
  readonly server: Ipv4Address;
  readonly netmask: Ipv4Address;
  readonly router: Ipv4Address;
  readonly nameServer: Ipv4Address;
  /** Where names without a dot are looked up. */
  readonly domain: string;
  readonly leaseSeconds: number;
  /** The address for a client; undefined where none is left. */
  readonly addressOf: (client: MacAddress) => Ipv4Address | undefined;
}

const messageType = { discover: 1, offer: 2, request: 3, acknowledge: 5, refuse: 6, inform: 8 } as const;
const option = {
  netmask: 1,
  router: 3,
  nameServer: 6,
  domain: 15,
  requested: 50,
  leaseTime: 51,
  messageType: 53,
  server: 54,
  end: 255,
} as const;
const optionsStart = 240;
const magicCookie = 0x6382_5363;

/** The server's answer to a client's message, sent to all stations; undefined where it says nothing. */
export function dhcpReply(message: Uint8Array, offer: DhcpOffer): Uint8Array | undefined {
  if (message.length < optionsStart) return undefined;
  const view = new DataView(message.buffer, message.byteOffset);
  // A request by Ethernet.
  if (view.getUint32(0) >>> 8 !== 0x01_01_06 || view.getUint32(236) !== magicCookie) return undefined;
  const options = parseOptions(message.subarray(optionsStart));
  const type = options.get(option.messageType)?.[0];
  const address = offer.addressOf(macAt(message, 28));
  if (address === undefined) return undefined;
  if (type === messageType.discover) return reply(message, messageType.offer, address, offer);
  if (type === messageType.inform) return reply(message, messageType.acknowledge, 0, offer);
  if (type !== messageType.request) return undefined;
  const server = addressIn(options.get(option.server));
  // The client has chosen another server.
  if (server !== undefined && server !== offer.server) return undefined;
  // One that selects or reboots names the address in an option, one that renews has it already.
  const wanted = addressIn(options.get(option.requested)) ?? view.getUint32(12);
  return reply(message, wanted === address ? messageType.acknowledge : messageType.refuse, address, offer);
}

function reply(request: Uint8Array, type: number, address: Ipv4Address, offer: DhcpOffer): Uint8Array {
  const isRefused = type === messageType.refuse;
  const options: readonly (readonly [number, readonly number[]])[] = [
    [option.messageType, [type]],
    [option.server, bytesOf(offer.server)],
    ...(isRefused
      ? []
      : ([
          [option.netmask, bytesOf(offer.netmask)],
          [option.router, bytesOf(offer.router)],
          [option.nameServer, bytesOf(offer.nameServer)],
          [option.domain, Array.from(offer.domain, (letter) => letter.charCodeAt(0))],
          ...(address === 0 ? [] : ([[option.leaseTime, bytesOf(offer.leaseSeconds)]] as const)),
        ] as const)),
  ];
  const tail = [...options.flatMap(([code, value]) => [code, value.length, ...value]), option.end];
  // BOOTP clients want 300 bytes at least (RFC 1542, 2.1).
  const message = new Uint8Array(Math.max(300, optionsStart + tail.length));
  const view = new DataView(message.buffer);
  // Kind of hardware, transaction, flags, relay and the client's address are the request's.
  message.set(request.subarray(0, 12));
  message.set(request.subarray(24, 44), 24);
  message[0] = 2;
  // Hops and seconds.
  message[3] = 0;
  view.setUint16(8, 0);
  if (!isRefused) {
    view.setUint32(16, address);
    view.setUint32(20, offer.server);
  }
  view.setUint32(236, magicCookie);
  message.set(tail, optionsStart);
  return message;
}

function parseOptions(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  for (let at = 0; at < bytes.length;) {
    const code = bytes[at++] ?? option.end;
    if (code === option.end) break;
    if (code === 0) continue;
    const length = bytes[at++] ?? 0;
    options.set(code, bytes.subarray(at, at + length));
    at += length;
  }
  return options;
}

function addressIn(bytes: Uint8Array | undefined): Ipv4Address | undefined {
  return bytes?.length === 4 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) : undefined;
}

function bytesOf(word: number): readonly number[] {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff);
}
