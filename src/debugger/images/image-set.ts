import { KernelSymbols } from '../../symbols/linux/kernel-symbols.ts';
import { PlacedSymbols, type Symbols } from '../../symbols/placed-symbols.ts';
import type { LoadedImage } from '../debugger.ts';
import type { Stratum } from '../stratum.ts';

/** An image with its symbols, and where in the strata it belongs. */
export interface StratumImage {
  readonly name: string;
  readonly path: string;
  readonly stratum: Stratum;
  /** Guest that it belongs to; `undefined` on a machine without VMM. */
  readonly guest: string | undefined;
  readonly symbols: Symbols;
  /**
   * Where the image's lowest segment was loaded, by physical address of its guest, if that is not where its program
   * headers say.
   */
  readonly loadedAt?: bigint;
  /** Of a module: the kernel that has loaded it, where it now lies. */
  readonly kernel?: StratumImage;
  /** Of an image that runs elsewhere than it was linked: the image as it was linked. */
  readonly linked?: StratumImage;
  /** How much farther up it then lies, modulo 2^64. */
  readonly slide?: bigint;
}

/** The image as linked: what tells images apart. */
export function asLinked(image: StratumImage): StratumImage {
  return image.linked ?? image;
}

/** The image as it is where it lies `slide` farther up than it was linked. */
export function placedBy(image: StratumImage, slide: bigint): StratumImage {
  if (slide === 0n) return image;
  return { ...image, symbols: new PlacedSymbols(image.symbols, slide), linked: image, slide };
}

/** All images of a debuggee: those that it was launched with, and modules that its kernels have loaded since. */
export class ImageSet {
  readonly #given: readonly StratumImage[];
  readonly #modules = new Map<StratumImage, readonly StratumImage[]>();
  #all: readonly StratumImage[];

  constructor(images: readonly StratumImage[]) {
    this.#given = images;
    this.#all = images;
  }

  get all(): readonly StratumImage[] {
    return this.#all;
  }

  /** What a kernel has loaded by now. */
  setModules(kernel: StratumImage, modules: readonly StratumImage[]): void {
    this.#modules.set(kernel, modules);
    this.#all = [...this.#given, ...[...this.#modules.values()].flat()];
  }

  /** Images that code of a stratum of a guest can belong to. A stratum has one image, but for processes. */
  of(stratum: Stratum, guest: string | undefined): readonly StratumImage[] {
    return this.all.filter((image) => image.stratum === stratum && image.guest === guest);
  }

  /** By the name that `image!symbol` uses: the file's name, with or without its extension, or `kernel` for any kernel. */
  named(name: string): readonly StratumImage[] {
    const found = this.all.filter(
      (image) => image.name === name || image.name.replace(/\.[^.]*$/, '') === name,
    );
    if (found.length > 0 || name !== 'kernel') return found;
    return this.#given.filter(({ stratum, kernel }) => stratum === 'kernel' && kernel === undefined);
  }

  /** For clients. */
  describe(): readonly LoadedImage[] {
    return this.all.map(({ name, path, stratum, guest, symbols }) => ({
      name,
      path,
      stratum,
      guest,
      symbolStatus: symbolStatus(symbols),
      sources: symbols.sources,
    }));
  }
}

function symbolStatus(symbols: Symbols): string {
  if (symbols.sources.length > 0) return 'source and line information';
  if (symbols instanceof KernelSymbols) return 'symbols and types';
  return symbols.elf.symbols.count > 0 ? 'symbols only' : 'no symbols';
}
