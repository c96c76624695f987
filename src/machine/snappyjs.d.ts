// The package brings no types of its own: these are of what is used here.

declare module 'snappyjs/snappy_compressor.js' {
  export class SnappyCompressor {
    constructor(bytes: Uint8Array);
    /** The most bytes that they can take when packed. */
    maxCompressedLength(): number;
    /** Writes them packed to the start of `room`, and returns how many that are. */
    compressToBuffer(room: Uint8Array): number;
  }
}

declare module 'snappyjs/snappy_decompressor.js' {
  export class SnappyDecompressor {
    constructor(packed: Uint8Array);
    /** How many bytes were packed; moves to where they begin. -1 where that cannot be read. */
    readUncompressedLength(): number;
    /** Writes them to `room`. Were they what was packed? */
    uncompressToBuffer(room: Uint8Array): boolean;
  }
}
