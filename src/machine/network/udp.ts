import { protocol, transportChecksum, type Ipv4Packet } from './ipv4.ts';
import type { Ipv4Address } from './ethernet.ts';

const headerBytes = 8;

/** A UDP datagram (RFC 768) with its addresses. */
export interface Datagram {
  readonly source: Ipv4Address;
  readonly sourcePort: number;
  readonly destination: Ipv4Address;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

/** Undefined where it is damaged. */
export function parseDatagram(packet: Ipv4Packet): Datagram | undefined {
  const { payload: bytes, source, destination } = packet;
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint16(4);
  if (length < headerBytes || length > bytes.length) return undefined;
  // A checksum of zero: there is none.
  const whole = { ...packet, payload: bytes.subarray(0, length) };
  if (view.getUint16(6) !== 0 && transportChecksum(whole) !== 0) return undefined;
  return {
    source,
    sourcePort: view.getUint16(0),
    destination,
    destinationPort: view.getUint16(2),
    payload: bytes.subarray(headerBytes, length),
  };
}

/** The inverse of `parseDatagram`. */
export function datagramOf(datagram: Datagram): Ipv4Packet {
  const { source, destination, sourcePort, destinationPort, payload } = datagram;
  const bytes = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(payload, headerBytes);
  const packet = { source, destination, protocol: protocol.udp, payload: bytes };
  // Zero would say that there is none.
  view.setUint16(6, transportChecksum(packet) || 0xffff);
  return packet;
}
