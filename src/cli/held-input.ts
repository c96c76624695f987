/**
 * Input that is there before anybody can take it: from a file, or another program. A driver empties the receiver when it
 * starts, as it should; so all of it waits until the guest listens, and then goes to it as it comes.
 */
export class HeldInput {
  readonly #type: (bytes: Uint8Array) => void;
  #held: Uint8Array[] = [];
  #isHeld = true;

  /** `type` gives bytes to the guest's console. */
  constructor(type: (bytes: Uint8Array) => void) {
    this.#type = type;
  }

  /** Bytes came in. */
  receive(bytes: Uint8Array): void {
    if (this.#isHeld) this.#held.push(bytes);
    else this.#type(bytes);
  }

  /** The guest listens, or nothing but input can make it go on: gives it all there is, and from now on at once. */
  release(): void {
    this.#isHeld = false;
    for (const bytes of this.#held.splice(0)) this.#type(bytes);
  }
}
