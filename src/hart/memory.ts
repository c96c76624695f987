import type { WasmMemory } from '../common/web-assembly.ts';

/**
 * Where things lie in the one WebAssembly memory that a machine's harts and its RAM share. RAM comes last, so
 * that its size alone decides the size of the memory.
 */
export interface MachineMemory {
  readonly wasm: WasmMemory;
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
