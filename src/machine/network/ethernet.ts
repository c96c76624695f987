/** A hardware address: 48 bits, as a number. */
export type MacAddress = number;
/** An internet address: 32 bits, as a number. */
export type Ipv4Address = number;

/** Every station. */
export const broadcastMac: MacAddress = 0xffff_ffff_ffff;

/** What an Ethernet frame carries (IEEE 802.3, type field). */
export const etherType = { ipv4: 0x0800, arp: 0x0806 } as const;

/** Bytes before the payload. */
const headerBytes = 14;
/** No frame is shorter than its header. Padding to 64 bytes is the cable's business, and there is none. */
export const shortestFrame = headerBytes;
/** The longest frame that anybody sends here: an MTU of 1500 and the header. */
export const longestFrame = headerBytes + 1500;

/** An Ethernet frame taken apart. */
export interface Frame {
  readonly destination: MacAddress;
  readonly source: MacAddress;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** Undefined where it is too short to be one. */
export function parseFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < headerBytes) return undefined;
  return {
    destination: macAt(bytes, 0),
    source: macAt(bytes, 6),
    type: new DataView(bytes.buffer, bytes.byteOffset).getUint16(12),
    payload: bytes.subarray(headerBytes),
  };
}

/** The inverse of `parseFrame`. */
export function frameOf({ destination, source, type, payload }: Frame): Uint8Array {
  const bytes = new Uint8Array(headerBytes + payload.length);
  putMac(bytes, 0, destination);
  putMac(bytes, 6, source);
  new DataView(bytes.buffer).setUint16(12, type);
  bytes.set(payload, headerBytes);
  return bytes;
}

/** The hardware address at an offset. */
export function macAt(bytes: Uint8Array, offset: number): MacAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint16(offset) * 2 ** 32 + view.getUint32(offset + 2);
}

/** Writes a hardware address, in the order of the network, at an offset. */
export function putMac(bytes: Uint8Array, offset: number, mac: MacAddress): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint16(offset, Math.floor(mac / 2 ** 32));
  view.setUint32(offset + 2, mac % 2 ** 32);
}

/** Is it meant for more than one station? The lowest bit of the first byte says so. */
export function isGroupAddress(mac: MacAddress): boolean {
  return (Math.floor(mac / 2 ** 40) & 1) === 1;
}

/** `52:54:00:12:34:56`. */
export function formatMac(mac: MacAddress): string {
  return mac
    .toString(16)
    .padStart(12, '0')
    .replaceAll(/..(?!$)/g, '$&:');
}

/** `10.0.2.2`. */
export function formatIpv4(address: Ipv4Address): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

/** The inverse of `formatIpv4`; undefined where the text is no address. */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((address, part) => address * 256 + Number(part), 0);
}
