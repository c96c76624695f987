import { formatMemoryReference, parseMemoryReference, type MemoryReference } from '../memory-reference.ts';

/** Bytes that can be watched, and what a person calls them. */
export interface WatchedData {
  readonly reference: MemoryReference;
  readonly length: number;
  readonly name: string;
  /** Where they are a part of a function's frame: the watch is about that frame alone. */
  readonly frame?: WatchedFrame;
}

/** The activation of a function: where its frame begins, and the function's first address. */
export interface WatchedFrame {
  readonly cfa: bigint;
  readonly function: bigint;
}

/** The text that travels as DAP `dataId`: `gva:a:0x8…:0x1000/4 counter`, `…/8/0x3fffe0/0x10234 total`. */
export function formatDataId({ reference, length, name, frame }: WatchedData): string {
  const of = frame === undefined ? '' : `/0x${frame.cfa.toString(16)}/0x${frame.function.toString(16)}`;
  return `${formatMemoryReference(reference)}/${length}${of} ${name}`;
}

/** What a text names that `formatDataId` wrote; nothing where it is no such text. */
export function parseDataId(text: string): WatchedData | undefined {
  const parts = /^([^/ ]+)\/([0-9]{1,15})(?:\/(0x[0-9a-f]{1,16})\/(0x[0-9a-f]{1,16}))? (.*)$/s.exec(text);
  if (parts === null) return undefined;
  const [, referenceText = '', length, cfa, low, name = ''] = parts;
  const reference = parseMemoryReference(referenceText);
  if (reference === undefined) return undefined;
  const frame = cfa === undefined ? undefined : { cfa: BigInt(cfa), function: BigInt(low ?? 0) };
  return { reference, length: Number(length), name, ...(frame && { frame }) };
}
