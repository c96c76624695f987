/** Something that happened, for those who asked to know. Listeners run in order of registration. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Registers a listener; the returned function takes it back. */
  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}

/** How to ask to be told of something: takes a listener, and gives what takes it back. */
export type Event<T> = (listener: (value: T) => void) => () => void;
