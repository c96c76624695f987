import type { SymbolImage } from '../../symbols/symbol-index.ts';
import type { LoadedImage } from '../debugger.ts';
import type { Stratum } from '../stratum.ts';

/** An image with its symbols, and where in the strata it belongs. */
export interface StratumImage {
  readonly name: string;
  readonly path: string;
  readonly stratum: Stratum;
  /** Guest that it belongs to; `undefined` on a machine without VMM. */
  readonly guest: string | undefined;
  readonly symbols: SymbolImage;
}

/** All images of a debuggee. */
export class ImageSet {
  readonly all: readonly StratumImage[];

  constructor(images: readonly StratumImage[]) {
    this.all = images;
  }

  /** Images that code of a stratum of a guest can belong to. A stratum has one image, but for processes. */
  of(stratum: Stratum, guest: string | undefined): readonly StratumImage[] {
    return this.all.filter((image) => image.stratum === stratum && image.guest === guest);
  }

  /** By the name that `image!symbol` uses: the file's name, with or without its extension. */
  named(name: string): readonly StratumImage[] {
    return this.all.filter((image) => image.name === name || image.name.replace(/\.[^.]*$/, '') === name);
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

function symbolStatus(symbols: SymbolImage): string {
  if (symbols.sources.length > 0) return 'source and line information';
  return symbols.elf.symbols.count > 0 ? 'symbols only' : 'no symbols';
}
