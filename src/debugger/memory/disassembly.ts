import { disassemble as disassembleInstruction, disassembleData } from '../../isa/disassemble.ts';
import type { DisassemblyRow } from '../debugger.ts';
import type { MemoryReference } from '../memory-reference.ts';
import type { SourceLocation } from '../source.ts';
import type { Target } from '../target/target.ts';
import { CodeLookup, type CodePlace } from './code-lookup.ts';
import { CodeUnits, type CodeUnit, type ReadCode } from './code-units.ts';
import { spaceRegime } from './space-regime.ts';

/** Rows farther away than this are found by counting bytes: nobody scrolls there step by step. */
const mostOffset = 20_000;

/**
 * Exactly `count` rows, from `instructionOffset` instructions before or after the address. Rows follow each other
 * without a gap; memory that cannot be read has rows too, which are not valid.
 */
export function disassemble(
  target: Target,
  reference: MemoryReference,
  offset: bigint,
  instructionOffset: number,
  count: number,
): readonly DisassemblyRow[] {
  const lookup = new CodeLookup(target, reference);
  const regime = spaceRegime(target, reference);
  const read = byPage((address, length) => target.read(address, length, regime));
  const units = new CodeUnits(read, (address) => knownStart(lookup.at(address), address));
  const near = Math.max(-mostOffset, Math.min(mostOffset, instructionOffset));
  const far = 4n * BigInt(instructionOffset - near);
  const start = BigInt.asUintN(64, reference.address + offset + far) & ~1n;
  return unitsAround(units, start, near, count).map((unit) => rowOf(unit, lookup));
}

function unitsAround(units: CodeUnits, start: bigint, offset: number, count: number): readonly CodeUnit[] {
  if (offset >= 0) return units.from(start, offset + count).slice(offset);
  const before = units.before(start, -offset).slice(0, count);
  return [...before, ...units.from(start, count - before.length)];
}

/** The line's first instruction; in code without lines the function's. */
function knownStart(place: CodePlace | undefined, address: bigint): bigint | undefined {
  if (place === undefined) return undefined;
  const { image, linked } = place;
  const start = image.symbols.lineAt(linked)?.start ?? image.symbols.functionAt(linked)?.low;
  return start === undefined ? undefined : address - (linked - start);
}

function rowOf(unit: CodeUnit, lookup: CodeLookup): DisassemblyRow {
  const { address, bytes } = unit;
  const place = lookup.at(address);
  return {
    address,
    bytes,
    text: textOf(unit, lookup),
    symbol: place && symbolText(place),
    location: place && locationOf(place),
    valid: bytes.length > 0,
  };
}

function textOf({ address, bytes, decoded }: CodeUnit, lookup: CodeLookup): string {
  if (bytes.length === 0) return 'not readable';
  if (decoded === undefined) {
    const word = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
    return disassembleData(word, bytes.length === 2 ? 2 : 4);
  }
  const symbolAt = (at: bigint): string | undefined => {
    const place = lookup.at(at);
    return place && symbolText(place);
  };
  return disassembleInstruction(decoded, { pc: address, symbolAt });
}

/** `main`, or `main+0x1c`. */
function symbolText({ image, linked }: CodePlace): string | undefined {
  const found = image.symbols.symbolAt(linked);
  if (found === undefined) return undefined;
  return found.offset === 0n ? found.symbol.name : `${found.symbol.name}+0x${found.offset.toString(16)}`;
}

function locationOf({ image, linked }: CodePlace): SourceLocation | undefined {
  const found = image.symbols.lineAt(linked);
  return found && { source: { kind: 'file', path: found.file }, line: found.line, column: found.column };
}

/** Reads each page once, and instructions from the copies. */
function byPage(read: ReadCode): ReadCode {
  const pages = new Map<bigint, Uint8Array>();
  const page = (number: bigint): Uint8Array => {
    const known = pages.get(number) ?? read(number << 12n, 4096);
    pages.set(number, known);
    return known;
  };
  return (address, length) => {
    const offset = Number(BigInt.asUintN(12, address));
    const bytes = page(address >> 12n).subarray(offset, offset + length);
    if (offset + length <= 4096 || bytes.length < 4096 - offset) return bytes;
    const rest = page(BigInt.asUintN(52, (address >> 12n) + 1n)).subarray(0, length - bytes.length);
    return Uint8Array.of(...bytes, ...rest);
  };
}
