/** RAM at one moment: the blocks that are not all zero, by number. */
export type RamSnapshot = ReadonlyMap<number, Uint8Array>;

const blockBytes = 0x1_0000;

/** Copies RAM, whose start is aligned to eight bytes. */
export function saveRam(ram: Uint8Array): RamSnapshot {
  const blocks = new Map<number, Uint8Array>();
  for (let start = 0; start < ram.length; start += blockBytes) {
    const block = ram.subarray(start, start + blockBytes);
    if (!isZero(block)) blocks.set(start / blockBytes, block.slice());
  }
  return blocks;
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

function isZero(block: Uint8Array): boolean {
  const words = new Int32Array(block.buffer, block.byteOffset, block.length / 4);
  for (let index = 0; index < words.length; index++) {
    if (words[index] !== 0) return false;
  }
  return true;
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  const leftWords = new Int32Array(left.buffer, left.byteOffset, left.length / 4);
  const rightWords = new Int32Array(right.buffer, right.byteOffset, right.length / 4);
  for (let index = 0; index < leftWords.length; index++) {
    if (leftWords[index] !== rightWords[index]) return false;
  }
  return true;
}
