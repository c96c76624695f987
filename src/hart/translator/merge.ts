import { pageBytes } from '../../common/page.ts';
import { tlbEntries } from '../engine/layout.ts';
import type { PagePair } from './page-changes.ts';

/** A page of RAM that is part of a region, and where it begins in virtual memory, from the region's first page on. */
export interface PlacedPage {
  readonly page: number;
  readonly offset: number;
}

/**
 * The pages of two regions in one, where control goes between two pages of theirs. `undefined` if that cannot be: they
 * are mapped in different ways, or lie too far apart, or are too many, or have the same place in a TLB.
 */
export function mergePages(
  left: readonly PlacedPage[],
  right: readonly PlacedPage[],
  pair: PagePair,
): readonly PlacedPage[] | undefined {
  const first = [...left, ...right].find(({ page }) => page === pair.first);
  const second = [...left, ...right].find(({ page }) => page === pair.second);
  if (first === undefined || second === undefined) return undefined;
  const firstIsLeft = left.includes(first);
  if (firstIsLeft === left.includes(second)) return undefined;
  const toSecond = pair.distance * pageBytes;
  const shift = firstIsLeft
    ? first.offset + toSecond - second.offset
    : second.offset - toSecond - first.offset;
  const moved = right.map(({ page, offset }) => ({ page, offset: offset + shift }));
  const start = Math.min(...[...left, ...moved].map(({ offset }) => offset));
  const pages = [...left, ...moved].map(({ page, offset }) => ({ page, offset: offset - start }));
  const places = new Set(pages.map(({ offset }) => (offset / pageBytes) % tlbEntries));
  const isPossible =
    pages.length <= mostPages &&
    places.size === pages.length &&
    new Set(pages.map(({ page }) => page)).size === pages.length &&
    pages.every(({ offset }) => offset < longestSpan);
  return isPossible ? pages.toSorted((one, other) => one.offset - other.offset) : undefined;
}

/** Each is looked at when the region is entered. */
const mostPages = 8;
/** An offset has to fit a signed number of 32 bits. */
const longestSpan = 2 ** 30;
