import { pageBytes } from '../common/page.ts';
import type { AccessKind, AccessSize } from '../isa/semantics.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import type { HartState } from './state.ts';
import type { HostPage, PageAccess } from './translation/page-table.ts';
import { HartRegimes } from './translation/hart-regimes.ts';
import type { TranslationRegime } from './translation/regime.ts';
import type { PageWalker, WalkFault } from './translation/walk.ts';

/** Why an access by virtual address failed. */
export interface AccessFault {
  readonly kind: 'fault';
  readonly guestPhysical: WalkFault['guestPhysical'] | undefined;
  readonly implicit: WalkFault['implicit'] | undefined;
  readonly cause: WalkFault['kind'];
  /** The first byte that could not be accessed. */
  readonly address: bigint;
  /** Was the address a guest's? */
  readonly virtual: boolean;
}

/** Where an access goes: one host-physical address, or two for the parts on either side of a page's end. */
interface Place {
  readonly first: number;
  /** The second part's address, and how many bytes belong to the first; 0 where all do. */
  readonly second: number;
  readonly split: number;
}

/** The memory that the hart's instructions see: virtual addresses in, faults as values out. */
export class VirtualMemory {
  readonly #state: HartState;
  readonly #physical: PhysicalMemory;
  readonly #walker: PageWalker;
  readonly #regimes: HartRegimes;

  constructor(state: HartState, physical: PhysicalMemory, walker: PageWalker) {
    this.#state = state;
    this.#physical = physical;
    this.#walker = walker;
    this.#regimes = new HartRegimes(state);
  }

  /** The instruction word at pc: 16 bits where its low two bits are not 3. */
  fetch(pc: bigint): number | AccessFault {
    const regime = this.#regimes.fetch();
    const page = this.#translate(pc, 'execute', regime);
    if (typeof page !== 'number') return page;
    const offset = offsetInPage(pc);
    const low = this.#physical.loadParcel(page * pageBytes + offset);
    if (low === undefined) return accessFault(pc, regime);
    if ((low & 3) !== 3) return low;
    const next = BigInt.asUintN(64, pc + 2n);
    // The second half may lie in another page.
    const nextPage = offset < 4094 ? page : this.#translate(next, 'execute', regime);
    if (typeof nextPage !== 'number') return nextPage;
    const high = this.#physical.loadParcel(nextPage * pageBytes + ((offset + 2) & (pageBytes - 1)));
    return high === undefined ? accessFault(next, regime) : (low | (high << 16)) >>> 0;
  }

  /** Unsigned. */
  load(address: bigint, size: AccessSize, kind: AccessKind): bigint | AccessFault {
    const regime = this.#regimes.access(kind);
    const place = this.#locate(
      address,
      size,
      kind === 'hypervisor-execute' ? 'execute-read' : 'read',
      regime,
    );
    if ('kind' in place) return place;
    if (place.split !== 0) return this.#loadSplit(address, size, place, regime);
    return this.#physical.load(place.first, size) ?? accessFault(address, regime);
  }

  /** `value` is taken modulo 2^(8 size). Nothing is stored where a part cannot be. */
  store(address: bigint, size: AccessSize, value: bigint, kind: AccessKind): AccessFault | undefined {
    const regime = this.#regimes.access(kind);
    const place = this.#locate(address, size, 'write', regime);
    if ('kind' in place) return place;
    if (place.split !== 0) return this.#storeSplit(address, size, value, place, regime);
    return this.#physical.store(place.first, size, value) ? undefined : accessFault(address, regime);
  }

  /** LR: a load, aligned and from RAM, that reserves its address. */
  loadReserved(address: bigint, size: 4 | 8): bigint | AccessFault {
    const place = this.#locateAtomic(address, size, 'read');
    if (typeof place !== 'number') return place;
    this.#state.reservation = BigInt(place);
    return this.#physical.load(place, size) ?? 0n;
  }

  /** SC: tells whether it stored. A page that cannot be written faults, with a reservation or without. */
  storeConditional(address: bigint, size: 4 | 8, value: bigint): boolean | AccessFault {
    const place = this.#locateAtomic(address, size, 'write');
    if (typeof place !== 'number') return place;
    const reserved = this.#state.reservation === BigInt(place);
    this.#state.reservation = undefined;
    if (reserved) this.#physical.store(place, size, value);
    return reserved;
  }

  /** AMO: replaces the (unsigned) value by what `update` makes of it, and returns it. */
  modify(address: bigint, size: 4 | 8, update: (old: bigint) => bigint): bigint | AccessFault {
    const place = this.#locateAtomic(address, size, 'write');
    if (typeof place !== 'number') return place;
    const old = this.#physical.load(place, size) ?? 0n;
    this.#physical.store(place, size, update(old));
    return old;
  }

  /** AMOCAS.Q: likewise, of 16 bytes. */
  modifyQuad(address: bigint, update: (old: bigint) => bigint): bigint | AccessFault {
    const place = this.#locateAtomic(address, 16, 'write');
    if (typeof place !== 'number') return place;
    const old = (this.#physical.load(place, 8) ?? 0n) | ((this.#physical.load(place + 8, 8) ?? 0n) << 64n);
    const next = update(old);
    this.#physical.store(place, 8, BigInt.asUintN(64, next));
    this.#physical.store(place + 8, 8, next >> 64n);
    return old;
  }

  /** Unpriv. CMO: management of a cache block is allowed where a load is; here, of RAM. D bits stay as they are. */
  checkBlock(address: bigint): AccessFault | undefined {
    const place = this.#locateBlock(address, 'read');
    return typeof place === 'number' ? undefined : place;
  }

  /** Stores zeros to the cache block around the address, which must be RAM. */
  zeroBlock(address: bigint): AccessFault | undefined {
    const place = this.#locateBlock(address, 'write');
    if (typeof place !== 'number') return place;
    for (let offset = 0; offset < blockBytes; offset += 8) this.#physical.store(place + offset, 8, 0n);
    return undefined;
  }

  #locateBlock(address: bigint, access: 'read' | 'write'): number | AccessFault {
    const regime = this.#regimes.access('normal');
    const page = this.#translate(address, access, regime);
    if (typeof page !== 'number') return page;
    const place = page * pageBytes + (offsetInPage(address) & -blockBytes);
    return this.#physical.isRam(place, blockBytes) ? place : accessFault(address, regime);
  }

  /**
   * LR, SC and AMOs are aligned, and here for RAM only. What is not is an access fault: were it an address-misaligned
   * exception, loads and stores that are as misaligned would have to be one, too (Priv. PMA, alignment).
   */
  #locateAtomic(address: bigint, size: 4 | 8 | 16, access: 'read' | 'write'): number | AccessFault {
    const regime = this.#regimes.access('normal');
    const offset = offsetInPage(address);
    const isAligned = offset % size === 0;
    // Faults of the translation come first; but a page that is not written in the end does not become dirty.
    const page = this.#translate(address, access, regime, isAligned ? 'update' : 'none');
    if (typeof page !== 'number') return page;
    const place = page * pageBytes + offset;
    return isAligned && this.#physical.isRam(place, size) ? place : accessFault(address, regime);
  }

  #locate(address: bigint, size: number, access: PageAccess, regime: TranslationRegime): Place | AccessFault {
    const offset = offsetInPage(address);
    const page = this.#translate(address, access, regime);
    if (typeof page !== 'number') return page;
    const first = page * pageBytes + offset;
    const split = pageBytes - offset;
    if (split >= size) return { first, second: 0, split: 0 };
    const next = BigInt.asUintN(64, address + BigInt(split));
    const secondPage = this.#translate(next, access, regime);
    if (typeof secondPage !== 'number') return secondPage;
    return { first, second: secondPage * pageBytes, split };
  }

  #loadSplit(address: bigint, size: number, place: Place, regime: TranslationRegime): bigint | AccessFault {
    const fault = this.#splitFault(address, size, place, regime);
    if (fault) return fault;
    let value = 0n;
    for (let index = size - 1; index >= 0; index--) {
      value = (value << 8n) | (this.#physical.load(byteAddress(place, index), 1) ?? 0n);
    }
    return value;
  }

  #storeSplit(
    address: bigint,
    size: number,
    value: bigint,
    place: Place,
    regime: TranslationRegime,
  ): AccessFault | undefined {
    const fault = this.#splitFault(address, size, place, regime);
    if (fault) return fault;
    for (let index = 0; index < size; index++) {
      this.#physical.store(byteAddress(place, index), 1, (value >> BigInt(8 * index)) & 0xffn);
    }
    return undefined;
  }

  /** Misaligned accesses are for RAM only: the part that is not is an access fault. */
  #splitFault(
    address: bigint,
    size: number,
    place: Place,
    regime: TranslationRegime,
  ): AccessFault | undefined {
    if (!this.#physical.isRam(place.first, place.split)) return accessFault(address, regime);
    if (!this.#physical.isRam(place.second, size - place.split)) {
      return accessFault(BigInt.asUintN(64, address + BigInt(place.split)), regime);
    }
    return undefined;
  }

  #translate(
    address: bigint,
    access: PageAccess,
    regime: TranslationRegime,
    effects: 'update' | 'none' = 'update',
  ): HostPage | AccessFault {
    const result = this.#walker.walk({ address, access, regime, effects });
    if (typeof result === 'number') return result;
    return faultOf(result.kind, address, regime, result);
  }
}

/** The size of a cache block (Zic64b). */
export const blockBytes = 64;

function offsetInPage(address: bigint): number {
  return Number(BigInt.asUintN(12, address));
}

function byteAddress({ first, second, split }: Place, index: number): number {
  return index < split ? first + index : second + index - split;
}

function accessFault(address: bigint, regime: TranslationRegime): AccessFault {
  return faultOf('access', address, regime);
}

/** Spelled out, because a spread object costs more than the walk: device accesses of guests all come here. */
function faultOf(
  cause: AccessFault['cause'],
  address: bigint,
  { virtual }: TranslationRegime,
  walk?: WalkFault,
): AccessFault {
  return {
    kind: 'fault',
    cause,
    address,
    virtual,
    guestPhysical: walk?.guestPhysical,
    implicit: walk?.implicit,
  };
}
