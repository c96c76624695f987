import type { MachineMemory } from '../memory.ts';
import type { HartPlace } from './exit-code.ts';
import { engineWord } from './layout.ts';
import type { CodeWriter, Local } from './wasm/code-writer.ts';

/** Its locals, the parameters first. */
export type RefillLocals = Record<
  | 'context'
  | 'exit'
  | 'budget'
  /** 0 to read, 1 to write, 2 to fetch. */
  | 'access'
  | 'size'
  /** The number of the page of RAM; then where the entry is. */
  | 'place'
  | 'filled'
  /** The virtual page, then what it is mapped to. */
  | 'page',
  Local
>;

/** What the function that refills works with. */
export interface RefillFrame extends RefillLocals {
  readonly code: CodeWriter;
  readonly memory: MachineMemory;
  readonly hart: HartPlace;
}

/** Leaves the address of the access that missed. */
export function writeMissAddress(frame: RefillFrame): void {
  frame.code.i32(0);
  frame.code.memory('i64.load', frame.hart.engineOffset + engineWord.missAddress);
}

/** Leaves one of `engineWord`. */
export function loadWord(frame: RefillFrame, word: number): void {
  frame.code.i32(0);
  frame.code.memory('i32.load', frame.hart.engineOffset + word);
}

/** Writes one of `engineWord`. */
export function storeWord(frame: RefillFrame, word: number, value: () => void): void {
  frame.code.i32(0);
  value();
  frame.code.memory('i32.store', frame.hart.engineOffset + word);
}
