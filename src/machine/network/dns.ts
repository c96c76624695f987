import type { Ipv4Address } from './ethernet.ts';

/** UDP port (RFC 1035, 4.2.1). */
export const dnsPort = 53;

const headerBytes = 12;
const recordType = { a: 1, aaaa: 28, any: 255 } as const;
const classInternet = 1;
const answerCode = { ok: 0, formatError: 1, noSuchName: 3, notImplemented: 4 } as const;
/** For answers: the zone does not change while a guest looks. */
const secondsToLive = 60;

/**
 * The answer to a question about a name (RFC 1035), from a zone that is a function; undefined where it is no question.
 * A name is lower case, without a dot at its end.
 */
export function dnsReply(
  query: Uint8Array,
  addressOf: (name: string) => Ipv4Address | undefined,
): Uint8Array | undefined {
  if (query.length < headerBytes) return undefined;
  const view = new DataView(query.buffer, query.byteOffset);
  // It is an answer itself.
  if (view.getUint8(2) >>> 7 === 1) return undefined;
  const opcode = (view.getUint8(2) >>> 3) & 0xf;
  if (opcode !== 0) return answer(query, headerBytes, answerCode.notImplemented);
  const question = view.getUint16(4) === 1 ? parseQuestion(query) : undefined;
  if (question === undefined) return answer(query, headerBytes, answerCode.formatError);
  const { name, end, type, recordClass } = question;
  const address = addressOf(name.toLowerCase());
  if (address === undefined) return answer(query, end, answerCode.noSuchName);
  // It exists, and has no record but this one.
  const hasRecord = recordClass === classInternet && (type === recordType.a || type === recordType.any);
  return answer(query, end, answerCode.ok, hasRecord ? address : undefined);
}

function parseQuestion(
  query: Uint8Array,
):
  | { readonly name: string; readonly end: number; readonly type: number; readonly recordClass: number }
  | undefined {
  const labels: string[] = [];
  for (let at = headerBytes; at < query.length;) {
    const length = query[at] ?? 0;
    if (length === 0) {
      if (at + 5 > query.length) return undefined;
      const view = new DataView(query.buffer, query.byteOffset);
      return {
        name: labels.join('.'),
        end: at + 5,
        type: view.getUint16(at + 1),
        recordClass: view.getUint16(at + 3),
      };
    }
    // A pointer: a question has nothing before it to point to.
    if (length > 63) return undefined;
    labels.push(String.fromCharCode(...query.subarray(at + 1, at + 1 + length)));
    at += 1 + length;
  }
  return undefined;
}

function answer(query: Uint8Array, end: number, code: number, address?: Ipv4Address): Uint8Array {
  const hasQuestion = end > headerBytes;
  const bytes = new Uint8Array(end + (address === undefined ? 0 : 16));
  bytes.set(query.subarray(0, end));
  const view = new DataView(bytes.buffer);
  // An answer, authoritative; recursion as desired, and available: no other server would know more.
  view.setUint8(2, 0x84 | ((query[2] ?? 0) & 0x79));
  view.setUint8(3, 0x80 | code);
  view.setUint16(4, hasQuestion ? 1 : 0);
  view.setUint16(6, address === undefined ? 0 : 1);
  view.setUint32(8, 0);
  if (address === undefined) return bytes;
  // The name, by a pointer to the question's.
  view.setUint16(end, 0xc000 | headerBytes);
  view.setUint16(end + 2, recordType.a);
  view.setUint16(end + 4, classInternet);
  view.setUint32(end + 6, secondsToLive);
  view.setUint16(end + 10, 4);
  view.setUint32(end + 12, address);
  return bytes;
}
