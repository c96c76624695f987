import type { SavedState } from '../device.ts';
import type { HostFolder } from '../host-folder.ts';
import { arpOf, parseArp } from './arp.ts';
import { dhcpPort, dhcpReply } from './dhcp.ts';
import { dnsPort, dnsReply } from './dns.ts';
import {
  broadcastMac,
  etherType,
  frameOf,
  parseFrame,
  parseIpv4,
  type Frame,
  type Ipv4Address,
  type MacAddress,
} from './ethernet.ts';
import { echoReply, unreachable, unreachableOf } from './icmp.ts';
import { ipv4PacketOf, parseIpv4Packet, protocol, type Ipv4Packet } from './ipv4.ts';
import { Leases, type LeasesState } from './leases.ts';
import { Outside, type OutsideLink, type OutsideState } from './outside.ts';
import type { TcpService } from './tcp-connection.ts';
import { TcpEndpoint, type TcpEndpointState } from './tcp-endpoint.ts';
import type { TcpEnds } from './tcp-segment.ts';
import { TftpServer, type TftpState } from './tftp.ts';
import { datagramOf, parseDatagram, type Datagram } from './udp.ts';

/** The addresses of a network, as QEMU's user network has them. */
export const networkPlan = {
  base: address('10.0.2.0'),
  netmask: address('255.255.255.0'),
  gateway: address('10.0.2.2'),
  nameServer: address('10.0.2.3'),
  firstGuest: address('10.0.2.15'),
  guests: 200,
  gatewayMac: 0x5255_0a00_0202,
} as const;

/** Guests' names end in it, and those of the network's own stations. */
const domain = 'strata';
const leaseSeconds = 86_400;

/** What a gateway answers a TCP call with: a service at one of its ports. */
export interface OfferedService {
  readonly address: Ipv4Address;
  readonly port: number;
  readonly service: TcpService;
}

/** Plain data: all that a gateway remembers; `outside` is null where nothing leads there. */
export interface GatewayState {
  readonly [name: string]: SavedState;
  readonly leases: LeasesState;
  readonly tcp: TcpEndpointState;
  readonly tftp: TftpState;
  readonly outside: OutsideState | null;
}

/**
 * The station through which guests have a network: it hands out addresses (DHCP), knows names (DNS), answers echo
 * requests, and offers TCP services. What it does depends on the frames alone that it gets, so history repeats itself.
 */
export class Gateway {
  readonly tcp: TcpEndpoint;
  readonly leases: Leases;
  readonly #tftp: TftpServer;
  readonly #outside: Outside | undefined;
  readonly #send: (frame: Uint8Array) => void;

  constructor(options: {
    readonly services: readonly OfferedService[];
    /** What the host has to do with the network. */
    readonly outside: OutsideLink | undefined;
    /** What is handed out by TFTP. */
    readonly files: HostFolder;
    /** Names of guests by hardware address, for DNS. */
    readonly names: ReadonlyMap<MacAddress, string>;
    /** Where frames of ours go. */
    readonly send: (frame: Uint8Array) => void;
  }) {
    const { services, outside: link } = options;
    const outside =
      link && new Outside({ link, gateway: networkPlan.gateway, guest: () => this.leases.firstAddress });
    this.#outside = outside;
    this.#send = options.send;
    this.#tftp = new TftpServer(options.files);
    this.leases = new Leases({
      ...networkPlan,
      first: networkPlan.firstGuest,
      count: networkPlan.guests,
      names: options.names,
    });
    this.tcp = new TcpEndpoint({
      serviceAt: ({ nearAddress, nearPort }: TcpEnds) =>
        services.find((offered) => offered.address === nearAddress && offered.port === nearPort)?.service ??
        (link?.services.some(({ port }) => port === nearPort) === true ? outside : undefined),
      serviceNamed: (name) =>
        name === outside?.name ? outside : services.find(({ service }) => service.name === name)?.service,
      send: (packet) => this.#sendPacket(packet),
    });
    outside?.attach(this.tcp);
  }

  /** A frame on the network. */
  receive(bytes: Uint8Array): void {
    const frame = parseFrame(bytes);
    if (frame === undefined) return;
    if (frame.destination !== broadcastMac && frame.destination !== networkPlan.gatewayMac) return;
    if (frame.type === etherType.arp) this.#answerArp(frame);
    else if (frame.type === etherType.ipv4) this.#receivePacket(frame);
  }

  /** Something comes in from the host. */
  receiveFromOutside(bytes: Uint8Array): void {
    this.#outside?.receive(bytes);
  }

  renew(): void {
    this.leases.clear();
    this.tcp.clear();
    this.#outside?.clear();
    this.#tftp.clear();
  }

  save(): GatewayState {
    return {
      leases: this.leases.save(),
      tcp: this.tcp.save(),
      tftp: this.#tftp.save(),
      outside: this.#outside?.save() ?? null,
    };
  }

  restore({ leases, tcp, tftp, outside }: GatewayState): void {
    this.leases.restore(leases);
    this.tcp.restore(tcp);
    this.#tftp.restore(tftp);
    if (outside) this.#outside?.restore(outside);
  }

  #answerArp({ payload }: Frame): void {
    const message = parseArp(payload);
    if (message === undefined) return;
    // A host that asks whether an address is free does not have it yet (RFC 5227).
    if (message.senderAddress !== 0) this.leases.seen(message.senderMac, message.senderAddress);
    if (message.operation !== 'request' || !isOurs(message.targetAddress)) return;
    this.#sendTo(
      message.senderMac,
      etherType.arp,
      arpOf({
        operation: 'reply',
        senderMac: networkPlan.gatewayMac,
        senderAddress: message.targetAddress,
        targetMac: message.senderMac,
        targetAddress: message.senderAddress,
      }),
    );
  }

  #receivePacket({ source: mac, payload }: Frame): void {
    const packet = parseIpv4Packet(payload);
    if (packet === undefined) return;
    if (packet.protocol === protocol.udp && this.#answerDhcp(packet)) return;
    // Answers go to the station that asked.
    this.leases.seen(mac, packet.source);
    if (isOurs(packet.destination)) this.#answer(packet, payload);
    else if (!isLocal(packet.destination) && !isMulticast(packet.destination))
      this.#refuse(packet, unreachable.network, payload);
  }

  #answer(packet: Ipv4Packet, bytes: Uint8Array): void {
    switch (packet.protocol) {
      case protocol.icmp: {
        const reply = echoReply(packet.payload);
        if (reply) this.#sendPacket({ ...opposite(packet), payload: reply });
        return;
      }
      case protocol.tcp:
        return this.tcp.receive(packet);
      case protocol.udp: {
        const datagram = parseDatagram(packet);
        if (datagram && !this.#answerDatagram(datagram)) this.#refuse(packet, unreachable.port, bytes);
        return;
      }
      default:
        return;
    }
  }

  #answerDhcp(packet: Ipv4Packet): boolean {
    const datagram = parseDatagram(packet);
    if (datagram?.destinationPort !== dhcpPort.server) return false;
    const payload = dhcpReply(datagram.payload, {
      server: networkPlan.gateway,
      netmask: networkPlan.netmask,
      router: networkPlan.gateway,
      nameServer: networkPlan.nameServer,
      domain,
      leaseSeconds,
      addressOf: (client) => this.leases.addressFor(client),
    });
    if (payload === undefined) return true;
    // To all stations: the client has no address yet.
    const answer = datagramOf({
      source: networkPlan.gateway,
      sourcePort: dhcpPort.server,
      destination: 0xffff_ffff,
      destinationPort: dhcpPort.client,
      payload,
    });
    this.#sendTo(broadcastMac, etherType.ipv4, ipv4PacketOf(answer));
    return true;
  }

  /** Is there somebody at the port? */
  #answerDatagram(datagram: Datagram): boolean {
    const { source, sourcePort, destination, destinationPort, payload } = datagram;
    if (this.#tftp.hasPort(destinationPort)) {
      const answer = this.#tftp.receive(datagram);
      if (answer) this.#sendPacket(datagramOf(answer));
      return true;
    }
    if (destinationPort !== dnsPort) return false;
    const reply = dnsReply(payload, (name) => this.#lookUp(name));
    if (reply)
      this.#sendPacket(
        datagramOf({
          source: destination,
          sourcePort: destinationPort,
          destination: source,
          destinationPort: sourcePort,
          payload: reply,
        }),
      );
    return true;
  }

  /** The zone: `gateway` and `dns`, and each guest by its name, with the domain or without. */
  #lookUp(name: string): Ipv4Address | undefined {
    const label = name.endsWith(`.${domain}`) ? name.slice(0, -domain.length - 1) : name;
    if (label === 'gateway') return networkPlan.gateway;
    if (label === 'dns') return networkPlan.nameServer;
    return this.leases.addressOf(label);
  }

  /** RFC 1122, 3.2.2.1: nothing is said about packets to all stations. */
  #refuse(packet: Ipv4Packet, code: number, bytes: Uint8Array): void {
    if (packet.protocol === protocol.icmp && packet.payload[0] !== echoRequest) return;
    this.#sendPacket({
      source: networkPlan.gateway,
      destination: packet.source,
      protocol: protocol.icmp,
      payload: unreachableOf(code, bytes),
    });
  }

  #sendPacket(packet: Ipv4Packet): void {
    const mac = this.leases.macOf(packet.destination);
    if (mac !== undefined) this.#sendTo(mac, etherType.ipv4, ipv4PacketOf(packet));
  }

  #sendTo(destination: MacAddress, type: number, payload: Uint8Array): void {
    this.#send(frameOf({ destination, source: networkPlan.gatewayMac, type, payload }));
  }
}

const echoRequest = 8;

function isOurs(target: Ipv4Address): boolean {
  return target === networkPlan.gateway || target === networkPlan.nameServer;
}

function isLocal(target: Ipv4Address): boolean {
  return target === 0xffff_ffff || (target & networkPlan.netmask) >>> 0 === networkPlan.base;
}

function isMulticast(target: Ipv4Address): boolean {
  return target >>> 28 === 0xe;
}

function opposite({ source, destination, ...rest }: Ipv4Packet): Ipv4Packet {
  return { ...rest, source: destination, destination: source };
}

function address(text: string): Ipv4Address {
  return parseIpv4(text) ?? 0;
}
