import type { MemoryHash } from '../hart/engine/memory-hash.ts';
import type { LoadedRun } from '../hart/loaded-bytes.ts';
import type { MachineMemory } from '../hart/memory.ts';
import { pack, unpack } from './packing.ts';

/** RAM at one moment: the blocks that are not all zero, by number. Snapshots share blocks that are the same in both. */
export type RamSnapshot = ReadonlyMap<number, SavedBlock>;

interface SavedBlock {
  /** Blocks with the same one are taken for the same (ADR 14). */
  readonly hash: bigint;
  /** Packed, or a file's own. */
  readonly bytes: Uint8Array;
  readonly isOfFile: boolean;
}

/** Smaller ones would be shared more often, but are packed worse, and each costs some hundred bytes to keep. */
const blockBytes = 0x4000;

/** RAM, the files that were loaded into it, and a hash of the memory that it is in. */
export interface HashedRam {
  readonly memory: MachineMemory;
  readonly loaded: readonly LoadedRun[];
  readonly hash: MemoryHash;
}

/** Keeps what RAM, whose start is aligned to eight bytes, holds: what a `former` snapshot or a file has is not copied. */
export function saveRam(ram: HashedRam, former: RamSnapshot | undefined): RamSnapshot {
  const files = former ? undefined : fileBlocks(ram.loaded, ram.memory.ramBase);
  const saved = new Map<number, SavedBlock>();
  forEachBlock(ram, (number, block, hashed) => {
    if (isZero(block)) return;
    const hash = hashed();
    const known = former?.get(number);
    saved.set(number, known?.hash === hash ? known : saveBlock(block, hash, files?.get(number)));
  });
  return saved;
}

function saveBlock(block: Uint8Array, hash: bigint, file: Uint8Array | undefined): SavedBlock {
  const isOfFile = file !== undefined && isEqual(block, file);
  return { hash, bytes: isOfFile ? file : pack(block), isOfFile };
}

/** The inverse of `saveRam`. Tells which stretches changed. */
export function restoreRam(
  ram: HashedRam,
  snapshot: RamSnapshot,
  changed: (offset: number, length: number) => void,
): void {
  forEachBlock(ram, (number, block, hashed) => {
    const saved = snapshot.get(number);
    if (saved === undefined ? isZero(block) : saved.hash === hashed()) return;
    if (saved) unpack(saved.bytes, block);
    else block.fill(0);
    changed(number * blockBytes, block.length);
  });
}

/** How many bytes these snapshots take together, files apart. */
export function snapshotBytes(snapshots: readonly RamSnapshot[]): number {
  let sum = 0;
  for (const { bytes, isOfFile } of new Set(snapshots.flatMap((snapshot) => [...snapshot.values()])))
    if (!isOfFile) sum += bytes.length;
  return sum;
}

function forEachBlock(
  { memory, hash }: HashedRam,
  visit: (number: number, block: Uint8Array, hashed: () => bigint) => void,
): void {
  const { ram, ramOffset } = memory;
  for (let start = 0; start < ram.length; start += blockBytes) {
    const block = ram.subarray(start, start + blockBytes);
    visit(start / blockBytes, block, () => hash.hash(ramOffset + start, block.length));
  }
}

/** The blocks that RAM has, by number, where it holds these files. */
function fileBlocks(files: readonly LoadedRun[], ramBase: number): ReadonlyMap<number, Uint8Array> {
  const blocks = new Map<number, Uint8Array>();
  for (const { address, bytes } of files) {
    const first = Math.ceil((address - ramBase) / blockBytes);
    const start = ramBase + first * blockBytes - address;
    if ((bytes.byteOffset + start) % Int32Array.BYTES_PER_ELEMENT !== 0) continue;
    for (let at = start, number = first; at + blockBytes <= bytes.length; at += blockBytes, number++)
      blocks.set(number, bytes.subarray(at, at + blockBytes));
  }
  return blocks;
}

/** All of RAM is looked at, so eight words at a time; blocks are multiples of that. */
function isZero(block: Uint8Array): boolean {
  const w = wordsOf(block);
  for (let at = 0; at < w.length; at += 8) {
    const low = word(w, at) | word(w, at + 1) | word(w, at + 2) | word(w, at + 3);
    const high = word(w, at + 4) | word(w, at + 5) | word(w, at + 6) | word(w, at + 7);
    if ((low | high) !== 0) return false;
  }
  return true;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function wordsOf(block: Uint8Array): Int32Array {
  return new Int32Array(block.buffer, block.byteOffset, block.length / 4);
}

function word(words: Int32Array, index: number): number {
  return words[index] as number;
}
