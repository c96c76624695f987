import type { Ipv4Address } from './ethernet.ts';
import { protocol, transportChecksum, type Ipv4Packet } from './ipv4.ts';

const headerBytes = 20;
/** What a segment carries at most where the other side did not say how much (RFC 9293, 3.7.1). */
const defaultSegmentSize = 536;
/** What fits into a frame with IPv4's header and ours. */
export const largestSegmentSize = 1460;

const flag = { finish: 1, synchronize: 2, reset: 4, push: 8, acknowledge: 16 } as const;

/** The two ends of a connection; the near one is ours. */
export interface TcpEnds {
  readonly nearAddress: Ipv4Address;
  readonly nearPort: number;
  readonly farAddress: Ipv4Address;
  readonly farPort: number;
}

/** A TCP segment (RFC 9293). Sequence numbers count modulo 2^32. */
export interface TcpSegment {
  readonly sequence: number;
  /** What is expected next; undefined where ACK is clear. */
  readonly acknowledged: number | undefined;
  readonly synchronize: boolean;
  readonly finish: boolean;
  readonly reset: boolean;
  readonly window: number;
  /** What the sender takes in one segment; said with SYN. */
  readonly segmentSize: number;
  readonly payload: Uint8Array;
}

/** A segment that arrived, and between whom; undefined where it is damaged. */
export function parseSegment(
  packet: Ipv4Packet,
): { readonly ends: TcpEnds; readonly segment: TcpSegment } | undefined {
  const { payload: bytes, source, destination } = packet;
  if (bytes.length < headerBytes || transportChecksum(packet) !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = 4 * (view.getUint8(12) >>> 4);
  if (start < headerBytes || start > bytes.length) return undefined;
  const flags = view.getUint8(13);
  const has = (bit: number): boolean => (flags & bit) !== 0;
  return {
    ends: {
      nearAddress: destination,
      nearPort: view.getUint16(2),
      farAddress: source,
      farPort: view.getUint16(0),
    },
    segment: {
      sequence: view.getUint32(4),
      acknowledged: has(flag.acknowledge) ? view.getUint32(8) : undefined,
      synchronize: has(flag.synchronize),
      finish: has(flag.finish),
      reset: has(flag.reset),
      window: view.getUint16(14),
      segmentSize: segmentSizeIn(bytes.subarray(headerBytes, start)),
      payload: bytes.subarray(start),
    },
  };
}

/** A segment of ours on its way to the far end. */
export function packetOfSegment(ends: TcpEnds, segment: TcpSegment): Ipv4Packet {
  const { synchronize, finish, reset, acknowledged, payload } = segment;
  const start = synchronize ? headerBytes + 4 : headerBytes;
  const bytes = new Uint8Array(start + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, ends.nearPort);
  view.setUint16(2, ends.farPort);
  view.setUint32(4, segment.sequence);
  view.setUint32(8, acknowledged ?? 0);
  view.setUint8(12, (start / 4) << 4);
  view.setUint8(
    13,
    (finish ? flag.finish : 0) |
      (synchronize ? flag.synchronize : 0) |
      (reset ? flag.reset : 0) |
      (payload.length > 0 ? flag.push : 0) |
      (acknowledged === undefined ? 0 : flag.acknowledge),
  );
  view.setUint16(14, segment.window);
  if (synchronize)
    view.setUint32(headerBytes, (optionKind.segmentSize << 24) | (4 << 16) | segment.segmentSize);
  bytes.set(payload, start);
  const packet = {
    source: ends.nearAddress,
    destination: ends.farAddress,
    protocol: protocol.tcp,
    payload: bytes,
  };
  view.setUint16(16, transportChecksum(packet));
  return packet;
}

/** How many sequence numbers a segment takes. */
export function sequenceLength({ payload, synchronize, finish }: TcpSegment): number {
  return payload.length + (synchronize ? 1 : 0) + (finish ? 1 : 0);
}

/** How far `later` is after `earlier`, modulo 2^32; negative where it is before. */
export function distance(earlier: number, later: number): number {
  return (later - earlier) | 0;
}

/** The sequence number `count` after one. */
export function sequenceAfter(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}

const optionKind = { end: 0, nothing: 1, segmentSize: 2 } as const;

function segmentSizeIn(options: Uint8Array): number {
  for (let at = 0; at < options.length;) {
    const kind = options[at];
    if (kind === optionKind.end) break;
    if (kind === optionKind.nothing) {
      at++;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (kind === optionKind.segmentSize && length === 4)
      return Math.max(1, ((options[at + 2] ?? 0) << 8) | (options[at + 3] ?? 0));
    // An option without a length would be read for ever.
    if (length < 2) break;
    at += length;
  }
  return defaultSegmentSize;
}
