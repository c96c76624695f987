import type { TextPage } from '../../symbols/text-pages.ts';
import type { StratumImage } from './image-set.ts';

/** Reads memory of the space in question, into a buffer of its own; fewer bytes than asked where it is not mapped. */
export type ReadSpace = (address: bigint, length: number) => Uint8Array;

/**
 * Tells from outside, with no help from the guest's kernel, which program runs in a space: the one whose code is
 * mapped there. Only what is mapped has to agree, as a kernel may load pages when they are first used.
 */
export class Recognition {
  readonly #pages = new Map<StratumImage, readonly TextPage[]>();
  /** What was found last in each space, and at which step. */
  readonly #found = new Map<string, { readonly image: StratumImage; readonly step: number }>();

  /**
   * The image whose code is at `address` in the space, of those that could be. What was found in the space a moment
   * ago is still there, if its page at the address is: a kernel takes longer than that to put another in its place.
   */
  imageAt(
    address: bigint,
    candidates: readonly StratumImage[],
    readSpace: ReadSpace,
    { space, step }: { readonly space: string; readonly step: number },
  ): StratumImage | undefined {
    const known = this.#found.get(space);
    const isRecent = known !== undefined && Math.abs(step - known.step) < moment;
    if (isRecent && candidates.includes(known.image) && this.#isHere(known.image, address, readSpace))
      return known.image;
    const image = candidates.find((each) => this.#isMapped(each, address, readSpace));
    if (image === undefined) return undefined;
    if (this.#found.size >= mostSpaces) this.#found.clear();
    this.#found.set(space, { image, step });
    return image;
  }

  /** The image that a space as a whole holds, wherever in it code now runs. */
  imageOf(candidates: readonly StratumImage[], readSpace: ReadSpace): StratumImage | undefined {
    return candidates.find((image) =>
      this.#pagesOf(image).some((page) => this.#isMapped(image, page.virtualAddress, readSpace)),
    );
  }

  #isHere(image: StratumImage, address: bigint, readSpace: ReadSpace): boolean {
    const here = this.#pagesOf(image).find((page) => isWithin(page, address));
    return here !== undefined && compare(here, readSpace) === 'same';
  }

  /** Is the page at `address` mapped and this image's, and no other page of its code another's? */
  #isMapped(image: StratumImage, address: bigint, readSpace: ReadSpace): boolean {
    const pages = this.#pagesOf(image);
    const here = pages.find((page) => isWithin(page, address));
    if (here === undefined || compare(here, readSpace) !== 'same') return false;
    return pages.every((page) => page === here || compare(page, readSpace) !== 'different');
  }

  #pagesOf(image: StratumImage): readonly TextPage[] {
    const known = this.#pages.get(image);
    if (known !== undefined) return known;
    // Copies, so that they can be compared word by word.
    const pages = [...image.symbols.textPages()].map((page) => ({ ...page, bytes: page.bytes.slice() }));
    this.#pages.set(image, pages);
    return pages;
  }
}

/** Steps in which no kernel ends a process and loads another: it has to clear and to copy pages for that. */
const moment = 500;
/** Spaces come and go; nothing is lost but time if what was found in them is forgotten. */
const mostSpaces = 64;

function isWithin(page: TextPage, address: bigint): boolean {
  return address >= page.virtualAddress && address < page.virtualAddress + BigInt(page.bytes.length);
}

function compare(page: TextPage, readSpace: ReadSpace): 'same' | 'different' | 'unmapped' {
  const found = readSpace(page.virtualAddress, page.bytes.length);
  if (found.length < page.bytes.length) return 'unmapped';
  return areSame(found, page.bytes) ? 'same' : 'different';
}

/** This is asked for every page of a program at each stop that could be one. */
function areSame(left: Uint8Array, right: Uint8Array): boolean {
  const words = left.length >>> 2;
  const leftWords = new Uint32Array(left.buffer, left.byteOffset, words);
  const rightWords = new Uint32Array(right.buffer, right.byteOffset, words);
  for (let index = 0; index < words; index++) if (leftWords[index] !== rightWords[index]) return false;
  for (let index = 4 * words; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
