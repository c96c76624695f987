import { moduleLoaded } from '../../introspection/linux/modules.ts';
import { isGlob, matchesGlob } from '../../symbols/glob.ts';
import { exitActions } from '../../vmm/exits/actions.ts';
import type { Guest } from '../../vmm/guest.ts';
import type { ImageSet, StratumImage } from '../images/image-set.ts';
import { parseMemoryReference, type MemoryReference } from '../memory-reference.ts';
import { parseDataId, type WatchedData } from '../watches/data-id.ts';
import type { BreakpointRequest } from './breakpoint.ts';

/** An address at which code stops, and what has to be so there. */
export type Place =
  /** Code of an image, in whatever space it runs. */
  | { readonly kind: 'image'; readonly image: StratumImage; readonly address: bigint }
  /** An address in one space, or in all that run (`current`). */
  | { readonly kind: 'reference'; readonly reference: MemoryReference };

/** What a request comes to before anything runs. */
export type Binding =
  | {
      readonly kind: 'places';
      readonly places: readonly Place[];
      readonly path?: string;
      readonly line?: number;
    }
  | { readonly kind: 'stage'; readonly pattern: string }
  | { readonly kind: 'filter'; readonly filter: string }
  | { readonly kind: 'data'; readonly data: WatchedData }
  | { readonly kind: 'none'; readonly message: string };

/** Where guest-physical memory lies in the machine's; undefined where nothing is there yet. */
export function hostAddress(guest: Guest, address: bigint): bigint | undefined {
  const found = guest.memory.hostAddress(Number(address));
  return found === undefined ? undefined : BigInt(found);
}

/** Finds where a request's breakpoint stands, in any image: programs need not be loaded by the guest yet. */
export function bind(request: BreakpointRequest, images: ImageSet): Binding {
  switch (request.kind) {
    case 'source':
      return bindSource(request.path, request.line, images);
    case 'function':
      return bindFunction(request.name, images);
    case 'instruction':
      return bindInstruction(request.reference, request.offset);
    case 'filter':
      return { kind: 'filter', filter: request.filter };
    case 'data':
      return bindData(request.dataId);
  }
}

function bindData(text: string): Binding {
  const data = parseDataId(text);
  if (data !== undefined) return { kind: 'data', data };
  return { kind: 'none', message: `'${text}' names nothing that can be watched.` };
}

function bindSource(path: string, line: number, images: ImageSet): Binding {
  const found = images.all.flatMap((image) => {
    const addresses = image.symbols.addressesOf(path, line);
    return addresses === undefined ? [] : [{ image, ...addresses }];
  });
  if (found.length === 0)
    return { kind: 'none', message: `No image of this session was compiled from ${path}.` };
  // Two folders may have a file of this name: those that agree most with the path are meant.
  const agreement = Math.max(...found.map((each) => each.agreement));
  const best = found.filter((each) => each.agreement === agreement && each.addresses.length > 0);
  const [first] = best;
  if (first === undefined) return { kind: 'none', message: `Line ${line} and those after it hold no code.` };
  const places = best
    .filter((each) => each.line === first.line)
    .flatMap(({ image, addresses }) =>
      addresses.map((address) => ({ kind: 'image' as const, image, address })),
    );
  return { kind: 'places', places, path, line: first.line };
}

const stageNames = ['exit', 'decode', 'find', ...exitActions.map(({ id }) => id), 'resume'];

/** `image!function`, `vmm!stage`, or a function of any image; each may be a pattern. */
function bindFunction(text: string, images: ImageSet): Binding {
  const [prefix, rest] = text.includes('!') ? text.split('!', 2) : [undefined, text];
  const name = (rest ?? '').trim();
  if (name === '')
    return { kind: 'none', message: 'The name of a function is missing: kernel!syscall, for example.' };
  if (prefix === 'vmm') {
    if (stageNames.some((stage) => matchesGlob(name, stage))) return { kind: 'stage', pattern: name };
    return { kind: 'none', message: `The VMM has no stage '${name}'; there are ${stageNames.join(', ')}.` };
  }
  const candidates = prefix === undefined ? images.all : images.named(prefix);
  if (candidates.length === 0) {
    const known = [...new Set(images.all.map((image) => image.name.replace(/\.[^.]*$/, '')))].join(', ');
    const later = images.all.some(loadsModules) ? ' A module is known once the kernel has loaded it.' : '';
    return {
      kind: 'none',
      message: `There is no image '${prefix}'; there are ${known}, and vmm for stages of exits.${later}`,
    };
  }
  const places = candidates.flatMap((image) =>
    image.symbols
      .functionsNamed(name)
      .map((found) => ({ kind: 'image' as const, image, address: image.symbols.prologueEnd(found) })),
  );
  if (places.length > 0) return { kind: 'places', places };
  return {
    kind: 'none',
    message: `No ${isGlob(name) ? `function matches '${name}'` : `function is called '${name}'`}.`,
  };
}

function loadsModules({ stratum, symbols }: StratumImage): boolean {
  return stratum === 'kernel' && symbols.functionsNamed(moduleLoaded).length > 0;
}

function bindInstruction(text: string, offset: number): Binding {
  const reference = parseMemoryReference(text);
  if (reference === undefined)
    return { kind: 'none', message: `'${text}' is no address: write 0x80200000, hpa:0x…, gpa:<guest>:0x….` };
  return { kind: 'places', places: [{ kind: 'reference', reference: moved(reference, offset) }] };
}

function moved<Reference extends MemoryReference>(reference: Reference, offset: number): Reference {
  return { ...reference, address: BigInt.asUintN(64, reference.address + BigInt(offset)) };
}
