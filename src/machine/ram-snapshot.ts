/** RAM at one moment: the blocks that are not all zero, by number. Snapshots share blocks that are the same in both. */
export type RamSnapshot = ReadonlyMap<number, Uint8Array>;

/** Smaller ones would be shared more often, but each costs some hundred bytes to keep. */
const blockBytes = 0x4000;

/** Copies RAM, whose start is aligned to eight bytes, but for the blocks that are as they were in a `former` snapshot. */
export function saveRam(ram: Uint8Array, former: RamSnapshot | undefined): RamSnapshot {
  const blocks = new Map<number, Uint8Array>();
  for (let start = 0; start < ram.length; start += blockBytes) {
    const block = ram.subarray(start, start + blockBytes);
    if (isZero(block)) continue;
    const known = former?.get(start / blockBytes);
    blocks.set(start / blockBytes, known !== undefined && equal(block, known) ? known : block.slice());
  }
  return blocks;
}

/** How many bytes these snapshots take together. */
export function snapshotBytes(snapshots: readonly RamSnapshot[]): number {
  const blocks = new Set(snapshots.flatMap((snapshot) => [...snapshot.values()]));
  return blocks.size * blockBytes;
}

/** The inverse of `saveRam`. Tells which stretches changed. */
export function restoreRam(
  ram: Uint8Array,
  snapshot: RamSnapshot,
  changed: (offset: number, length: number) => void,
): void {
  for (let start = 0; start < ram.length; start += blockBytes) {
    const block = ram.subarray(start, start + blockBytes);
    const saved = snapshot.get(start / blockBytes);
    if (saved === undefined ? isZero(block) : equal(block, saved)) continue;
    if (saved) block.set(saved);
    else block.fill(0);
    changed(start, block.length);
  }
}

/** All of RAM is looked at whenever time goes back, so eight words at a time; blocks are multiples of that. */
function isZero(block: Uint8Array): boolean {
  const w = wordsOf(block);
  for (let at = 0; at < w.length; at += 8) {
    const low = word(w, at) | word(w, at + 1) | word(w, at + 2) | word(w, at + 3);
    const high = word(w, at + 4) | word(w, at + 5) | word(w, at + 6) | word(w, at + 7);
    if ((low | high) !== 0) return false;
  }
  return true;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  for (let at = 0; at < a.length; at += 4) {
    const low = (word(a, at) ^ word(b, at)) | (word(a, at + 1) ^ word(b, at + 1));
    const high = (word(a, at + 2) ^ word(b, at + 2)) | (word(a, at + 3) ^ word(b, at + 3));
    if ((low | high) !== 0) return false;
  }
  return true;
}

function wordsOf(block: Uint8Array): Int32Array {
  return new Int32Array(block.buffer, block.byteOffset, block.length / 4);
}

function word(words: Int32Array, index: number): number {
  return words[index] as number;
}
