import type { GuestPhysicalAddress, HostPhysicalAddress } from '../../common/address.ts';
import { gpa, hpa } from '../../common/address.ts';
import { addressInPage, pageBytes } from '../../common/page.ts';
import type { PhysicalMemory } from '../physical-memory.ts';
import type { PhysicalProtection } from '../physical-protection.ts';
import type { Isa } from '../../isa/configuration/isa.ts';
import type { GuestPage, HostPage, PageAccess, Verdict, VirtualPage } from './page-table.ts';
import { judgeEntry, leafPage, levelPages, pageOf, tableIndex, usageBits } from './page-table.ts';
import type { TranslationRegime } from './regime.ts';
import { stagesOf, type Stage, type Stages } from './stages.ts';

/** One page-table entry that a walk looked at. */
export interface WalkStep {
  /** The register that holds the root of this table. */
  readonly root: 'satp' | 'vsatp' | 'hgatp';
  /** From the root's (2 in Sv39, 4 in Sv57) down to 0. */
  readonly level: number;
  /** In a walk from hgatp: the guest-physical address that it translates. */
  readonly translates?: GuestPhysicalAddress;
  /** In a walk from hgatp: the level of the vsatp entry whose address this is, or the access itself. */
  readonly purpose?: number | 'access';
  /** In a walk from vsatp: where the entry lies in guest-physical memory. */
  readonly guestAddress?: GuestPhysicalAddress;
  readonly address: HostPhysicalAddress;
  /** 0 where it is unreachable. */
  readonly entry: bigint;
  readonly verdict: Verdict;
}

/** Sees every entry in the order in which the hart reads them. */
export type WalkObserver = (step: WalkStep) => void;

/** What address a walk is to translate, for what, and by which tables. */
export interface WalkRequest {
  readonly address: bigint;
  readonly access: PageAccess;
  readonly regime: TranslationRegime;
  /** `update`: A and D bits are set as by hardware. `none`: nothing changes, as if they had been. */
  readonly effects: 'update' | 'none';
  readonly observer?: WalkObserver;
}

/** Why an address does not translate. `page` is the first stage's, `guest-page` the second's. */
export interface WalkFault {
  readonly kind: 'page' | 'guest-page' | 'access';
  /** For `guest-page`: the guest-physical address that did not translate. */
  readonly guestPhysical?: GuestPhysicalAddress;
  /** For `guest-page`: the access was of the walk itself, to read or to update an entry of the first stage. */
  readonly implicit?: 'read' | 'write';
}

/** What a walk read, until the next one. */
export interface Walked {
  /** The host pages of RAM with the page tables: the first `tableCount` numbers. */
  readonly tables: Float64Array;
  readonly tableCount: number;
  /** Which of them, by its place, is of the lowest level of the first stage: an entry of it maps one page. -1: none. */
  readonly lowest: number;
}

/**
 * Translates an address by one stage, the other or both: the host page, or why there is none. This is the only walk:
 * guest accesses, TLB refills and views all use it.
 */
export class PageWalker implements Walked {
  readonly tables = new Float64Array(mostTables);
  tableCount = 0;
  lowest = -1;
  readonly #memory: PhysicalMemory;
  readonly #protection: PhysicalProtection;
  readonly #contiguousPages: boolean;
  #regime: TranslationRegime | undefined;
  #stages: Stages = { first: undefined, second: undefined };

  constructor(memory: PhysicalMemory, protection: PhysicalProtection, isa: Isa) {
    this.#memory = memory;
    this.#protection = protection;
    this.#contiguousPages = isa.has('Svnapot');
  }

  walk(request: WalkRequest): HostPage | WalkFault {
    const { address, access, regime } = request;
    this.tableCount = 0;
    this.lowest = -1;
    const page = Number(address >> 12n) as VirtualPage;
    let found: GuestPage | HostPage | WalkFault = page as number as HostPage;
    if (regime.virtual || regime.privilege !== 3) {
      const { first, second } = this.#stagesOf(regime);
      if (first !== undefined) found = this.#firstStage(page, first, second, request);
      if (typeof found !== 'number') return found;
      if (second !== undefined) {
        const offset = Number(BigInt.asUintN(12, address));
        found = this.#secondStage(found as GuestPage, offset, second, access, 'access', request);
        if (typeof found !== 'number') return found;
      }
    }
    const host = found as HostPage;
    return this.#protection.allows(host, access, regime.privilege) ? host : { kind: 'access' };
  }

  /** Harts walk by the same regime for long. */
  #stagesOf(regime: TranslationRegime): Stages {
    if (this.#regime !== regime) {
      this.#regime = regime;
      this.#stages = stagesOf(regime, this.#contiguousPages);
    }
    return this.#stages;
  }

  /** Priv. 12.3.2, by satp or vsatp. */
  #firstStage(
    page: VirtualPage,
    stage: Stage,
    second: Stage | undefined,
    request: WalkRequest,
  ): GuestPage | HostPage | WalkFault {
    const { access, regime, effects } = request;
    if (!isCanonical(page, stage)) return { kind: 'page' };
    let table = stage.root;
    for (let level = stage.levels - 1; ; level--) {
      const offset = 8 * tableIndex(page, level);
      const hostTable = this.#locateEntry(table, offset, second, level, 'read', request);
      if (typeof hostTable !== 'number') return hostTable;
      const entryAddress = hostTable * pageBytes + offset;
      const entry = this.#readEntry(entryAddress);
      if (level === 0) this.lowest = this.tableCount - 1;
      const verdict = entry ? judgeEntry(entry.low, entry.high, level, access, stage.rules) : 'unreachable';
      request.observer?.({
        root: regime.virtual ? 'vsatp' : 'satp',
        level,
        ...(regime.virtual && { guestAddress: guestAddress(table, offset) }),
        address: hpa(BigInt(entryAddress)),
        entry: wide(entry),
        verdict,
      });
      if (entry === undefined) return { kind: 'access' };
      if (verdict === 'pointer') {
        table = pageOf(entry.low, entry.high);
        continue;
      }
      if (verdict !== 'leaf') return { kind: 'page' };
      const missing = usageBits(access) & ~entry.low;
      if (missing !== 0) {
        // Priv. 18.5.1: the update of a VS-stage entry is a write in guest-physical memory.
        const writable = this.#locateEntry(table, offset, second, level, 'write', request);
        if (typeof writable !== 'number') return writable;
        if (!this.#protection.allows(writable, 'write', 1)) return { kind: 'access' };
        if (effects === 'update') this.#memory.writeHalf(entryAddress, entry.low | missing);
      }
      return leafPage(entry.low, entry.high, level, page) as GuestPage;
    }
  }

  /** The host page of a first-stage table: where there are two stages, the second translates its address. */
  #locateEntry(
    table: number,
    offset: number,
    second: Stage | undefined,
    level: number,
    use: 'read' | 'write',
    request: WalkRequest,
  ): HostPage | WalkFault {
    if (second === undefined) return table as HostPage;
    const found = this.#secondStage(table as GuestPage, offset, second, use, level, request);
    if (typeof found === 'number' || found.kind !== 'guest-page') return found;
    return { ...found, implicit: use };
  }

  /** Priv. 18.5.1, by hgatp. */
  #secondStage(
    page: GuestPage,
    pageOffset: number,
    stage: Stage,
    access: PageAccess,
    purpose: number | 'access',
    request: WalkRequest,
  ): HostPage | WalkFault {
    if (page >= stage.pages) return guestFault(page, pageOffset);
    // The root table is four pages, its index two bits wider.
    let table = stage.root;
    let index = Math.floor(page / levelPages(stage.levels - 1));
    for (let level = stage.levels - 1; ; level--) {
      const entryAddress = table * pageBytes + 8 * index;
      const entry = this.#readEntry(entryAddress);
      const verdict = entry ? judgeEntry(entry.low, entry.high, level, access, stage.rules) : 'unreachable';
      request.observer?.({
        root: 'hgatp',
        level,
        translates: guestAddress(page, pageOffset),
        purpose,
        address: hpa(BigInt(entryAddress)),
        entry: wide(entry),
        verdict,
      });
      if (entry === undefined) return { kind: 'access' };
      if (verdict === 'pointer') {
        table = pageOf(entry.low, entry.high);
        index = tableIndex(page, level - 1);
        continue;
      }
      if (verdict !== 'leaf') return guestFault(page, pageOffset);
      const missing = usageBits(access) & ~entry.low;
      if (missing !== 0) {
        if (!this.#protection.allows(hostPageOf(entryAddress), 'write', 1)) return { kind: 'access' };
        if (request.effects === 'update') this.#memory.writeHalf(entryAddress, entry.low | missing);
      }
      return leafPage(entry.low, entry.high, level, page) as HostPage;
    }
  }

  /** Page tables lie in RAM; elsewhere, or where PMP forbids, there is no entry (an access fault). */
  #readEntry(address: number): Entry | undefined {
    if (!this.#memory.isRam(address, 8)) return undefined;
    const page = hostPageOf(address);
    if (!this.#protection.allows(page, 'read', 1)) return undefined;
    this.tables[this.tableCount++] = page;
    return { low: this.#memory.readHalf(address), high: this.#memory.readHalf(address + 4) };
  }
}

interface Entry {
  readonly low: number;
  readonly high: number;
}

/**
 * Five levels, the address of each entry translated by five more, that of the leaf once more where its A or D bit is
 * set, and then that of the access.
 */
export const mostTables = 5 * (5 + 1) + 5 + 5;

/** Sv39: bits 63 to 39 of the address equal bit 38; of the page number, 51 to 27 bit 26. The others likewise. */
function isCanonical(page: VirtualPage, { pages }: Stage): boolean {
  return page < pages / 2 || page >= 2 ** 52 - pages / 2;
}

function guestFault(page: GuestPage, offset: number): WalkFault {
  return { kind: 'guest-page', guestPhysical: guestAddress(page, offset) };
}

function hostPageOf(address: number): HostPage {
  return Math.floor(address / pageBytes) as HostPage;
}

function guestAddress(page: number, offset: number): GuestPhysicalAddress {
  return gpa(addressInPage(page, BigInt(offset)));
}

function wide(entry: Entry | undefined): bigint {
  return entry === undefined ? 0n : (BigInt(entry.high) << 32n) | BigInt(entry.low);
}
