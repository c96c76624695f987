import type { HostPage, PageAccess } from './translation/page-table.ts';
import type { HartState } from './state.ts';
import type { StoredCsr } from './state-layout.ts';
import type { Privilege } from './trap.ts';

/** The entries that we implement (Priv. 3.7 allows 0, 16 or 64). */
export const pmpEntries = 16;

/** Fields of a pmpcfg byte. */
export const pmpConfiguration = { R: 1, W: 2, X: 4, A: 0x18, L: 0x80 } as const;

/** Values of the field A, where they stand in the byte (Priv. 3.7.1). */
export const pmpMode = { OFF: 0, TOR: 0x08, NA4: 0x10, NAPOT: 0x18 } as const;

interface Region {
  /** The first page, and the first page after. */
  readonly start: number;
  readonly end: number;
  readonly configuration: number;
}

/**
 * Physical memory protection (Priv. 3.7) with a grain of one page (G = 10), so that whole pages pass or fail and
 * a TLB can hold the answer.
 */
export class PhysicalProtection {
  readonly #state: HartState;
  #regions: readonly Region[] | undefined;
  /** The first region opens all memory, as at reset: the usual case, at every TLB refill. */
  #isOpen = false;

  constructor(state: HartState) {
    this.#state = state;
  }

  /** To be called when a PMP register may have changed. */
  changed(): void {
    this.#regions = undefined;
    this.#isOpen = false;
  }

  /** Does the first region open all memory? */
  get isOpen(): boolean {
    if (this.#regions === undefined) this.#read();
    return this.#isOpen;
  }

  allows(page: HostPage, access: PageAccess, privilege: Privilege): boolean {
    if (this.#isOpen || access === 'any') return true;
    const regions = this.#regions ?? this.#read();
    // The first entry that matches decides; M mode minds only locked ones.
    const region = regions.find(({ start, end }) => page >= start && page < end);
    if (region === undefined) return privilege === 3;
    if (privilege === 3 && (region.configuration & pmpConfiguration.L) === 0) return true;
    const needed = needs[access];
    return (region.configuration & needed) === needed;
  }

  #read(): readonly Region[] {
    const regions = readRegions(this.#state);
    this.#regions = regions;
    this.#isOpen = opensAll(regions[0]);
    return regions;
  }
}

const needs: Readonly<Record<Exclude<PageAccess, 'any'>, number>> = {
  read: pmpConfiguration.R,
  write: pmpConfiguration.W,
  execute: pmpConfiguration.X,
  'execute-read': pmpConfiguration.R | pmpConfiguration.X,
};

function opensAll(region: Region | undefined): boolean {
  if (region === undefined || region.start > 0 || region.end < allPages) return false;
  return (region.configuration & everyRight) === everyRight;
}

/** Physical addresses have 56 bits. */
const allPages = 2 ** 44;
const everyRight = pmpConfiguration.R | pmpConfiguration.W | pmpConfiguration.X;

function readRegions(state: HartState): Region[] {
  const regions: Region[] = [];
  let previous = 0;
  for (let entry = 0; entry < pmpEntries; entry++) {
    const address = state.getCsr(pmpAddressRegister(entry));
    const configuration = pmpConfigurationOf(state, entry);
    const page = Number(address >> 10n);
    switch (configuration & pmpConfiguration.A) {
      case pmpMode.TOR:
        regions.push({ start: previous, end: page, configuration });
        break;
      case pmpMode.NAPOT:
        regions.push({ ...naturallyAligned(address), configuration });
        break;
      default:
        break;
    }
    previous = page;
  }
  return regions;
}

/** The low set bits of the address tell the size; bits below the grain count as set. */
function naturallyAligned(address: bigint): { start: number; end: number } {
  const filled = address | 0x1ffn;
  const size = (filled ^ (filled + 1n)) + 1n;
  const start = filled & ~(size - 1n);
  return { start: Number(start >> 10n), end: Number((start + size) >> 10n) };
}

/** The byte of pmpcfg0 or pmpcfg2 that belongs to an entry. */
export function pmpConfigurationOf(state: HartState, entry: number): number {
  const register = state.getCsr(entry < 8 ? 'pmpcfg0' : 'pmpcfg2');
  return Number((register >> BigInt(8 * (entry % 8))) & 0xffn);
}

/** The pmpaddr CSR of an entry. */
export function pmpAddressRegister(entry: number): StoredCsr {
  return `pmpaddr${entry}` as StoredCsr;
}
