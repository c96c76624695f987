import type { SavedState } from '../device.ts';
import type { ReceivingState } from './tcp-reassembly.ts';
import type { TcpEnds } from './tcp-segment.ts';

/** All of a connection. */
export interface TcpConnectionState extends TcpEnds, ReceivingState {
  readonly [name: string]: SavedState;
  readonly number: number;
  /** Name of the service behind it. */
  readonly service: string;
  /** `called`: our SYN is on its way; `answered`: theirs came, and ours is on its way. */
  readonly phase: 'called' | 'answered' | 'open' | 'over';
  /** The oldest sequence number that the far end has not acknowledged, and the next that we use. */
  readonly sendBase: number;
  readonly sendNext: number;
  /** How much from `sendBase` on the far end takes. */
  readonly sendWindow: number;
  readonly segmentSize: number;
  /** Times that the far end asked for the same again. */
  readonly repeats: number;
  /** Bytes to send, from `sendBase` on. */
  readonly output: Uint8Array;
  readonly ourFinish: 'not yet' | 'wanted' | 'sent' | 'acknowledged';
  /** What the service keeps about it. */
  readonly note: SavedState;
}
