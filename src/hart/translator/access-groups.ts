import type { Block, PlacedInstruction } from './flow-graph.ts';

/** Loads, or stores, by one register that does not change between them, most often all in one page: a frame, a structure. */
export interface AccessGroup {
  readonly register: number;
  readonly array: 'read' | 'write';
  /** Where the first byte is, from where the register points to. */
  readonly low: number;
  /** Bytes from there to behind the last one. */
  readonly span: number;
  readonly members: readonly PlacedInstruction[];
}

/** A part of a block, written twice: for when each group is in a page that can be accessed, and for when not. */
export interface GroupedPart {
  /** Its first instruction, and the one behind the last, by their place in the block. */
  readonly start: number;
  readonly end: number;
  readonly groups: readonly AccessGroup[];
}

interface Run {
  readonly register: number;
  readonly array: 'read' | 'write';
  readonly places: number[];
}

/** The parts of a block in which enough accesses are close together. They do not overlap. */
export function groupAccesses({ instructions }: Block): readonly GroupedPart[] {
  const parts: { start: number; end: number; groups: AccessGroup[] }[] = [];
  for (const { register, array, places } of runsOf(instructions)) {
    if (places.length < fewest) continue;
    const [first, last] = [places[0] as number, (places.at(-1) as number) + 1];
    const members = places.map((place) => instructions[place] as PlacedInstruction);
    const low = Math.min(...members.map(({ decoded }) => decoded.imm));
    const span = Math.max(...members.map(({ decoded }) => decoded.imm + widest)) - low;
    if (span > longestSpan) continue;
    const group: AccessGroup = { register, array, low, span, members };
    const part = parts.at(-1);
    if (part === undefined || first >= part.end) {
      parts.push({ start: first, end: last, groups: [group] });
      continue;
    }
    // All groups are looked at where the part begins.
    const isThere = instructions
      .slice(part.start, first)
      .every((instruction) => writtenRegister(instruction) !== register);
    if (!isThere || part.groups.length === mostGroups) continue;
    part.groups.push(group);
    part.end = Math.max(part.end, last);
  }
  return parts;
}

/** Accesses by the same register between two changes of it, by the first of them. */
function runsOf(instructions: readonly PlacedInstruction[]): readonly Run[] {
  const runs: Run[] = [];
  /** By register: the run of loads at twice its number, that of stores behind it. */
  const open: (Run | undefined)[] = [];
  for (let place = 0; place < instructions.length; place++) {
    const instruction = instructions[place] as PlacedInstruction;
    const register = instruction.decoded.rs1;
    const { access: array } = instruction.traits;
    if (array !== undefined && register !== 0) {
      const key = 2 * register + (array === 'read' ? 0 : 1);
      const run = open[key];
      if (run === undefined) {
        const begun: Run = { register, array, places: [place] };
        runs.push(begun);
        open[key] = begun;
      } else {
        run.places.push(place);
      }
    }
    const written = writtenRegister(instruction);
    open[2 * written] = undefined;
    open[2 * written + 1] = undefined;
  }
  return runs;
}

/** The x register that an instruction writes; 0 for none. */
function writtenRegister({ decoded, traits }: PlacedInstruction): number {
  return traits.rdIsFloat ? 0 : decoded.rd;
}

/** Bytes of the widest access: what a group's last one is taken for. */
const widest = 8;
/** Where there are fewer, looking at each costs no more than looking at all, and leaving nothing out. */
const fewest = 3;
/** Of a part: each has a local. */
export const mostGroups = 3;
/** Few groups as long as this lie in two pages. */
const longestSpan = 512;
