import type { TranslationRegime } from '../../hart/translation/regime.ts';
import { hpa } from '../../common/address.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { MemoryReference } from '../memory-reference.ts';
import type { Target } from '../target/target.ts';
import { noGuest, spaceRegime } from './space-regime.ts';

/** An address of a space in terms of the image whose code is there. */
export interface CodePlace {
  readonly image: StratumImage;
  /** What the image's symbols are asked with. */
  readonly linked: bigint;
}

/** Tells what code a space holds at an address. Lives as long as one answer: it remembers what it found. */
export class CodeLookup {
  readonly #target: Target;
  readonly #space: MemoryReference;
  readonly #regime: TranslationRegime;
  /** Programs recognised, by page. */
  readonly #programs = new Map<bigint, StratumImage>();

  constructor(target: Target, space: MemoryReference) {
    this.#target = target;
    this.#space = space;
    this.#regime = spaceRegime(target, space);
  }

  at(address: bigint): CodePlace | undefined {
    const { virtual, privilege, satp } = this.#regime;
    if (privilege !== 3 && satp !== 0n) return this.#inVirtual(address, this.#guest);
    return virtual ? this.#inPhysical(address, this.#guest) : this.#inHost(address);
  }

  get #guest(): string | undefined {
    if (this.#space.space === 'current') return this.#target.currentThread.guest?.name;
    return 'guest' in this.#space && this.#space.guest !== noGuest ? this.#space.guest : undefined;
  }

  #inVirtual(address: bigint, guest: string | undefined): CodePlace | undefined {
    const program = this.#programAt(address, guest);
    const image = program ?? this.#target.imageAt(address, 'kernel', guest, this.#regime);
    return image && { image, linked: address };
  }

  #programAt(address: bigint, guest: string | undefined): StratumImage | undefined {
    const page = address >> 12n;
    const known = this.#programs.get(page);
    if (known?.symbols.isCode(address) === true) return known;
    const found = this.#target.imageAt(address, 'process', guest, this.#regime);
    if (found !== undefined) this.#programs.set(page, found);
    return found;
  }

  /** Under a VMM the frames of a guest are where the VMM has put them. */
  #inHost(address: bigint): CodePlace | undefined {
    const { vmm } = this.#target;
    if (vmm === undefined) return this.#inPhysical(address, undefined);
    const owner = vmm.ownerOf(hpa(address));
    return owner?.kind === 'guest' ? this.#inPhysical(BigInt(owner.gpa), owner.guest.name) : undefined;
  }

  /** A kernel is loaded where its program headers say; what it is linked to may be elsewhere. */
  #inPhysical(address: bigint, guest: string | undefined): CodePlace | undefined {
    for (const stratum of ['kernel', 'machine'] as const)
      for (const image of this.#target.images.of(stratum, guest)) {
        const linked = this.#target.placement.linkedOf(image, address);
        if (linked !== undefined && image.symbols.isCode(linked)) return { image, linked };
      }
    return undefined;
  }
}
