import assert from 'node:assert/strict';
import { type ImageOptions, type SymbolImage, loadImage } from '../../src/symbols/symbol-index.ts';
import { build, buildBytes } from './toolchain.ts';

/** One way to compile the test programs. */
export interface Variant {
  readonly name: string;
  readonly path: () => string;
  readonly image: (options?: ImageOptions) => SymbolImage;
  readonly optimized: boolean;
}

const SOURCES = ['start.S', 'shapes.c'];

/** DWARF 4 and 5, without and with optimization. */
export const VARIANTS: readonly Variant[] = [
  '-gdwarf-4 -O0',
  '-gdwarf-5 -O0',
  '-gdwarf-4 -O2',
  '-gdwarf-5 -O2',
].map((name) => {
  const options = ['-g', '-fno-omit-frame-pointer', ...name.split(' ')];
  return {
    name,
    path: () => build(SOURCES, options),
    image: (imageOptions) => loadSymbols(buildBytes(SOURCES, options), imageOptions),
    optimized: name.includes('-O2'),
  };
});

/** The image, which must load without a warning. */
export function loadSymbols(bytes: Uint8Array, options?: ImageOptions): SymbolImage {
  const result = loadImage('program', bytes, options);
  assert.ok(result.ok, JSON.stringify(result.diagnostics));
  assert.deepEqual(result.diagnostics, []);
  return result.value;
}

/** Every address at which an instruction may begin, in the image's code. */
export function codeAddresses(image: SymbolImage): readonly bigint[] {
  return [...image.textPages()].flatMap(({ virtualAddress, bytes }) =>
    Array.from({ length: bytes.length / 2 }, (_, index) => virtualAddress + BigInt(index * 2)),
  );
}
