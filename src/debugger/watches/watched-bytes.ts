import { formatAddress } from '../../common/address.ts';
import { StrataError } from '../../common/errors.ts';
import type { WatchedRange } from '../../hart/watchpoints.ts';
import { pteBit } from '../../hart/translation/page-table.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { WalkStep } from '../../hart/translation/walk.ts';
import { hostAddress } from '../breakpoints/places.ts';
import { spaceRegime } from '../memory/space-regime.ts';
import { formatMemoryReference, type MemoryReference } from '../memory-reference.ts';
import type { Target } from '../target/target.ts';
import type { WatchedData } from './data-id.ts';
import { isOthers, ownersOf, type SpaceOwner } from './space-owner.ts';

/** Consecutive bytes of what is watched that are so in RAM, too. */
export interface WatchedPiece {
  readonly address: number;
  /** From the first byte that is watched. */
  readonly offset: number;
  readonly length: number;
}

/** Where bytes lie that are to be watched. */
export interface LocatedBytes {
  readonly pieces: readonly WatchedPiece[];
  /**
   * The entries of page tables that led to them: where they are a process's own, whose pages its kernel moves, copies and
   * maps when they are needed. All else stays where it is.
   */
  readonly entries: readonly number[];
  /** Where there are such entries: how the bytes are looked for again. */
  readonly trail?: Trail;
  /** Why some of them cannot be watched, or not yet. */
  readonly problem?: string;
}

/**
 * What leads to bytes that may move, as it was when the watch was set: at other times their process may not be there, its
 * tables may be something else's, and nobody may know their guest.
 */
export interface Trail {
  readonly regime: TranslationRegime;
  /** Do the bytes lie in pages that user mode may access? What else is mapped there is not the process's. */
  readonly isProcess: boolean;
  readonly owners: readonly SpaceOwner[];
}

/** More bytes are a region, not something that a variable has. */
const mostBytes = 2 ** 20;

/** Finds the bytes in the machine's RAM; by the trail, if they were found, or waited for, before. */
export function locateBytes(data: WatchedData, target: Target, trail?: Trail): LocatedBytes {
  const { reference, length } = data;
  if (length < 1) return nowhere('There is not a single byte to be watched.');
  if (length > mostBytes)
    return nowhere(`${length} bytes are too many: at most ${mostBytes} can be watched.`);
  if (reference.address + BigInt(length) > 1n << 64n)
    return nowhere('These bytes would lie beyond the last address.');
  const regime = trail?.regime ?? regimeOf(reference, target);
  if ('refusal' in regime) return nowhere(regime.refusal);
  const pieces: WatchedPiece[] = [];
  const entries = new Set<number>();
  let isProcess = trail?.isProcess ?? false;
  for (let offset = 0; offset < length;) {
    const address = reference.address + BigInt(offset);
    const part = Math.min(length - offset, 4096 - Number(BigInt.asUintN(12, address)));
    const walked = walkTo(address, regime, target);
    const page = trail ? followed(walked, trail) : locatePage(walked, { ...data, address }, target);
    if ('refusal' in page) return nowhere(page.refusal);
    for (const entry of page.entries) entries.add(entry);
    isProcess ||= page.isProcess;
    if (page.host !== undefined) add(pieces, { address: page.host, offset, length: part });
    offset += part;
  }
  const isComplete = pieces.reduce((sum, piece) => sum + piece.length, 0) === length;
  const problem = `Nothing is mapped at ${textOf(data)} now. It is watched as soon as something is.`;
  const found = { pieces, entries: [...entries], ...(!isComplete && { problem }) };
  if (trail === undefined && entries.size === 0) return found;
  if (trail !== undefined) return { ...found, trail };
  return { ...found, trail: { regime, isProcess, owners: ownersOf(reference, regime, target) } };
}

/** What is found by a trail, unless the space is another process's by now. */
export function ownBytes(located: LocatedBytes, { reference }: WatchedData, target: Target): LocatedBytes {
  const { trail, pieces } = located;
  if (trail === undefined || pieces.length === 0) return located;
  const owners = ownersOf(reference, trail.regime, target);
  if (!isOthers(owners, trail.owners)) return located;
  const problem = `This is memory of ${titlesOf(owners)} now; that of ${titlesOf(trail.owners)} is watched, as soon as it is there.`;
  return { ...located, pieces: [], problem };
}

function titlesOf(owners: readonly SpaceOwner[]): string {
  return owners.map(({ title }) => title).join(', ');
}

/** Ranges to be watched for accesses of the bytes, and for changes of where they are. */
export function rangesOf(
  { pieces, entries }: LocatedBytes,
  kinds: { readonly reads: boolean; readonly writes: boolean },
): readonly WatchedRange[] {
  return [
    ...pieces.map(({ address, length }) => ({ address, length, ...kinds })),
    ...entries.map((address) => ({ address, length: entryBytes, reads: false, writes: true })),
  ];
}

/** Of an entry of a page table. */
export const entryBytes = 8;

interface LocatedPage {
  readonly host: number | undefined;
  readonly entries: readonly number[];
  readonly isProcess: boolean;
}

/** What is at an address: where in RAM, if there, and by which entries. */
interface Walked {
  readonly host: number | undefined;
  readonly isRam: boolean;
  /** Of the first stage; `undefined` where nothing is mapped by it, or there is none. */
  readonly leaf: bigint | undefined;
  readonly entries: readonly number[];
  /** Is it only the second stage that maps nothing there? */
  readonly isUnbacked: boolean;
}

function walkTo(address: bigint, regime: TranslationRegime, target: Target): Walked {
  const [hart] = target.machine.harts;
  const { physical } = target.machine.board;
  const steps: WalkStep[] = [];
  const observer = (step: WalkStep): void => void steps.push(step);
  const page = hart?.walker.walk({ address, access: 'any', regime, effects: 'none', observer });
  const host = typeof page === 'number' ? page * 4096 + Number(BigInt.asUintN(12, address)) : undefined;
  return {
    host,
    isRam: host !== undefined && physical.isRam(host, 1),
    leaf: steps.findLast(({ root, verdict }) => root !== 'hgatp' && verdict === 'leaf')?.entry,
    entries: steps.filter(({ verdict }) => verdict !== 'unreachable').map(({ address: at }) => Number(at)),
    isUnbacked: typeof page === 'object' && page.kind === 'guest-page',
  };
}

/** By the entries that lead there now. */
function followed({ host, isRam, leaf, entries }: Walked, { isProcess }: Trail): LocatedPage {
  const isThere = isRam && (!isProcess || isUser(leaf));
  return { host: isThere ? host : undefined, entries, isProcess };
}

function isUser(leaf: bigint | undefined): boolean {
  return leaf !== undefined && (leaf & BigInt(pteBit.user)) !== 0n;
}

/** Where the bytes are whose watch is set now, and whether they may move. */
function locatePage(
  { host, isRam, leaf, entries, isUnbacked }: Walked,
  data: WatchedData & { readonly address: bigint },
  target: Target,
): LocatedPage | { readonly refusal: string } {
  const { reference, address } = data;
  if (isRam && !isUser(leaf)) return { host, entries: [], isProcess: false };
  // Processes have the lower half of their spaces, kernels the upper; a VMM that is software backs memory when it is used.
  const isProcess = reference.space === 'gva' && entries.length > 0 && address >> 63n === 0n;
  const isPending = host === undefined && (isProcess || (isUnbacked && target.vmm === undefined));
  if (isRam || isPending) return { host, entries, isProcess: isUser(leaf) || !isUnbacked };
  const loaded = loadedAt(address, data, target);
  if (loaded !== undefined) return { host: loaded, entries: [], isProcess: false };
  const at = textOf({ ...data, reference: { ...reference, address } });
  return {
    refusal:
      host === undefined
        ? `Nothing is mapped at ${at}.`
        : `${at} is no RAM. Accesses of a device's registers are exits of a guest: break on those.`,
  };
}

/** How addresses of the space lead to memory; or why it is none. */
function regimeOf(
  reference: MemoryReference,
  target: Target,
): TranslationRegime | { readonly refusal: string } {
  try {
    return spaceRegime(target, reference);
  } catch (thrown) {
    if (thrown instanceof StrataError && thrown.blame === 'user') return { refusal: `${thrown.message}.` };
    throw thrown;
  }
}

/** Before a kernel has turned its page tables on, its variables are where they were loaded. */
function loadedAt(address: bigint, { reference }: WatchedData, target: Target): number | undefined {
  if (reference.space !== 'gva' && reference.space !== 'current') return undefined;
  const owner =
    reference.space === 'gva'
      ? target.vmm?.guests.find(({ name }) => name === reference.guest)
      : target.currentThread.guest;
  for (const stratum of ['kernel', 'machine'] as const)
    for (const image of target.images.of(stratum, owner?.name)) {
      const physical = target.placement.physicalOf(image, address);
      if (physical === undefined) continue;
      const host = owner === undefined ? physical : hostAddress(owner, physical);
      if (host !== undefined) return Number(host);
    }
  return undefined;
}

/** Pages that follow one another in RAM are one piece. */
function add(pieces: WatchedPiece[], piece: WatchedPiece): void {
  const last = pieces.at(-1);
  const isNext =
    last !== undefined &&
    last.address + last.length === piece.address &&
    last.offset + last.length === piece.offset;
  if (isNext) pieces[pieces.length - 1] = { ...last, length: last.length + piece.length };
  else pieces.push(piece);
}

function nowhere(problem: string): LocatedBytes {
  return { pieces: [], entries: [], problem };
}

function textOf({ reference }: WatchedData): string {
  return reference.space === 'hpa' || reference.space === 'gpa'
    ? formatMemoryReference(reference)
    : formatAddress(reference.address);
}
