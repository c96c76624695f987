import { pageBytes } from '../common/page.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import type { HostPage } from './translation/page-table.ts';
import type { TranslationRegime } from './translation/regime.ts';
import type { PageWalker } from './translation/walk.ts';

/**
 * Memory by virtual or guest-physical address as a debugger looks at it: no permission stops it, no A or D bit
 * changes, no device notices. Guest-physical memory is a virtual regime with `satp` 0.
 */
export class MemoryView {
  readonly #physical: PhysicalMemory;
  readonly #walker: PageWalker;

  constructor(physical: PhysicalMemory, walker: PageWalker) {
    this.#physical = physical;
    this.#walker = walker;
  }

  /** Bytes from `address` on; fewer than `length` where a page is not mapped or not RAM. */
  read(address: bigint, length: number, regime: TranslationRegime): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const place = this.#locate(address + BigInt(done), regime);
      if (place === undefined) break;
      const part = this.#physical.peek(place.address, Math.min(length - done, place.length));
      if (part.length === 0) break;
      bytes.set(part, done);
      done += part.length;
    }
    return done === length ? bytes : bytes.slice(0, done);
  }

  /** Returns how many bytes were written, up to the first page that is not mapped or not RAM. */
  write(address: bigint, bytes: Uint8Array, regime: TranslationRegime): number {
    let done = 0;
    while (done < bytes.length) {
      const place = this.#locate(address + BigInt(done), regime);
      if (place === undefined) break;
      const part = this.#physical.poke(place.address, bytes.subarray(done, done + place.length), 'view');
      if (part === 0) break;
      done += part;
    }
    return done;
  }

  /** The host-physical address, and how many bytes follow it in its page. */
  #locate(
    address: bigint,
    regime: TranslationRegime,
  ): { readonly address: number; readonly length: number } | undefined {
    const wrapped = BigInt.asUintN(64, address);
    const page = this.#walker.walk({ address: wrapped, access: 'any', regime, effects: 'none' });
    if (typeof page !== 'number') return undefined;
    const offset = Number(BigInt.asUintN(12, wrapped));
    return { address: byteAddress(page, offset), length: pageBytes - offset };
  }
}

function byteAddress(page: HostPage, offset: number): number {
  return page * pageBytes + offset;
}
