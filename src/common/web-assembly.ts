/**
 * The part of the WebAssembly JavaScript interface that the engine uses. TypeScript declares it with the DOM
 * only, which the core must not see.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
/** Compiled code, which any number of instances share. */
export type WasmModule = object;
/** An exported function: an i64 is a bigint, every other value a number. */
export type WasmFunction = (...arguments_: (number | bigint)[]) => number | bigint | undefined;
/** A module with what it imports. */
export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}
/** Functions by number, for calls of what is made later. */
export interface WasmTable {
  readonly length: number;
  get(index: number): WasmFunction | null;
  set(index: number, value: WasmFunction | null): void;
  grow(by: number): number;
}

/** The `WebAssembly` object of the host, as far as it is used here. */
export const wasm = (
  globalThis as unknown as {
    readonly WebAssembly: {
      readonly Memory: new (descriptor: { initial: number; maximum?: number }) => WasmMemory;
      readonly Table: new (descriptor: {
        element: 'anyfunc';
        initial: number;
        maximum?: number;
      }) => WasmTable;
      readonly Module: new (bytes: Uint8Array) => WasmModule;
      readonly Instance: new (
        module: WasmModule,
        imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
      ) => WasmInstance;
      validate(bytes: Uint8Array): boolean;
    };
  }
).WebAssembly;
