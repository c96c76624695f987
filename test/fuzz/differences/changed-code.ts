import { decode } from '../../../src/isa/decode.ts';
import { offsets, type FuzzCase, type Slot } from '../case.ts';
import { windowTable } from '../generate/tables.ts';
import { pageBytes } from '../../../src/common/page.ts';

/**
 * Whether a store before an instruction goes to that instruction's bytes, with one of the values that its base
 * register is known to have had.
 */
export function isOverwritten(
  fuzzCase: FuzzCase,
  instruction: Slot,
  baseValues: (register: number) => readonly bigint[],
): boolean {
  const { slots, limit = slots.length } = fuzzCase;
  const index = slots[limit - 1] === instruction ? limit - 1 : slots.indexOf(instruction);
  const start = fuzzCase.codePhysical + (offsets(slots)[index] ?? 0);
  return slots.slice(0, Math.max(index, 0)).some(({ word }) => {
    const store = storeOf(word);
    return (
      store !== undefined &&
      baseValues(store.base).some((base) => {
        const first = BigInt.asUintN(64, base + store.offset);
        return Array.from({ length: store.bytes }, (_, byte) => first + BigInt(byte)).some((address) =>
          Array.from({ length: instruction.length }, (_, byte) => start + byte).some((code) =>
            mayReach(fuzzCase, address, code),
          ),
        );
      })
    );
  });
}

const widths: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, d: 8 };

/** What a store writes, if the instruction is one. */
function storeOf(
  word: number,
): { readonly base: number; readonly offset: bigint; readonly bytes: number } | undefined {
  const decoded = decode(word);
  const width = /^(?:f?s|sc\.|amo\w+\.|hsv\.)([bhwd])(?:\.|$)/.exec(decoded?.instruction.mnemonic ?? '')?.[1];
  if (decoded === undefined || width === undefined) return undefined;
  return { base: decoded.rs1, offset: BigInt(decoded.imm), bytes: widths[width] ?? 0 };
}

const largePageBytes = 2n << 20n;

/** By the arena itself, by the large pages, which keep its offsets, or by a small page that the case put there. */
function mayReach({ pokes }: FuzzCase, address: bigint, code: number): boolean {
  const offset = largePageBytes - 1n;
  if ((address & offset) === (BigInt(code) & offset)) return true;
  const page = BigInt(pageBytes);
  if (address % page !== BigInt(code) % page) return false;
  const index = Number((address / page) % 512n);
  return (['S', 'VS', 'G'] as const).some((stage) =>
    pokes.some(
      ([place, entry]) =>
        place === windowTable(stage) + 8 * index && pageOf(entry, BigInt(index)) === BigInt(code) / page,
    ),
  );
}

/** Svnapot: with N an entry is one of 64 KiB, and the address tells which page of them. */
function pageOf(entry: bigint, index: bigint): bigint {
  const page = (entry >> 10n) & 0xfff_ffff_ffffn;
  return entry >> 63n === 1n ? (page & ~15n) | (index & 15n) : page;
}
