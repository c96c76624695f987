import { assert } from '../common/errors.ts';
import { wasm } from '../common/web-assembly.ts';
import { pageBytes } from '../common/page.ts';
import { pageRecordsBytes } from './engine/layout.ts';
import type { MachineMemory, PageBytes } from './memory.ts';
import { hartStateBytes } from './state-layout.ts';

const wasmPage = 0x1_0000;

/** Bytes that an engine has for each hart: its TLBs and what else it shares with its wasm code. */
const engineBytesPerHart = 0x10_0000;
/** Bytes of the pool of predecoded code, which all harts share, where nobody says for how many pages it is. */
const usualPoolBytes = 0x200_0000;

const usualPages = Math.floor(usualPoolBytes / pageRecordsBytes);

/** Translated functions that a machine has at most. */
export const mostFunctions = 512;
/** Each has a byte for each place in its page, which tells whether it can be entered there. */
export const entryTableBytes = 0x800;

/**
 * Makes the memory of a machine: [hart states][engine areas, one a hart][predecoded code][entries of translated code][what
 * is known of each page of RAM, and what each hart knows of it][RAM]. All is zero.
 * `ramBase` is a host-physical address, `ramSize` a count of bytes; both are multiples of 4 KiB. For so many pages there
 * is room for predecoded code: the reference evaluator has none.
 */
export function createMachineMemory(options: {
  readonly harts: number;
  readonly ramBase: number;
  readonly ramSize: number;
  readonly predecodedPages?: number;
}): MachineMemory {
  const { harts, ramBase, ramSize, predecodedPages = usualPages } = options;
  assert(
    harts > 0 && ramBase % pageBytes === 0 && ramSize % pageBytes === 0,
    'RAM is made of whole 4 KiB pages',
  );
  const engineStart = alignToWasmPage(harts * hartStateBytes);
  const predecodedOffset = engineStart + harts * engineBytesPerHart;
  const entryTablesOffset = alignToWasmPage(predecodedOffset + predecodedPages * pageRecordsBytes);
  const pagesOffset = entryTablesOffset + mostFunctions * entryTableBytes;
  const ramPages = ramSize / pageBytes;
  const pagesOfRam: PageBytes = {
    codePlaces: pagesOffset,
    tableUses: pagesOffset + 2 * ramPages,
    waitedFor: pagesOffset + 3 * ramPages,
    placesInUse: pagesOffset + 4 * ramPages,
  };
  const writableOffset = pagesOfRam.placesInUse + predecodedPages;
  const ramOffset = alignToWasmPage(writableOffset + harts * ramPages);
  const pages = alignToWasmPage(ramOffset + ramSize) / wasmPage;
  const memory = new wasm.Memory({ initial: pages, maximum: pages });
  return {
    wasm: memory,
    harts: Array.from({ length: harts }, (_, hart) => ({
      stateOffset: hart * hartStateBytes,
      engineOffset: engineStart + hart * engineBytesPerHart,
      writableOffset: writableOffset + hart * ramPages,
    })),
    predecodedOffset,
    predecodedPages,
    entryTablesOffset,
    pages: pagesOfRam,
    ramOffset,
    ramBase,
    ramSize,
    ram: new Uint8Array(memory.buffer, ramOffset, ramSize),
    ramView: new DataView(memory.buffer, ramOffset, ramSize),
  };
}

function alignToWasmPage(bytes: number): number {
  return Math.ceil(bytes / wasmPage) * wasmPage;
}
