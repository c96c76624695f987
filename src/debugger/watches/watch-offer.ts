import { sizeOf, underlying, type Type } from '../../symbols/types.ts';
import { lookupAddress } from '../../symbols/unwind.ts';
import { integerIn } from '../expressions/contents.ts';
import { inMemory } from '../expressions/places.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import type { TypedValue, Value } from '../expressions/value.ts';
import { parseMemoryReference, type MemoryReference } from '../memory-reference.ts';
import { formatDataId, type WatchedFrame } from './data-id.ts';

/** How a data breakpoint is asked for something, or why it cannot have one. */
export type WatchOffer =
  | {
      readonly ok: true;
      /** Names it in requests. */
      readonly dataId: string;
      /** For people. */
      readonly description: string;
      /** Does the text name the same bytes in another session? */
      readonly isLasting: boolean;
    }
  | { readonly ok: false; readonly message: string };

/** How much of what is to be watched. */
export interface WatchRequest {
  /** All that it has where this is missing. */
  readonly bytes?: number;
  /** The text is the address of the first byte, not what is to be watched itself. */
  readonly isAddress?: true;
}

/** What a value offers: the bytes where it lies, or so many from there on. Hits call them `watchedAs`. */
export function offerOf(
  value: Value,
  name: string,
  surroundings: Surroundings,
  bytes?: number,
  watchedAs = name,
): WatchOffer {
  if (value.kind !== 'typed') return refused(`${name} does not lie in memory: it is nothing that is stored`);
  const { memory } = value.place;
  if (memory === undefined)
    return refused(
      value.place.write === undefined
        ? `${name} is computed: it does not lie in memory`
        : `${name} lives in a register, and cannot be watched: break where it is used, or at an exit`,
    );
  if (underlying(value.type).kind === 'function')
    return refused(`${name} is code: set a breakpoint there in place of a watch`);
  const { start, length } = bytesOf(value, bytes);
  if (length === undefined)
    return refused(`the size of ${name} is not known: say how many bytes, or what it is: *(int *)&${name}`);
  const address = BigInt.asUintN(64, memory.address + BigInt(start));
  const reference = parseMemoryReference(memory.space.reference(address));
  if (reference === undefined) return refused(`${name} is in no space that can be named`);
  const frame = frameOf(address, surroundings);
  return {
    ok: true,
    dataId: formatDataId({ reference, length, name: watchedAs, ...(frame && { frame }) }),
    description: `${name} (${sizeText(length)} at 0x${address.toString(16)})`,
    isLasting: frame === undefined && isLasting(reference),
  };
}

/** What an address offers: a text that names a space, or the number that an expression comes to. */
export function offerAt(
  text: string,
  evaluate: () => Value,
  surroundings: Surroundings,
  bytes: number | undefined,
): WatchOffer {
  const named = parseMemoryReference(text.trim());
  if (named !== undefined && named.space !== 'current') {
    const length = bytes ?? wordBytes;
    const dataId = formatDataId({ reference: named, length, name: text.trim() });
    return {
      ok: true,
      dataId,
      description: `${sizeText(length)} at ${text.trim()}`,
      isLasting: isLasting(named),
    };
  }
  const value = evaluate();
  const space = (value.kind === 'typed' ? value.space : undefined) ?? surroundings.virtual;
  const address = BigInt.asUintN(64, integerIn(value));
  const type = value.kind === 'typed' ? underlying(value.type) : undefined;
  const target = type?.kind === 'pointer' ? type.target : undefined;
  const length = bytes ?? (target && sizeOf(target)) ?? wordBytes;
  const shape: Type = target !== undefined && sizeOf(target) === length ? target : unknownType;
  const name = text.trim();
  // What it comes to may be something else when it is hit: a register, a pointer.
  const watchedAs = /^[0-9]/.test(name) ? name : `${name} (0x${address.toString(16)})`;
  const place = inMemory(space, address);
  return offerOf({ kind: 'typed', type: shape, place }, name, surroundings, length, watchedAs);
}

/** What is watched where nobody says how much. */
const wordBytes = 8;
const unknownType: Type = { kind: 'unknown', name: 'bytes' };

/** Physical memory has no other place in another session. */
function isLasting({ space }: MemoryReference): boolean {
  return space === 'hpa' || space === 'gpa';
}

/** Of bits, the bytes that hold them. */
function bytesOf(
  { bits, type }: TypedValue,
  asked: number | undefined,
): { readonly start: number; readonly length: number | undefined } {
  if (bits === undefined || asked !== undefined) return { start: 0, length: asked ?? sizeOf(type) };
  const start = Math.floor(bits.bitOffset / 8);
  return { start, length: Math.ceil((bits.bitOffset + bits.bitSize) / 8) - start };
}

/** The frame that an address is in, between its stack pointer and its caller's. */
function frameOf(address: bigint, { activation }: Surroundings): WatchedFrame | undefined {
  const stackPointer = activation?.registers.x[2];
  if (activation?.cfa === undefined || stackPointer === undefined) return undefined;
  if (address < stackPointer || address >= activation.cfa) return undefined;
  const found = activation.image?.symbols.functionAt(lookupAddress(activation.registers));
  return { cfa: activation.cfa, function: found?.low ?? 0n };
}

function sizeText(bytes: number): string {
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

function refused(message: string): WatchOffer {
  return { ok: false, message };
}
