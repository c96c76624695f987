import { assert } from '../../common/errors.ts';
import { pageBytes } from '../../common/page.ts';
import type { MachineMemory } from '../memory.ts';

/**
 * Which pages of RAM have a place in a pool of few. Places are taken in turn by a clock: a page that was asked for since
 * the hand last came by stays.
 */
export class PagePool {
  /** For each page of RAM its place in the pool plus one, or 0. Wasm looks at it too, and notes the use of places. */
  readonly #placeOfPage: Uint16Array;
  /** For each place in the pool the page of RAM it holds, or -1. */
  readonly #pageOfPlace: Int32Array;
  readonly #recentlyUsed: Uint8Array;
  /** Places that their pages left. */
  readonly #free: number[] = [];
  readonly #onLeave: (page: number, place: number) => void;
  #hand = 0;

  /** `onLeave` is told of a page that loses its place, before it does. */
  constructor(memory: MachineMemory, places: number, onLeave: (page: number, place: number) => void) {
    const { buffer } = memory.wasm;
    this.#placeOfPage = new Uint16Array(buffer, memory.pages.codePlaces, memory.ramSize / pageBytes);
    this.#pageOfPlace = new Int32Array(places).fill(-1);
    this.#recentlyUsed = new Uint8Array(buffer, memory.pages.placesInUse, places);
    this.#onLeave = onLeave;
  }

  has(page: number): boolean {
    return this.#placeOfPage[page] !== 0;
  }

  /** The place of a page; -1 where it has none. */
  placeOf(page: number): number {
    return (this.#placeOfPage[page] as number) - 1;
  }

  /** The page is asked for again. */
  use(place: number): void {
    this.#recentlyUsed[place] = 1;
  }

  /** Gives a page, which has none, a place; another one may have to leave. */
  take(page: number): number {
    assert(!this.has(page), 'a page takes one place only');
    const place = this.#free.pop() ?? this.#nextPlace();
    this.#pageOfPlace[place] = page;
    this.#placeOfPage[page] = place + 1;
    return place;
  }

  /** Takes the place away from the page that has it. */
  leave(place: number): void {
    const page = this.#pageOfPlace[place] as number;
    this.#onLeave(page, place);
    this.#placeOfPage[page] = 0;
    this.#pageOfPlace[place] = -1;
    this.#recentlyUsed[place] = 0;
    this.#free.push(place);
  }

  #nextPlace(): number {
    while (this.#recentlyUsed[this.#hand] === 1) {
      this.#recentlyUsed[this.#hand] = 0;
      this.#advance();
    }
    const place = this.#hand;
    this.#advance();
    if (this.#pageOfPlace[place] !== -1) this.leave(place);
    this.#free.length = 0;
    return place;
  }

  #advance(): void {
    this.#hand = (this.#hand + 1) % this.#pageOfPlace.length;
  }
}
