/** A copy of a typed array as bytes, for saved state. */
export function bytesOf(table: ArrayBufferView): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength).slice();
}

/** The inverse of `bytesOf`: sets the start of `table` from bytes. */
export function setBytes(table: ArrayBufferView, bytes: Uint8Array): void {
  new Uint8Array(table.buffer, table.byteOffset, table.byteLength).set(bytes);
}
