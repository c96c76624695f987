import type { Diagnostic, Result } from '../../common/diagnostic.ts';
import type { MachineImage } from '../../machine/image.ts';
import { readElf } from '../../symbols/elf/elf-file.ts';
import { symbolsOfImage, symbolsOfList } from '../../symbols/linux/listed-kernel.ts';
import { readSystemMap } from '../../symbols/linux/system-map.ts';
import type { PathRemap } from '../../symbols/source-paths.ts';
import { loadImage } from '../../symbols/symbol-index.ts';
import type { DebuggeeConfiguration, GuestConfiguration, NamedBytes } from '../debuggee.ts';
import type { Stratum } from '../stratum.ts';
import { inFile } from '../target/load-image.ts';
import type { StratumImage } from './image-set.ts';

/** Symbols of every image. A kernel without symbols runs all the same; a program file that is none is an error. */
export function loadSymbols(
  configuration: DebuggeeConfiguration,
  loaded: ReadonlyMap<GuestConfiguration, MachineImage>,
  problems: Diagnostic[],
): readonly StratumImage[] {
  const { placement, guests, firmware } = configuration;
  const images: StratumImage[] = [];
  const add = (
    file: NamedBytes,
    stratum: Stratum,
    guest: string | undefined,
    isNeeded: boolean,
    place: { readonly loadedAt?: bigint } = {},
  ): void => {
    const image = symbolsOf(file, stratum, guest, configuration);
    if (image.ok) images.push({ ...image.value, ...place });
    else if (isNeeded) problems.push(...image.diagnostics);
  };
  for (const guest of guests) {
    const name = placement === 'hosted' ? guest.name : undefined;
    const stratum = firmware === 'none' ? 'machine' : 'kernel';
    const listed = listedKernel(guest, loaded.get(guest), { stratum, guest: name });
    if (listed !== undefined) images.push(listed);
    else {
      const place = loadedAt(guest, loaded.get(guest));
      add(guest.symbols ?? guest.image, stratum, name, guest.symbols !== undefined, place);
    }
    for (const program of guest.programs) add(program, 'process', name, true);
  }
  if (typeof firmware !== 'string') add(firmware, 'machine', undefined, false);
  return images;
}

/** A kernel whose symbols stand in a System.map, or in its own Image: what debugs a kernel without its ELF file. */
function listedKernel(
  { symbols, image }: GuestConfiguration,
  loaded: MachineImage | undefined,
  where: Pick<StratumImage, 'stratum' | 'guest'>,
): StratumImage | undefined {
  const [segment] = loaded?.segments ?? [];
  if (segment === undefined) return undefined;
  const isFlat = loaded?.segments.length === 1 && !readElf(image.bytes).ok;
  const { bytes, address: physicalAddress } = segment;
  const list = symbols && readSystemMap(symbols.bytes);
  const read =
    list !== undefined
      ? symbolsOfList({ symbols: list, image: bytes, physicalAddress })
      : symbols === undefined && isFlat
        ? symbolsOfImage(bytes, physicalAddress)
        : undefined;
  if (read === undefined) return undefined;
  const { path } = symbols ?? image;
  return { name: 'kernel', path, ...where, symbols: read };
}

/** Symbols from a file of their own, of a flat image: they begin where that was loaded. */
function loadedAt(
  { image, symbols }: GuestConfiguration,
  loaded: MachineImage | undefined,
): { readonly loadedAt?: bigint } {
  const [segment] = loaded?.segments ?? [];
  if (symbols === undefined || segment === undefined || readElf(image.bytes).ok) return {};
  return { loadedAt: segment.address };
}

function symbolsOf(
  file: NamedBytes,
  stratum: Stratum,
  guest: string | undefined,
  { sourceMap, locateSource }: DebuggeeConfiguration,
): Result<StratumImage> {
  const name = file.path.replace(/^.*[\\/]/, '');
  const remap: PathRemap[] = Object.entries(sourceMap).map(([from, to]) => ({ from, to }));
  const first = loadImage(name, file.bytes, { remap });
  if (!first.ok) return { ok: false, diagnostics: first.diagnostics.map((each) => inFile(file.path, each)) };
  const found = remapRelative(first.value.sources, (source) => locateSource(source, file.path));
  const again = found === undefined ? first : loadImage(name, file.bytes, { remap: [...remap, found] });
  if (!again.ok) return again;
  return {
    ok: true,
    value: { name, path: file.path, stratum, guest, symbols: again.value },
    diagnostics: [],
  };
}

/** Where one relative source is found, the others beside it are too: what the two names do not share is remapped. */
function remapRelative(
  sources: readonly string[],
  locate: (source: string) => string | undefined,
): PathRemap | undefined {
  for (const source of sources) {
    if (source.startsWith('/')) continue;
    const place = locate(source);
    if (place === undefined) continue;
    const from = source.split('/').slice(0, -1);
    const to = place.split('/').slice(0, -1);
    while (from.length > 1 && from.at(-1) === to.at(-1)) {
      from.pop();
      to.pop();
    }
    if (from.length > 0) return { from: from.join('/'), to: to.join('/') };
  }
  return undefined;
}
