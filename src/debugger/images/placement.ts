import type { TranslationRegime } from '../../hart/translation/regime.ts';
import { placedBy, type StratumImage } from './image-set.ts';

/** The guest-physical address that a virtual one leads to; undefined where it is not mapped, or not to RAM. */
export type TranslateToPhysical = (address: bigint, regime: TranslationRegime) => bigint | undefined;

/** A stretch of an image, by physical address and as linked. */
interface Stretch {
  readonly physical: bigint;
  readonly linked: bigint;
  readonly size: bigint;
}

/**
 * Where an image runs. A loader's place for it is known, and is physical; so an address that the page tables lead
 * there is the image's, whatever the kernel has chosen for itself (KASLR), before its tables are on and afterwards.
 */
export class Placement {
  readonly #physicalOf: TranslateToPhysical;
  readonly #stretches = new Map<StratumImage, readonly Stretch[]>();
  readonly #placed = new Map<StratumImage, Map<bigint, StratumImage>>();

  constructor(physicalOf: TranslateToPhysical) {
    this.#physicalOf = physicalOf;
  }

  /** The image as it lies where `address` is in it; undefined where the address leads elsewhere. */
  at(image: StratumImage, address: bigint, regime: TranslationRegime): StratumImage | undefined {
    if (this.#stretchesOf(image).length === 0) return undefined;
    const physical = this.#physicalOf(address, regime);
    const linked = physical === undefined ? undefined : this.linkedOf(image, physical);
    return linked === undefined ? undefined : this.#by(image, BigInt.asUintN(64, address - linked));
  }

  /** What of an image is loaded at a physical address of the guest. */
  linkedOf(image: StratumImage, physical: bigint): bigint | undefined {
    const home = this.#stretchesOf(image).find(
      (one) => physical >= one.physical && physical < one.physical + one.size,
    );
    return home && physical - home.physical + home.linked;
  }

  /** The physical address of the guest at which something of an image is loaded. */
  physicalOf(image: StratumImage, linked: bigint): bigint | undefined {
    const home = this.#stretchesOf(image).find(
      (one) => linked >= one.linked && linked < one.linked + one.size,
    );
    return home && linked - home.linked + home.physical;
  }

  #by(image: StratumImage, slide: bigint): StratumImage {
    const known = this.#placed.get(image) ?? new Map<bigint, StratumImage>();
    this.#placed.set(image, known);
    const placed = known.get(slide) ?? placedBy(image, slide);
    known.set(slide, placed);
    return placed;
  }

  #stretchesOf(image: StratumImage): readonly Stretch[] {
    const known = this.#stretches.get(image);
    if (known !== undefined) return known;
    const segments = image.symbols.elf.loadableSegments();
    const lowest = segments.reduce<bigint | undefined>(
      (low, { physicalAddress: at }) => (low === undefined || at < low ? at : low),
      undefined,
    );
    const moved = (image.loadedAt ?? lowest ?? 0n) - (lowest ?? 0n);
    const found = segments.map(({ physicalAddress, virtualAddress, memorySize }) => ({
      physical: physicalAddress + moved,
      linked: virtualAddress,
      size: BigInt(memorySize),
    }));
    this.#stretches.set(image, found);
    return found;
  }
}
