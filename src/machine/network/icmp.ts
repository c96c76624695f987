import { internetChecksum } from './ipv4.ts';

const type = { echoReply: 0, unreachable: 3, echo: 8 } as const;
/** Why a packet did not arrive (RFC 792). */
export const unreachable = { network: 0, host: 1, port: 3 } as const;

const headerBytes = 8;

/** The answer to an echo request (RFC 792); undefined where it is something else, or damaged. */
export function echoReply(message: Uint8Array): Uint8Array | undefined {
  if (message.length < headerBytes || message[0] !== type.echo || internetChecksum(message) !== 0)
    return undefined;
  const reply = message.slice();
  reply[0] = type.echoReply;
  return withChecksum(reply);
}

/** Says that a packet, of which the whole is given, could not be delivered. */
export function unreachableOf(code: number, packet: Uint8Array): Uint8Array {
  // The header, at most 60 bytes, and 8 bytes of what it carried.
  const quoted = packet.subarray(0, 4 * ((packet[0] ?? 0) & 0xf) + 8);
  const message = new Uint8Array(headerBytes + quoted.length);
  message[0] = type.unreachable;
  message[1] = code;
  message.set(quoted, headerBytes);
  return withChecksum(message);
}

function withChecksum(message: Uint8Array): Uint8Array {
  const view = new DataView(message.buffer);
  view.setUint16(2, 0);
  view.setUint16(2, internetChecksum(message));
  return message;
}
