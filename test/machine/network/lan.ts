import type { HostFolder } from '../../../src/machine/host-folder.ts';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import {
  broadcastMac,
  etherType,
  frameOf,
  parseFrame,
  parseIpv4,
} from '../../../src/machine/network/ethernet.ts';
import { networkPlan } from '../../../src/machine/network/gateway.ts';
import { ipv4PacketOf, parseIpv4Packet, type Ipv4Packet } from '../../../src/machine/network/ipv4.ts';
import type { OutsideLink } from '../../../src/machine/network/outside.ts';
import { Network } from '../../../src/machine/network/network.ts';
import { datagramOf, parseDatagram, type Datagram } from '../../../src/machine/network/udp.ts';

export const firstMac = 0x5254_0012_3456;

/** A network with stations that a test is, in place of network cards. */
export class Lan {
  readonly network: Network;
  /** What came to each station and was not taken. */
  readonly received: Uint8Array[][];

  constructor({
    stations = 1,
    web = memoryFolder({}),
    outside,
  }: {
    readonly stations?: number;
    readonly web?: HostFolder;
    readonly outside?: OutsideLink;
  } = {}) {
    const names = Array.from({ length: stations }, (_, index) => ({
      name: `g${index}`,
      mac: firstMac + index,
    }));
    this.network = new Network({ stations: names, web, outside });
    this.received = names.map(() => []);
    this.network.ports.forEach((port, index) => port.connect((frame) => this.received[index]?.push(frame)));
  }

  /** Sends a frame from a station. */
  send(frame: Uint8Array, from = 0): void {
    this.network.ports[from]?.send(frame);
  }

  /** The first station gets its address. */
  lease(): void {
    this.network.gateway.leases.addressFor(firstMac);
  }

  /** Takes all frames that came to a station. */
  take(station = 0): readonly Uint8Array[] {
    return this.received[station]?.splice(0) ?? [];
  }

  /** Sends a packet to the gateway, and takes the packets that come back. */
  exchange(packet: Ipv4Packet, from = 0): readonly Ipv4Packet[] {
    // What was sent to all before.
    this.take(from);
    const payload = ipv4PacketOf(packet);
    const source = firstMac + from;
    const destination =
      packet.destination === address('255.255.255.255') ? broadcastMac : networkPlan.gatewayMac;
    this.send(frameOf({ destination, source, type: etherType.ipv4, payload }), from);
    return this.packets(from);
  }

  /** Takes the packets that came. */
  packets(station = 0): readonly Ipv4Packet[] {
    return this.take(station).flatMap((frame) => {
      const packet = parseIpv4Packet(parseFrame(frame)?.payload ?? new Uint8Array());
      return packet ? [packet] : [];
    });
  }

  /** Sends a datagram to the gateway, and takes those that come back. */
  ask(datagram: Datagram, from = 0): readonly Datagram[] {
    return this.exchange(datagramOf(datagram), from).flatMap((packet) => {
      const answer = parseDatagram(packet);
      return answer ? [answer] : [];
    });
  }
}

export function address(text: string): number {
  return parseIpv4(text) ?? 0;
}

/** The address that the first station gets. */
export const guestAddress = address('10.0.2.15');
