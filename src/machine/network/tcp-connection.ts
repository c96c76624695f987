import type { SavedState } from '../device.ts';
import type { TcpConnectionState } from './tcp-connection-state.ts';
import { isInWindow, nextInTurn, receiveWindow, withPart } from './tcp-reassembly.ts';
import { distance, largestSegmentSize, sequenceAfter, type TcpEnds, type TcpSegment } from './tcp-segment.ts';

/** What happens to a connection, for whoever offers the service behind it. */
export interface TcpService {
  readonly name: string;
  /** Both sides have agreed to it. */
  opened(connection: TcpConnection): void;
  received(connection: TcpConnection, bytes: Uint8Array): void;
  /** The far end sends no more; it may still listen. */
  finished(connection: TcpConnection): void;
  /** The far end has broken it off. */
  broken(connection: TcpConnection): void;
}

/**
 * One TCP connection (RFC 9293) over a link that loses nothing and keeps order, so that nothing has to be sent again
 * by a timer: what the far end missed all the same, because it had no buffer, it asks for. All its state is data.
 */
export class TcpConnection {
  #state: TcpConnectionState;
  readonly #service: TcpService;
  readonly #send: (ends: TcpEnds, segment: TcpSegment) => void;

  constructor(options: {
    readonly state: TcpConnectionState;
    readonly service: TcpService;
    readonly send: (ends: TcpEnds, segment: TcpSegment) => void;
  }) {
    this.#state = options.state;
    this.#service = options.service;
    this.#send = options.send;
  }

  get state(): TcpConnectionState {
    return this.#state;
  }

  /** Nothing more can happen to it. */
  get isOver(): boolean {
    const { phase, theirFinish, ourFinish } = this.#state;
    return phase === 'over' || (theirFinish && ourFinish === 'acknowledged');
  }

  set note(note: SavedState) {
    this.#change({ note });
  }

  /** Sends the first SYN, or the answer to theirs. */
  begin(): void {
    this.#change({ sendNext: sequenceAfter(this.#state.sendBase, 1) });
    this.#sendSyn();
  }

  /** Bytes for the far end. */
  write(bytes: Uint8Array): void {
    const { output, ourFinish } = this.#state;
    if (ourFinish !== 'not yet' || bytes.length === 0) return;
    const joined = new Uint8Array(output.length + bytes.length);
    joined.set(output);
    joined.set(bytes, output.length);
    this.#change({ output: joined });
    this.#flush();
  }

  /** There is no more to send. */
  finish(): void {
    if (this.#state.ourFinish !== 'not yet') return;
    this.#change({ ourFinish: 'wanted' });
    this.#flush();
  }

  /** Breaks it off. */
  abort(): void {
    if (this.isOver) return;
    this.#emit({ reset: true });
    this.#change({ phase: 'over' });
  }

  /** A segment from the far end (RFC 9293, 3.10.7). */
  receive(segment: TcpSegment): void {
    if (this.#state.phase === 'called') return this.#answerToCall(segment);
    if (this.#isRepeatedCall(segment)) return this.#sendSyn();
    if (!isInWindow(this.#state, segment)) {
      if (!segment.reset) this.#emit({});
      return;
    }
    if (segment.reset) {
      // RFC 5961, 3.2: exactly what is expected next, or it may be a forgery.
      if (segment.sequence === this.#state.receiveNext) this.#break();
      else this.#emit({});
      return;
    }
    // RFC 5961, 4.2.
    if (segment.synchronize) return this.#emit({});
    if (segment.acknowledged === undefined || !this.#acknowledge(segment, segment.acknowledged)) return;
    this.#take(segment);
  }

  #answerToCall({ sequence, acknowledged, reset, synchronize, window, segmentSize }: TcpSegment): void {
    const { sendBase, sendNext } = this.#state;
    const isOurs = acknowledged === sendNext;
    if (acknowledged !== undefined && !isOurs) {
      if (!reset) this.#emit({ reset: true, sequence: acknowledged, acknowledged: undefined });
      return;
    }
    if (reset) {
      if (isOurs) this.#break();
      return;
    }
    if (!synchronize) return;
    this.#change({
      receiveNext: sequenceAfter(sequence, 1),
      segmentSize: Math.min(segmentSize, largestSegmentSize),
      sendWindow: window,
      phase: isOurs ? 'open' : 'answered',
      sendBase: isOurs ? sendNext : sendBase,
    });
    if (!isOurs) return this.#sendSyn();
    this.#emit({});
    this.#service.opened(this);
    this.#flush();
  }

  /** They did not get our answer. */
  #isRepeatedCall({ synchronize, sequence }: TcpSegment): boolean {
    const { phase, receiveNext } = this.#state;
    return phase === 'answered' && synchronize && sequenceAfter(sequence, 1) === receiveNext;
  }

  /** Takes note of what the far end has; false where what it says cannot be. */
  #acknowledge({ window, payload }: TcpSegment, acknowledged: number): boolean {
    const { sendBase, sendNext, phase, output, sendWindow } = this.#state;
    const fresh = distance(sendBase, acknowledged);
    if (distance(sendNext, acknowledged) > 0 || (phase === 'answered' && fresh <= 0)) {
      this.#emit(
        phase === 'answered' ? { reset: true, sequence: acknowledged, acknowledged: undefined } : {},
      );
      return false;
    }
    if (fresh < 0) return true;
    const opens = phase === 'answered';
    // SYN and FIN take a number each, and are no bytes.
    const bytes = Math.min(Math.max(0, fresh - (opens ? 1 : 0)), output.length);
    const { ourFinish } = this.#state;
    const isRepeat = fresh === 0 && payload.length === 0 && window === sendWindow && sendNext !== sendBase;
    this.#change({
      phase: 'open',
      sendBase: acknowledged,
      sendWindow: window,
      output: output.subarray(bytes),
      repeats: isRepeat ? this.#state.repeats + 1 : 0,
      ourFinish: ourFinish === 'sent' && acknowledged === sendNext ? 'acknowledged' : ourFinish,
    });
    if (opens) this.#service.opened(this);
    // RFC 5681, 3.2: the third repetition says that something is missing.
    if (this.#state.repeats === 3) this.#sendAgain();
    return true;
  }

  /** Takes its bytes and its FIN, when their turn has come. */
  #take({ sequence, payload, finish }: TcpSegment): void {
    const before = this.#state;
    if (payload.length > 0 || finish) {
      const part = { sequence, bytes: payload.slice(), finish };
      this.#change({ early: withPart(this.#state.early, part) });
      this.#takeInTurn();
    }
    this.#flush();
    const saidSo = this.#state.sendNext !== before.sendNext || this.#state.phase === 'over';
    if ((payload.length > 0 || finish) && !saidSo) this.#emit({});
  }

  #takeInTurn(): void {
    for (let next = nextInTurn(this.#state); next !== undefined; next = nextInTurn(this.#state)) {
      this.#change(next.after);
      if (next.bytes.length > 0) this.#service.received(this, next.bytes);
      if (next.after.theirFinish) this.#service.finished(this);
    }
  }

  /** Sends as much as the far end takes. */
  #flush(): void {
    for (;;) {
      const { phase, output, sendBase, sendNext, sendWindow, segmentSize, ourFinish } = this.#state;
      if (phase !== 'open') return;
      const inFlight = distance(sendBase, sendNext);
      const left = output.length - inFlight;
      if (left > 0) {
        const count = Math.min(left, segmentSize, sendWindow - inFlight);
        // RFC 9293, 3.8.6.2.1: small pieces only at the end, or where nothing else is under way.
        if (count <= 0 || (count < Math.min(left, segmentSize) && inFlight > 0)) return;
        this.#change({ sendNext: sequenceAfter(sendNext, count) });
        this.#emit({ sequence: sendNext, payload: output.subarray(inFlight, inFlight + count) });
      } else {
        if (ourFinish !== 'wanted') return;
        this.#change({ ourFinish: 'sent', sendNext: sequenceAfter(sendNext, 1) });
        this.#emit({ sequence: sendNext, finish: true });
      }
    }
  }

  #sendAgain(): void {
    const { output, sendBase, sendNext, segmentSize, ourFinish } = this.#state;
    const payload = output.subarray(0, Math.min(segmentSize, distance(sendBase, sendNext)));
    this.#emit({ sequence: sendBase, payload, finish: payload.length === 0 && ourFinish === 'sent' });
  }

  #sendSyn(): void {
    const { phase, sendBase, receiveNext } = this.#state;
    this.#emit({
      sequence: sendBase,
      synchronize: true,
      acknowledged: phase === 'called' ? undefined : receiveNext,
    });
  }

  #break(): void {
    this.#change({ phase: 'over' });
    this.#service.broken(this);
  }

  #emit(segment: Partial<TcpSegment>): void {
    const { sendNext, receiveNext } = this.#state;
    this.#send(this.#state, {
      sequence: sendNext,
      acknowledged: receiveNext,
      synchronize: false,
      finish: false,
      reset: false,
      window: receiveWindow,
      segmentSize: largestSegmentSize,
      payload: new Uint8Array(),
      ...segment,
    });
  }

  #change(change: Partial<TcpConnectionState>): void {
    this.#state = { ...this.#state, ...change } as TcpConnectionState;
  }
}
