import type { Ipv4Address } from './ethernet.ts';

/** What a packet carries. */
export const protocol = { icmp: 1, tcp: 6, udp: 17 } as const;

const headerBytes = 20;

/** An IPv4 packet (RFC 791) without options. */
export interface Ipv4Packet {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly protocol: number;
  readonly payload: Uint8Array;
}

/**
 * Undefined where it is damaged, or a fragment: nobody here sends more than fits. Padding of the frame is cut off,
 * options are passed over.
 */
export function parseIpv4Packet(bytes: Uint8Array): Ipv4Packet | undefined {
  if (bytes.length < headerBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = view.getUint16(2);
  const start = 4 * (view.getUint8(0) & 0xf);
  if (view.getUint8(0) >>> 4 !== 4 || start < headerBytes || length < start || length > bytes.length)
    return undefined;
  // MF, or an offset.
  if ((view.getUint16(6) & 0x3fff) !== 0) return undefined;
  if (internetChecksum(bytes.subarray(0, start)) !== 0) return undefined;
  return {
    source: view.getUint32(12),
    destination: view.getUint32(16),
    protocol: view.getUint8(9),
    payload: bytes.subarray(start, length),
  };
}

/** The inverse of `parseIpv4Packet`. */
export function ipv4PacketOf({ source, destination, protocol: carried, payload }: Ipv4Packet): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, bytes.length);
  // Do not fragment: then the identification, which is zero, means nothing (RFC 6864).
  view.setUint16(6, 0x4000);
  view.setUint8(8, 64);
  view.setUint8(9, carried);
  view.setUint32(12, source);
  view.setUint32(16, destination);
  view.setUint16(10, internetChecksum(bytes.subarray(0, headerBytes)));
  bytes.set(payload, headerBytes);
  return bytes;
}

/** RFC 1071; zero over bytes that hold their own checksum. */
export function internetChecksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let index = 0; index + 1 < bytes.length; index += 2)
    sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  if (bytes.length % 2 === 1) sum += (bytes.at(-1) ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The checksum of UDP and TCP, which covers the addresses too (RFC 9293, 3.1). */
export function transportChecksum({ source, destination, protocol: carried, payload }: Ipv4Packet): number {
  const halves = [source, destination].flatMap((address) => [address >>> 16, address & 0xffff]);
  return internetChecksum(
    payload,
    halves.reduce((sum, half) => sum + half, carried + payload.length),
  );
}
