import { regionSignature } from '../engine/driver.ts';
import { ModuleWriter } from '../engine/wasm/module-writer.ts';
import type { CodeWriter, Label } from '../engine/wasm/code-writer.ts';
import type { InstructionAlignment } from '../../isa/configuration/isa.ts';
import type { MachineMemory } from '../memory.ts';
import { isOnePage, type Block, type FlowGraph, type PlacedInstruction } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';
import { budgetChecks } from './budget-checks.ts';
import { chainedLoads } from './load-chains.ts';
import {
  leaveIfAbsent,
  writeChoice,
  writeEntry,
  writeExit,
  writeLookUp,
  type RegionPage,
} from './region-entry.ts';
import { makeFrame, type RegionFrame } from './region-frame.ts';
import { RegionLeaves } from './region-leaves.ts';
import type { RegionWays } from './register-place.ts';
import { steadyAccesses } from './steady-pages.ts';
import { usedRegisters, type UsedRegisters } from './used-registers.ts';
import { BlockWriter } from './write-block.ts';

/**
 * Writes a region as a wasm module, which imports `machine.memory` and exports `region`, a function of the type
 * `regionSignature`.
 */
export function writeRegion(plan: RegionPlan): Uint8Array {
  const { graph, order, memory } = plan;
  const module = new ModuleWriter({
    module: 'machine',
    name: 'memory',
    pages: memory.wasm.buffer.byteLength / 0x1_0000,
  });
  const used = usedRegisters(graph);
  const { frame, types } = makeFrame(used, steadyAccesses(graph, order));
  module.function('region', regionSignature, types, (code) => {
    new RegionWriter(code, frame, plan).write(used);
  });
  return module.finish();
}

/** What there is to write. */
interface RegionPlan {
  readonly graph: FlowGraph;
  readonly order: FlowOrder;
  readonly memory: MachineMemory;
  readonly alignment: InstructionAlignment;
  /** `undefined` for one that has one entry, which nothing in it leads back to by an indirect jump. */
  readonly pages: readonly RegionPage[] | undefined;
  /** See `RegisterPlace`. */
  readonly likelyAddend: number | undefined;
}

class RegionWriter {
  readonly #code: CodeWriter;
  readonly #frame: RegionFrame;
  readonly #graph: FlowGraph;
  readonly #order: FlowOrder;
  readonly #pages: readonly RegionPage[] | undefined;
  readonly #blocks: BlockWriter;
  readonly #leaves: RegionLeaves;
  /** See `budgetChecks`. */
  readonly #needs: Int32Array;
  readonly #loopLabels = new Map<number, Label>();
  readonly #mergeLabels = new Map<number, Label>();
  #dispatch: Label | undefined;

  constructor(
    code: CodeWriter,
    frame: RegionFrame,
    { graph, order, memory, alignment, pages, likelyAddend }: RegionPlan,
  ) {
    this.#code = code;
    this.#frame = frame;
    this.#graph = graph;
    this.#order = order;
    this.#pages = pages;
    this.#leaves = new RegionLeaves(code, frame);
    this.#needs = budgetChecks(graph, order);
    this.#blocks = new BlockWriter(code, frame, {
      ramDelta: memory.ramBase - memory.ramOffset,
      alignment,
      likelyAddend,
      chained: likelyAddend === undefined ? new Set() : chainedLoads(graph, order),
    });
  }

  write(used: UsedRegisters): void {
    const code = this.#code;
    writeEntry(code, this.#frame, this.#pages ?? [], used);
    this.#emptyCaches(0);
    this.#leaves.around(() => this.#writeDispatch());
    writeExit(code, this.#frame, used);
  }

  /**
   * Finds the entry of `target`; dispatch: loop { br_table; blocks }. An indirect jump finds its entry itself and goes
   * to the dispatch: a loop of its own for that would cost each return the shuffling of registers between two loops. A
   * region with one entry, and no edge into the middle of a loop, has none of it.
   */
  #writeDispatch(): void {
    const code = this.#code;
    const { choice } = this.#frame;
    const { dispatched } = this.#order;
    if (this.#pages === undefined && dispatched.length === 1) {
      this.#writeChildren(0, () => this.#goTo(0, dispatched[0] as number));
      return;
    }
    if (this.#pages === undefined) {
      code.i32(1);
      code.set(choice);
    } else {
      this.#writeLookUp(this.#pages);
    }
    code.loop((dispatch) => {
      this.#dispatch = dispatch;
      this.#writeChildren(0, () => {
        const labels = dispatched.map((block) => this.#mergeLabels.get(block) as Label);
        writeChoice(code, this.#frame, labels);
        this.#leaves.toTarget();
      });
    });
  }

  #writeLookUp(pages: readonly RegionPage[]): void {
    writeLookUp(this.#code, this.#frame, pages, () => this.#leaves.toTarget());
  }

  /** Writes `body`, and after it the blocks that `block` dominates and several ways lead to, each at its label. */
  #writeChildren(block: number, body: () => void): void {
    // The outermost label belongs to the block that comes last.
    const children = (this.#order.dominated[block] as readonly number[])
      .filter((child) => this.#order.merges.has(child))
      .toReversed();
    const nest = (index: number): void => {
      const child = children[index];
      if (child === undefined) {
        body();
        return;
      }
      this.#code.block((label) => {
        this.#mergeLabels.set(child, label);
        nest(index + 1);
      });
      this.#mergeLabels.delete(child);
      this.#writeTree(child);
    };
    nest(0);
  }

  #writeTree(block: number): void {
    const body = (): void => this.#writeChildren(block, () => this.#writeBlock(block));
    if (!this.#order.loops.has(block)) {
      body();
      return;
    }
    this.#emptyCaches(block);
    this.#code.loop((label) => {
      this.#loopLabels.set(block, label);
      body();
    });
    this.#loopLabels.delete(block);
  }

  #writeBlock(number: number): void {
    const code = this.#code;
    const { budget } = this.#frame;
    const block = this.#graph.blocks.get(this.#order.offsets[number] as number) as Block;
    const { length } = block.instructions;
    const copies = this.#order.copies.get(number) ?? 1;
    const total = copies * length;
    const need = this.#needs[number] as number;
    this.#leaves.together(() => {
      if (need > 0) {
        code.get(budget);
        code.i32(need);
        code.plain('i32.lt_s');
        code.if(() => this.#leaves.at(block.offset, 'interpret', 0));
      }
      code.get(budget);
      code.i32(total);
      code.plain('i32.sub');
      code.set(budget);
      for (let done = 0; done < total; done += length) this.#writeInstructions(number, block, total - done);
    });
  }

  /** `paid`: for how many instructions, from the first of the block on, the budget was lessened. */
  #writeInstructions(number: number, block: Block, paid: number): void {
    const { instructions } = block;
    const interpret = (index: number): void =>
      this.#leaves.at((instructions[index] as PlacedInstruction).offset, 'interpret', paid - index);
    this.#blocks.write(block, this.#waysFrom(number, paid - instructions.length, interpret));
  }

  /** `unused`: what was paid for copies of the block that come after this one, of which the last has none. */
  #waysFrom(from: number, unused: number, interpret: RegionWays['interpret']): RegionWays {
    const code = this.#code;
    const goTo = (offset: number): void => {
      const to = this.#successor(from, offset);
      const isNear = isOnePage(offset, this.#order.offsets[from] as number);
      const leave = (): void => this.#leaves.at(offset, isNear ? 'near' : 'far', 0);
      if (to === undefined) {
        leave();
        return;
      }
      if (!isNear) leaveIfAbsent(code, this.#frame, this.#placeOfPage(offset), leave);
      this.#goTo(from, to);
    };
    return {
      goTo,
      branchTo: (condition, taken, otherwise) => {
        condition();
        if (unused === 0) {
          code.if(() => goTo(taken));
          goTo(otherwise);
          return;
        }
        const repeats = this.#order.numberOf.get(taken) === from;
        if (repeats) code.plain('i32.eqz');
        code.if(() => {
          this.#leaves.giveBack(unused);
          goTo(repeats ? otherwise : taken);
        });
      },
      goToTarget: () => {
        if (this.#pages === undefined) {
          this.#leaves.toTarget();
          return;
        }
        this.#writeLookUp(this.#pages);
        code.br(this.#dispatch as Label);
      },
      interpret,
    };
  }

  #placeOfPage(offset: number): number {
    return this.#pages?.findIndex((page) => isOnePage(page.offset, offset)) ?? 0;
  }

  #successor(from: number, offset: number): number | undefined {
    const to = this.#order.numberOf.get(offset);
    return to !== undefined && this.#order.successors[from]?.includes(to) ? to : undefined;
  }

  #goTo(from: number, to: number): void {
    const code = this.#code;
    const loop = this.#loopLabels.get(to);
    const merge = this.#mergeLabels.get(to);
    if (to <= from && loop !== undefined) {
      code.br(loop);
    } else if (to <= from) {
      code.i32(this.#order.dispatched.indexOf(to) + 1);
      code.set(this.#frame.choice);
      code.br(this.#dispatch as Label);
    } else if (merge !== undefined) {
      code.br(merge);
    } else {
      this.#writeTree(to);
    }
  }

  /** Forgets the pages of the accesses in the loop at whose head this block is: so they take no room outside of it. */
  #emptyCaches(head: number): void {
    for (const [accesses, { tag }] of this.#frame.caches) {
      if (accesses.head !== head) continue;
      this.#code.i64(-1n);
      this.#code.set(tag);
    }
  }
}
