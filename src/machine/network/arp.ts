import { macAt, putMac, type Ipv4Address, type MacAddress } from './ethernet.ts';

/** A question or an answer about who has an address (RFC 826), for Ethernet and IPv4. */
export interface ArpMessage {
  readonly operation: 'request' | 'reply';
  readonly senderMac: MacAddress;
  readonly senderAddress: Ipv4Address;
  readonly targetMac: MacAddress;
  readonly targetAddress: Ipv4Address;
}

const messageBytes = 28;
const operations = ['request', 'reply'] as const;

/** Undefined where it is none, or not about Ethernet and IPv4. */
export function parseArp(bytes: Uint8Array): ArpMessage | undefined {
  if (bytes.length < messageBytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint32(0) !== ethernetAndIpv4 || view.getUint16(4) !== lengths) return undefined;
  const operation = operations[view.getUint16(6) - 1];
  if (operation === undefined) return undefined;
  return {
    operation,
    senderMac: macAt(bytes, 8),
    senderAddress: view.getUint32(14),
    targetMac: macAt(bytes, 18),
    targetAddress: view.getUint32(24),
  };
}

/** The inverse of `parseArp`. */
export function arpOf(message: ArpMessage): Uint8Array {
  const bytes = new Uint8Array(messageBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ethernetAndIpv4);
  view.setUint16(4, lengths);
  view.setUint16(6, operations.indexOf(message.operation) + 1);
  putMac(bytes, 8, message.senderMac);
  view.setUint32(14, message.senderAddress);
  putMac(bytes, 18, message.targetMac);
  view.setUint32(24, message.targetAddress);
  return bytes;
}

/** Hardware type 1, protocol type 0x0800; addresses of six and four bytes. */
const ethernetAndIpv4 = 0x0001_0800;
const lengths = 0x0604;
