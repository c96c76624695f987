import type { WasmMemory } from '../common/web-assembly.ts';

/**
 * Where things lie in the one WebAssembly memory that a machine's harts and its RAM share. RAM comes last, so
 * that its size alone decides the size of the memory.
 */
export interface MachineMemory {
  readonly wasm: WasmMemory;
  /** Where each hart's state (`HartState`) and its engine's own data begin; the latter is `engineBytesPerHart` long. */
  readonly harts: readonly { readonly stateOffset: number; readonly engineOffset: number }[];
  /** Where the pool of predecoded code begins; `predecodedBytes` long. */
  readonly predecodedOffset: number;
  /** Where the entry tables of translated functions begin; `mostFunctions` times `entryTableBytes` long. */
  readonly entryTablesOffset: number;
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
