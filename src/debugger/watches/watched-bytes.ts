import { formatAddress } from '../../common/address.ts';
import { StrataError } from '../../common/errors.ts';
import type { WatchedRange } from '../../hart/watchpoints.ts';
import { pteBit } from '../../hart/translation/page-table.ts';
import type { WalkStep } from '../../hart/translation/walk.ts';
import { hostAddress } from '../breakpoints/places.ts';
import { spaceRegime } from '../memory/space-regime.ts';
import { formatMemoryReference } from '../memory-reference.ts';
import type { Target } from '../target/target.ts';
import type { WatchedData } from './data-id.ts';

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
  /** Why some of them cannot be watched, or not yet. */
  readonly problem?: string;
}

/** More bytes are a region, not something that a variable has. */
const mostBytes = 2 ** 20;

/** Finds the bytes in the machine's RAM. */
export function locateBytes(data: WatchedData, target: Target): LocatedBytes {
  const { reference, length } = data;
  if (length < 1) return nowhere('There is not a single byte to be watched.');
  if (length > mostBytes)
    return nowhere(`${length} bytes are too many: at most ${mostBytes} can be watched.`);
  if (reference.address + BigInt(length) > 1n << 64n)
    return nowhere('These bytes would lie beyond the last address.');
  const pieces: WatchedPiece[] = [];
  const entries = new Set<number>();
  for (let offset = 0; offset < length;) {
    const address = reference.address + BigInt(offset);
    const part = Math.min(length - offset, 4096 - Number(BigInt.asUintN(12, address)));
    const page = locatePage(address, data, target);
    if ('refusal' in page) return nowhere(page.refusal);
    for (const entry of page.entries) entries.add(entry);
    if (page.host !== undefined) add(pieces, { address: page.host, offset, length: part });
    offset += part;
  }
  const isComplete = pieces.reduce((sum, piece) => sum + piece.length, 0) === length;
  const problem = `Nothing is mapped at ${textOf(data)} now. It is watched as soon as something is.`;
  return { pieces, entries: [...entries], ...(!isComplete && { problem }) };
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

type LocatedPage =
  { readonly host: number | undefined; readonly entries: readonly number[] } | { readonly refusal: string };

function locatePage(address: bigint, data: WatchedData, target: Target): LocatedPage {
  const { reference } = data;
  const steps: WalkStep[] = [];
  const host = walkTo(address, data, target, (step) => steps.push(step));
  if (typeof host === 'object') return host;
  const leaf = steps.findLast(({ root }) => root !== 'hgatp');
  const isMapped = host !== undefined && target.machine.board.physical.isRam(host, 1);
  const isProcess = leaf !== undefined && (leaf.entry & BigInt(pteBit.user)) !== 0n;
  // Processes have the lower half of their spaces, kernels the upper.
  const isPending =
    host === undefined && reference.space === 'gva' && steps.length > 0 && address >> 63n === 0n;
  if (isPending || (isMapped && isProcess))
    return { host: isMapped ? host : undefined, entries: steps.map((step) => Number(step.address)) };
  if (isMapped) return { host, entries: [] };
  const loaded = loadedAt(address, data, target);
  if (loaded !== undefined) return { host: loaded, entries: [] };
  const at = textOf({ ...data, reference: { ...reference, address } });
  return {
    refusal:
      host === undefined
        ? `Nothing is mapped at ${at}.`
        : `${at} is no RAM. Accesses of a device's registers are exits of a guest: break on those.`,
  };
}

/** The host-physical address, whatever is there; or why the space is none. */
function walkTo(
  address: bigint,
  { reference }: WatchedData,
  target: Target,
  observer: (step: WalkStep) => void,
): number | undefined | { readonly refusal: string } {
  const [hart] = target.machine.harts;
  try {
    const regime = spaceRegime(target, reference);
    const page = hart?.walker.walk({ address, access: 'any', regime, effects: 'none', observer });
    return typeof page === 'number' ? page * 4096 + Number(BigInt.asUintN(12, address)) : undefined;
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
