import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import { compileInstruction } from '../engine/compile/semantics.ts';
import { compileCsrAccess } from '../engine/compile/csr.ts';
import { csrAccessOf } from '../engine/csr-access.ts';
import type { CodeWriter, Local } from '../engine/wasm/code-writer.ts';
import { groupAccesses, type AccessGroup } from './access-groups.ts';
import type { Block, PlacedInstruction } from './flow-graph.ts';
import { extensionBy } from './fused-pairs.ts';
import type { RegionFrame } from './region-frame.ts';
import { writeGroupTranslation, type PageCache } from './region-translation.ts';
import { RegisterPlace, type NearAccess, type RegionWays } from './register-place.ts';
import { unitMaskOf } from './used-registers.ts';

/** What the instructions of a region are written with. */
interface BlockSetting {
  readonly ramDelta: number;
  readonly alignment: InstructionAlignment;
  /** See `RegisterPlace`; for these instructions. */
  readonly likelyAddend: number | undefined;
  readonly chained: ReadonlySet<PlacedInstruction>;
}

/** A part of a block's instructions. */
interface Part {
  readonly start: number;
  readonly end: number;
  /** Those whose pages are known. */
  readonly groups: readonly AccessGroup[];
  /** Whether the block's last instruction goes on with the next block. */
  readonly goesOn: boolean;
}

/** Writes the instructions of a region's blocks. */
export class BlockWriter {
  readonly #code: CodeWriter;
  readonly #frame: RegionFrame;
  readonly #setting: BlockSetting;

  constructor(code: CodeWriter, frame: RegionFrame, setting: BlockSetting) {
    this.#code = code;
    this.#frame = frame;
    this.#setting = setting;
  }

  write(block: Block, ways: RegionWays): void {
    const code = this.#code;
    const { length } = block.instructions;
    let unitMask = unitMaskOf(block);
    let done = 0;
    for (const { start, end, groups } of groupAccesses(block)) {
      unitMask = this.#writePart(
        block,
        { start: done, end: start, groups: [], goesOn: true },
        unitMask,
        ways,
      );
      code.block((join) => {
        code.block((apart) => {
          this.#findPages(groups, () => code.br(apart));
          this.#writePart(block, { start, end, groups, goesOn: false }, unitMask, ways);
          code.br(join);
        });
        unitMask = this.#writePart(block, { start, end, groups: [], goesOn: false }, unitMask, ways);
      });
      if (end === length) {
        const { offset, decoded } = block.instructions[length - 1] as PlacedInstruction;
        ways.goTo(offset + decoded.length);
      }
      done = end;
    }
    this.#writePart(block, { start: done, end: length, groups: [], goesOn: true }, unitMask, ways);
  }

  /** Gives what of the floating-point unit is still to be looked at after the part. */
  #writePart(
    block: Block,
    { start, end, groups, goesOn }: Part,
    unitMaskBefore: number,
    ways: RegionWays,
  ): number {
    const { alignment, ramDelta, likelyAddend, chained } = this.#setting;
    let unitMask = unitMaskBefore;
    for (let index = start; index < end; index++) {
      const instruction = block.instructions[index] as PlacedInstruction;
      const isAccess = instruction.traits.access !== undefined;
      const place = new RegisterPlace({
        code: this.#code,
        ramDelta,
        alignment,
        locals: this.#frame,
        ways,
        instruction,
        index,
        isLast: goesOn && index === block.instructions.length - 1,
        likelyAddend: isAccess && chained.has(instruction) ? likelyAddend : undefined,
        cache: isAccess ? this.#cacheFor(instruction) : undefined,
        near: isAccess ? this.#nearIn(groups, instruction) : undefined,
        unitMask,
      });
      writeInstruction(block, index, place);
      if (instruction.traits.needsFloats) unitMask = 0;
    }
    return unitMask;
  }

  #findPages(groups: readonly AccessGroup[], leave: () => void): void {
    for (const [index, group] of groups.entries()) {
      writeGroupTranslation(this.#code, this.#frame, group, {
        register: this.#frame.x[group.register] as Local,
        cache: this.#cacheFor(group.members[0] as PlacedInstruction),
        near: this.#frame.nears[index] as Local,
        leave,
      });
    }
  }

  #nearIn(groups: readonly AccessGroup[], instruction: PlacedInstruction): NearAccess | undefined {
    for (let index = 0; index < groups.length; index++) {
      const { members, low } = groups[index] as AccessGroup;
      if (members.includes(instruction)) return { host: this.#frame.nears[index] as Local, low };
    }
    return undefined;
  }

  #cacheFor(instruction: PlacedInstruction): PageCache | undefined {
    const accesses = this.#frame.cached.get(instruction);
    return accesses && this.#frame.caches.get(accesses);
  }
}

/** By itself, or with the one before it; nothing where that will be done with the next one. */
function writeInstruction({ instructions }: Block, index: number, place: RegisterPlace): void {
  const { decoded } = instructions[index] as PlacedInstruction;
  const [former, next] = [instructions[index - 1], instructions[index + 1]];
  if (next !== undefined && extensionBy(decoded, next.decoded) !== undefined) return;
  const extend = former && extensionBy(former.decoded, decoded);
  if (former !== undefined && extend !== undefined) {
    place.writeExtension(former.decoded.rs1, extend);
    return;
  }
  const access = csrAccessOf(decoded);
  if (access === undefined) compileInstruction(decoded.instruction, place);
  else compileCsrAccess(access, place);
}
