import type { SavedState } from '../device.ts';
import { distance, sequenceAfter, sequenceLength, type TcpSegment } from './tcp-segment.ts';

/** What of a connection's state is about what the far end sends. */
export interface ReceivingState {
  readonly [name: string]: SavedState;
  /** The next sequence number that is expected. */
  readonly receiveNext: number;
  readonly theirFinish: boolean;
  /** What came before its turn: a gap is before it. */
  readonly early: readonly EarlyPart[];
}

/** The bytes of a segment, and whether they are the last ones. */
export interface EarlyPart {
  readonly [name: string]: SavedState;
  readonly sequence: number;
  readonly bytes: Uint8Array;
  readonly finish: boolean;
}

/** Puts a part to those that wait for their turn. */
export function withPart(early: readonly EarlyPart[], part: EarlyPart): readonly EarlyPart[] {
  return [...early, part].slice(0, mostEarlyParts);
}

/**
 * The next part whose turn has come: what is new of it, possibly nothing, and the state with it taken; undefined
 * while a gap is before all parts, and after the last one.
 */
export function nextInTurn({
  receiveNext,
  early,
  theirFinish,
}: ReceivingState): { readonly bytes: Uint8Array; readonly after: ReceivingState } | undefined {
  const part = early.find(({ sequence }) => distance(receiveNext, sequence) <= 0);
  if (part === undefined || theirFinish) return undefined;
  const end = sequenceAfter(part.sequence, part.bytes.length);
  // Otherwise all of it had come before.
  const reachesFarther = distance(receiveNext, end) >= 0;
  const isLast = part.finish && reachesFarther;
  return {
    bytes: part.bytes.subarray(Math.max(0, distance(part.sequence, receiveNext))),
    after: {
      receiveNext: sequenceAfter(reachesFarther ? end : receiveNext, isLast ? 1 : 0),
      theirFinish: isLast,
      early: early.filter((each) => each !== part),
    },
  };
}

/** RFC 9293, 3.10.7.4: is some of a segment what may come now? */
export function isInWindow({ receiveNext }: ReceivingState, segment: TcpSegment): boolean {
  const ahead = distance(receiveNext, segment.sequence);
  const length = sequenceLength(segment);
  if (length === 0) return ahead >= 0 && ahead < receiveWindow;
  return ahead < receiveWindow && ahead + length > 0;
}

/** What is taken from the far end before it must wait: without an option for more, what 16 bits hold. */
export const receiveWindow = 0xffff;

/** Of a window's worth there are no more, unless someone sends crumbs. */
const mostEarlyParts = 64;
