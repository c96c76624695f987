import type { EventEmitter } from 'node:events';
import os from 'node:os';

const endingSignals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** One of the signals by which others ask a program to end. */
export type EndingSignal = (typeof endingSignals)[number];

/**
 * The first signal that asks this program to end, which then can say what it did so far. The next one finds nobody who
 * takes it, and so ends the program at once, whatever it does.
 */
export class EndingSignals {
  readonly #source: Pick<EventEmitter, 'on' | 'off'>;
  #received: EndingSignal | undefined;
  #listener: () => void = () => undefined;

  constructor(source: Pick<EventEmitter, 'on' | 'off'> = process) {
    this.#source = source;
    for (const name of endingSignals) source.on(name, this.#receive);
  }

  /** The signal that came. */
  get received(): EndingSignal | undefined {
    return this.#received;
  }

  /** Calls back when it comes. */
  onDidReceive(listener: () => void): void {
    this.#listener = listener;
  }

  /** From now on each signal ends the program at once. */
  close(): void {
    for (const name of endingSignals) this.#source.off(name, this.#receive);
  }

  readonly #receive = (name: EndingSignal): void => {
    this.#received = name;
    this.close();
    this.#listener();
  };
}

/** The exit code of a program that a signal ended, as shells have it. */
export function signalExitCode(signal: EndingSignal): number {
  return 128 + os.constants.signals[signal];
}
