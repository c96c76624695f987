import type { WasmMemory } from '../common/web-assembly.ts';

/**
 * Where things lie in the one WebAssembly memory that a machine's harts and its RAM share. RAM comes last, so
 * that its size alone decides the size of the memory.
 */
export interface MachineMemory {
  readonly wasm: WasmMemory;
  /** Where each hart's state (`HartState`) and its engine's own data begin; the latter is `engineBytesPerHart` long. */
  readonly harts: readonly {
    readonly stateOffset: number;
    readonly engineOffset: number;
    /** For each page of RAM a byte: whether the hart's TLBs for writes may lead there. */
    readonly writableOffset: number;
  }[];
  /** Where the pool of predecoded code begins, and for how many pages it has room. */
  readonly predecodedOffset: number;
  readonly predecodedPages: number;
  /** Where the entry tables of translated functions begin; `mostFunctions` times `entryTableBytes` long. */
  readonly entryTablesOffset: number;
  /** What is known of each page of RAM, for the refill of TLBs in wasm to look at. */
  readonly pages: PageBytes;
  /** Offset of the guest's RAM in the wasm memory; a multiple of 64 KiB. */
  readonly ramOffset: number;
  /** Host-physical address of the first byte of RAM. */
  readonly ramBase: number;
  /** Bytes of RAM. */
  readonly ramSize: number;
  /** RAM itself: `ram[0]` is the byte at `ramBase`. */
  readonly ram: Uint8Array;
  readonly ramView: DataView;
}

/** Where arrays with one element for each page of RAM begin; in the order of the pages. */
export interface PageBytes {
  /** Unsigned 16-bit numbers: the place of the page in the pool of predecoded code plus one, or 0. */
  readonly codePlaces: number;
  /** Bytes: how many translation contexts depend on a page table in the page. */
  readonly tableUses: number;
  /** Bytes: what of `pageWait` applies to the page. */
  readonly waitedFor: number;
  /** Bytes, for each place in the pool in place of each page: 1 where its page was asked for of late. */
  readonly placesInUse: number;
}

/** Why accesses of a page have to be seen; where nothing applies, they need not be. */
export const pageWait = {
  /** Somebody waits for stores. */
  stores: 1,
  /** A byte is watched: for writes, which AMOs are that read. */
  watchedWrites: 2,
  watchedReads: 4,
} as const;
