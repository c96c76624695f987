import { pageShift } from '../../common/page.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { isPcRelative } from '../engine/compile-semantics.ts';

/** What is to be translated: offsets from the start of the region's first page, and the instructions there. */
export interface RegionCode {
  /** `undefined` is left to the interpreter, as are other pages, and what begins in one page and ends in another. */
  at(offset: number): DecodedInstruction | undefined;
}

export interface PlacedInstruction {
  readonly offset: number;
  readonly decoded: DecodedInstruction;
}

/** Instructions that run one after the other, from the first to the last. */
export interface Block {
  readonly offset: number;
  readonly instructions: readonly PlacedInstruction[];
  /** The blocks it may lead to, by offset. Where it leads elsewhere, it leaves the region. */
  readonly successors: readonly number[];
}

/** How an instruction goes on, other than with the next one. Targets may lie outside of the region. */
export type Transfer =
  | { readonly kind: 'branch'; readonly target: number }
  | { readonly kind: 'jump'; readonly target: number; readonly links: boolean }
  | { readonly kind: 'indirect'; readonly links: boolean };

export interface FlowGraph {
  readonly blocks: ReadonlyMap<number, Block>;
  /** The entries that there is code for: those that were asked for, and where calls return to. */
  readonly entries: readonly number[];
}

/**
 * Follows the code of a region from its entries on. `calls`: whether calls within the region are followed; where they
 * are not, they leave the region, and so does all that comes after them. A block ends where its page does.
 */
export function exploreFlow(
  code: RegionCode,
  entries: Iterable<number>,
  { calls, limit }: { readonly calls: 'followed' | 'left'; readonly limit: number },
): FlowGraph {
  const starts = new Set<number>();
  const allEntries = new Set<number>();
  const waiting: number[] = [];
  const visited = new Set<number>();
  const begin = (offset: number): boolean => {
    if (code.at(offset) === undefined) return false;
    if (!starts.has(offset)) {
      starts.add(offset);
      waiting.push(offset);
    }
    return true;
  };
  for (const entry of entries) if (begin(entry)) allEntries.add(entry);
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    for (let offset = start; !visited.has(offset) && visited.size < limit;) {
      const decoded = code.at(offset);
      const next = offset + (decoded?.length ?? 0);
      if (decoded === undefined) {
        // What comes after an instruction that is done outside is reached from outside.
        break;
      }
      visited.add(offset);
      const transfer = transferOf({ offset, decoded });
      if (transfer === undefined && isOnePage(offset, next)) {
        offset = next;
        continue;
      }
      if (transfer === undefined) {
        begin(next);
        break;
      }
      if (transfer.kind === 'branch') begin(next);
      else if (transfer.links && calls === 'followed' && begin(next)) allEntries.add(next);
      if (transfer.kind !== 'indirect' && !(calls === 'left' && transfer.kind === 'jump' && transfer.links)) {
        begin(transfer.target);
      }
      break;
    }
  }
  const blocks = new Map<number, Block>();
  for (const start of starts) {
    if (visited.has(start)) blocks.set(start, formBlock(code, start, starts, visited, calls));
  }
  return { blocks, entries: [...allEntries].filter((entry) => blocks.has(entry)).toSorted((a, b) => a - b) };
}

/** `undefined` where it simply goes on. */
function transferOf({ offset, decoded }: PlacedInstruction): Transfer | undefined {
  for (const statement of decoded.instruction.semantics) {
    if (statement.kind === 'branch') return { kind: 'branch', target: offset + decoded.imm };
    if (statement.kind !== 'jump') continue;
    const links = decoded.rd !== 0;
    if (isPcRelative(statement.target)) return { kind: 'jump', target: offset + decoded.imm, links };
    return { kind: 'indirect', links };
  }
  return undefined;
}

function formBlock(
  code: RegionCode,
  start: number,
  starts: ReadonlySet<number>,
  visited: ReadonlySet<number>,
  calls: 'followed' | 'left',
): Block {
  const instructions: PlacedInstruction[] = [];
  const successors: number[] = [];
  const lead = (offset: number): void => {
    if (visited.has(offset) && starts.has(offset)) successors.push(offset);
  };
  for (let offset = start; ;) {
    const decoded = visited.has(offset) ? code.at(offset) : undefined;
    if (decoded === undefined) break;
    const placed = { offset, decoded };
    instructions.push(placed);
    offset += decoded.length;
    const transfer = transferOf(placed);
    if (transfer !== undefined) {
      if (transfer.kind === 'branch') lead(offset);
      if (transfer.kind === 'branch' || (transfer.kind === 'jump' && !(transfer.links && calls === 'left'))) {
        lead(transfer.target);
      }
      break;
    }
    if (starts.has(offset)) {
      lead(offset);
      break;
    }
  }
  return { offset: start, instructions, successors: [...new Set(successors)] };
}

/** Do two offsets lie in the same page? */
export function isOnePage(left: number, right: number): boolean {
  return left >> pageShift === right >> pageShift;
}
