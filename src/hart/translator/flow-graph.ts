import { pageShift } from '../../common/page.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { traitsOf, type InstructionTraits } from './instruction-traits.ts';

/** What is to be translated: offsets from the start of the region's first page, and the instructions there. */
export interface RegionCode {
  /** `undefined` is left to the interpreter, as are other pages, and what begins in one page and ends in another. */
  at(offset: number): DecodedInstruction | undefined;
}

/** An instruction, and where it is: an offset as in `RegionCode`. */
export interface PlacedInstruction {
  readonly offset: number;
  readonly decoded: DecodedInstruction;
  readonly traits: InstructionTraits;
}

/** Instructions that run one after the other, from the first to the last. None is in two blocks. */
export interface Block {
  readonly offset: number;
  readonly instructions: readonly PlacedInstruction[];
  /** The blocks it may lead to, by offset. Where it leads elsewhere, it leaves the region. */
  readonly successors: readonly number[];
}

/** The code of a region: its blocks by offset, and where it is entered. */
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
  const follows = calls === 'followed';
  const starts = new Set<number>();
  const allEntries = new Set<number>();
  const waiting: number[] = [];
  const visited = new Map<number, PlacedInstruction>();
  const begin = (offset: number): boolean => {
    if (starts.has(offset)) return true;
    if (!visited.has(offset) && code.at(offset) === undefined) return false;
    starts.add(offset);
    waiting.push(offset);
    return true;
  };
  for (const entry of entries) if (begin(entry)) allEntries.add(entry);
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    for (let offset = start; ;) {
      if (visited.has(offset)) {
        // Where instructions overlap, two ways may meet behind them.
        starts.add(offset);
        break;
      }
      if (visited.size >= limit) break;
      const decoded = code.at(offset);
      // What comes after an instruction that is done outside is reached from outside.
      if (decoded === undefined) break;
      const placed = placeInstruction(offset, decoded);
      visited.set(offset, placed);
      const next = offset + decoded.length;
      const { transfer } = placed.traits;
      if (transfer === 'none') {
        if (isOnePage(offset, next)) {
          offset = next;
          continue;
        }
        begin(next);
        break;
      }
      const links = isCall(placed);
      if (transfer === 'branch') begin(next);
      else if (links && follows && begin(next)) allEntries.add(next);
      if (transfer !== 'indirect' && (follows || !links)) begin(offset + decoded.imm);
      break;
    }
  }
  const blocks = new Map<number, Block>();
  for (const start of starts) {
    if (visited.has(start)) blocks.set(start, formBlock(start, starts, visited, follows));
  }
  return { blocks, entries: [...allEntries].filter((entry) => blocks.has(entry)).toSorted((a, b) => a - b) };
}

/** An instruction with what its description says of it. */
export function placeInstruction(offset: number, decoded: DecodedInstruction): PlacedInstruction {
  return { offset, decoded, traits: traitsOf(decoded.instruction) };
}

/** Is it a jump that leaves in a register where it came from? */
function isCall({ decoded, traits }: PlacedInstruction): boolean {
  return decoded.rd !== 0 && (traits.transfer === 'jump' || traits.transfer === 'indirect');
}

function formBlock(
  start: number,
  starts: ReadonlySet<number>,
  visited: ReadonlyMap<number, PlacedInstruction>,
  follows: boolean,
): Block {
  const instructions: PlacedInstruction[] = [];
  const successors: number[] = [];
  const lead = (offset: number): void => {
    if (visited.has(offset) && starts.has(offset) && !successors.includes(offset)) successors.push(offset);
  };
  let placed = visited.get(start);
  while (placed !== undefined) {
    instructions.push(placed);
    const { offset, decoded, traits } = placed;
    const next = offset + decoded.length;
    const { transfer } = traits;
    if (transfer !== 'none') {
      if (transfer === 'branch') lead(next);
      if (transfer !== 'indirect' && (follows || !isCall(placed))) lead(offset + decoded.imm);
      break;
    }
    if (starts.has(next)) {
      lead(next);
      break;
    }
    placed = visited.get(next);
  }
  return { offset: start, instructions, successors };
}

/** Do two offsets lie in the same page? */
export function isOnePage(left: number, right: number): boolean {
  return left >> pageShift === right >> pageShift;
}
