/**
 * What a disk holds before anybody writes to it. It stays the same while a machine exists: what is written stays in
 * the machine, and its history depends on nothing else.
 */
export interface BlockStorage {
  readonly size: number;
  /** Bytes from `offset` on; `offset + length` is at most `size`. */
  read(offset: number, length: number): Uint8Array;
}

/** A disk in memory. */
export function memoryStorage(bytes: Uint8Array): BlockStorage {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
