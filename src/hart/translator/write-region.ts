import { regionSignature } from '../engine/driver.ts';
import { needsFloatingPoint } from '../../isa/floating-point-guards.ts';
import { floatLocals as floatCounts } from '../engine/float-place.ts';
import { compileInstruction } from '../engine/compile-semantics.ts';
import { writeUnit } from '../engine/float-unit.ts';
import { floatRegisterOffset, inPageMask, registerOffset } from '../engine/layout.ts';
import { compileCsrAccess } from '../engine/compile-csr.ts';
import { csrAccessOf } from '../engine/csr-access.ts';
import { ModuleWriter } from '../engine/wasm/module-writer.ts';
import type { CodeWriter, Label, Local } from '../engine/wasm/code-writer.ts';
import type { ValueType } from '../engine/wasm/opcodes.ts';
import type { MachineMemory } from '../memory.ts';
import { hartSlot, slotOffset } from '../state.ts';
import type { Block, FlowGraph, PlacedInstruction } from './flow-graph.ts';
import type { FlowOrder } from './flow-order.ts';
import { RegisterPlace, type PageCache, type RegionLocals, type RegionWays } from './register-place.ts';
import { unitMaskOf, usedRegisters, type UsedRegisters } from './used-registers.ts';
import { steadyAccesses, type SteadyAccesses } from './steady-pages.ts';

/**
 * Writes a region as a wasm module, which imports `machine.memory` and exports `region`, a function of the type
 * `regionSignature`. `entryTable` is the address in the wasm memory of 2048 bytes, one for each place
 * in the page: 0, or one more than the entry's place in `graph.entries`. A graph with one entry needs none.
 */
export function writeRegion({ graph, order, memory, entryTable, likelyAddend }: RegionPlan): Uint8Array {
  const module = new ModuleWriter({
    module: 'machine',
    name: 'memory',
    pages: memory.wasm.buffer.byteLength / 0x1_0000,
  });
  const used = usedRegisters(graph);
  const floats = used.f.all;
  const cached = steadyAccesses(graph, order);
  const cacheKeys = [...new Set(cached.values())];
  const types: ValueType[] = [
    ...Array.from({ length: 5 }, () => 'i32' as const),
    ...Array.from({ length: 6 + used.x.all.length + cacheKeys.length }, () => 'i64' as const),
    ...cacheKeys.map(() => 'i32' as const),
    ...(floats.length === 0 ? [] : floatTypes),
    ...floats.map(() => 'f64' as const),
  ];
  module.function('region', regionSignature, types, (code, locals) => {
    const [
      budget,
      target,
      state,
      context,
      choice,
      leaveOffset,
      leaveKind,
      entry,
      host,
      base,
      address,
      ...rest
    ] = locals as [Local, ...Local[]];
    const x: (Local | undefined)[] = [];
    const f: (Local | undefined)[] = [];
    for (const [index, register] of used.x.all.entries()) x[register] = rest[4 + index];
    const firstCache = 4 + used.x.all.length;
    const [unit, ...floatLocals] = rest.slice(firstCache + 2 * cacheKeys.length);
    const [doubles, singles, ofRegisters] = [
      floatLocals.slice(0, floatCounts.doubles),
      floatLocals.slice(floatCounts.doubles, floatTypes.length - 1),
      floatLocals.slice(floatTypes.length - 1),
    ];
    for (const [index, register] of floats.entries()) f[register] = ofRegisters[index];
    const caches = new Map(
      cacheKeys.map((key, index) => [
        key,
        {
          tag: rest[firstCache + index] as Local,
          addend: rest[firstCache + cacheKeys.length + index] as Local,
        },
      ]),
    );
    const frame = {
      budget,
      target,
      state,
      context,
      choice,
      leaveOffset,
      leaveKind,
      entry,
      host,
      base,
      address,
      scratch: rest.slice(0, 4),
      x,
      f,
      unit,
      doubles,
      singles,
    } as Omit<Frame, 'caches' | 'cached'>;
    new RegionWriter(
      code,
      { ...frame, caches, cached },
      { graph, order, memory, entryTable, likelyAddend },
    ).write(used);
  });
  return module.finish();
}

/** What there is to write. */
interface RegionPlan {
  readonly graph: FlowGraph;
  readonly order: FlowOrder;
  readonly memory: MachineMemory;
  readonly entryTable: number | undefined;
  /** See `RegisterPlace`. */
  readonly likelyAddend: number | undefined;
}

/** The locals of a region with floating point, before those of its f registers. */
const floatTypes: readonly ValueType[] = [
  'i32',
  ...Array.from({ length: floatCounts.doubles }, () => 'f64' as const),
  ...Array.from({ length: floatCounts.singles }, () => 'f32' as const),
];

interface Frame extends RegionLocals {
  /** Which entry the dispatch goes to. */
  readonly choice: Local;
  /** pc at the end, as an offset from `base`. */
  readonly leaveOffset: Local;
  /** 1 where the interpreter has to go on. */
  readonly leaveKind: Local;
  readonly caches: ReadonlyMap<SteadyAccesses, PageCache>;
  readonly cached: ReadonlyMap<PlacedInstruction, SteadyAccesses>;
}

class RegionWriter {
  readonly #code: CodeWriter;
  readonly #frame: Frame;
  readonly #graph: FlowGraph;
  readonly #order: FlowOrder;
  readonly #ramDelta: number;
  readonly #entryTable: number | undefined;
  readonly #likelyAddend: number | undefined;
  readonly #loopLabels = new Map<number, Label>();
  readonly #mergeLabels = new Map<number, Label>();
  #lookUp: Label | undefined;
  #dispatch: Label | undefined;
  #leaveTo: Label | undefined;
  #leaveAt: Label | undefined;

  constructor(
    code: CodeWriter,
    frame: Frame,
    { graph, order, memory, entryTable, likelyAddend }: RegionPlan,
  ) {
    this.#likelyAddend = likelyAddend;
    this.#code = code;
    this.#frame = frame;
    this.#graph = graph;
    this.#order = order;
    this.#ramDelta = memory.ramBase - memory.ramOffset;
    this.#entryTable = entryTable;
  }

  write(used: UsedRegisters): void {
    const code = this.#code;
    const { target, base, state, budget, leaveOffset, leaveKind, x, f, unit } = this.#frame;
    code.get(target);
    code.i64(-4096n);
    code.plain('i64.and');
    code.set(base);
    for (const register of used.x.all) {
      code.get(state);
      code.memory('i64.load', registerOffset(register));
      code.set(x[register] as Local);
    }
    for (const register of used.f.all) {
      code.get(state);
      code.memory('f64.load', floatRegisterOffset(register));
      code.set(f[register] as Local);
    }
    if (used.f.all.length > 0) {
      writeUnit({ code, stateBase: () => code.get(state), slotAt: slotOffset });
      code.set(unit);
    }
    this.#emptyCaches(0);
    code.block((leaveTo) => {
      this.#leaveTo = leaveTo;
      code.block((leaveAt) => {
        this.#leaveAt = leaveAt;
        this.#writeDispatch();
      });
      code.get(base);
      code.get(leaveOffset);
      code.plain('i64.extend_i32_s');
      code.plain('i64.add');
      code.set(target);
    });
    for (const register of used.x.written) {
      code.get(state);
      code.get(x[register] as Local);
      code.memory('i64.store', registerOffset(register));
    }
    for (const register of used.f.written) {
      code.get(state);
      code.get(f[register] as Local);
      code.memory('f64.store', floatRegisterOffset(register));
    }
    code.get(state);
    code.get(target);
    code.memory('i64.store', slotOffset(hartSlot.pc));
    code.get(budget);
    code.i32(1);
    code.plain('i32.shl');
    code.get(leaveKind);
    code.plain('i32.or');
  }

  /**
   * lookUp: loop { find the entry of `target`; dispatch: loop { br_table; blocks } }. A region with one entry, and no
   * edge into the middle of a loop, has none of it.
   */
  #writeDispatch(): void {
    const code = this.#code;
    const { target, base, choice } = this.#frame;
    const { dispatched } = this.#order;
    if (this.#entryTable === undefined && dispatched.length === 1) {
      this.#writeChildren(0, () => this.#goTo(0, dispatched[0] as number));
      return;
    }
    code.loop((lookUp) => {
      if (this.#entryTable !== undefined) {
        this.#lookUp = lookUp;
        code.get(target);
        code.i64(-4096n);
        code.plain('i64.and');
        code.get(base);
        code.plain('i64.ne');
        code.if(() => this.#leaveToTarget());
        code.get(target);
        code.plain('i32.wrap_i64');
        code.i32(inPageMask);
        code.plain('i32.and');
        code.i32(1);
        code.plain('i32.shr_u');
        code.memory('i32.load8_u', this.#entryTable);
        code.set(choice);
      } else {
        code.i32(1);
        code.set(choice);
      }
      code.loop((dispatch) => {
        this.#dispatch = dispatch;
        this.#writeChildren(0, () => {
          code.block((noEntry) => {
            code.get(choice);
            const labels = dispatched.map((block) => this.#mergeLabels.get(block) as Label);
            code.brTable([noEntry, ...labels], noEntry);
          });
          this.#leaveToTarget();
        });
      });
    });
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
    code.get(budget);
    code.i32(total);
    code.plain('i32.sub');
    code.tee(budget);
    code.i32(0);
    code.plain('i32.lt_s');
    code.if(() => this.#leave(block.offset, 1, total));
    for (let done = 0; done < total; done += length) this.#writeInstructions(number, block, total - done);
  }

  /** `paid`: for how many instructions, from the first of the block on, the budget was lessened. */
  #writeInstructions(number: number, block: Block, paid: number): void {
    const { length } = block.instructions;
    let unitMask = unitMaskOf(block);
    for (const [index, instruction] of block.instructions.entries()) {
      const isFloat = needsFloatingPoint(instruction.decoded.instruction);
      const isLast = index === length - 1;
      const place = new RegisterPlace({
        code: this.#code,
        ramDelta: this.#ramDelta,
        locals: this.#frame,
        ways: this.#waysFrom(number, paid - length, () => this.#leave(instruction.offset, 1, paid - index)),
        instruction,
        isLast,
        likelyAddend: this.#likelyAddend,
        cacheFor: (array) => {
          const accesses = this.#frame.cached.get(instruction);
          return accesses?.array === array ? this.#frame.caches.get(accesses) : undefined;
        },
        unitMask,
      });
      const access = csrAccessOf(instruction.decoded);
      if (access === undefined) compileInstruction(instruction.decoded.instruction, place);
      else compileCsrAccess(access, place);
      if (isFloat) unitMask = 0;
    }
  }

  /** `unused`: what was paid for copies of the block that come after this one, of which the last has none. */
  #waysFrom(from: number, unused: number, interpret: () => void): RegionWays {
    const code = this.#code;
    const goTo = (offset: number): void => {
      const to = this.#successor(from, offset);
      if (to === undefined) this.#leave(offset, 0, 0);
      else this.#goTo(from, to);
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
          this.#giveBack(unused);
          goTo(repeats ? otherwise : taken);
        });
      },
      goToTarget: () => {
        if (this.#lookUp === undefined) this.#leaveToTarget();
        else code.br(this.#lookUp);
      },
      interpret,
    };
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

  /** Leaves with pc at an offset, and gives back what of the budget was not used. */
  #leave(offset: number, kind: 0 | 1, unused: number): void {
    const code = this.#code;
    const { leaveOffset, leaveKind } = this.#frame;
    if (unused !== 0) this.#giveBack(unused);
    code.i32(offset);
    code.set(leaveOffset);
    code.i32(kind);
    code.set(leaveKind);
    code.br(this.#leaveAt as Label);
  }

  /** Forgets the pages of the accesses in the loop at whose head this block is: so they take no room outside of it. */
  #emptyCaches(head: number): void {
    for (const [accesses, { tag }] of this.#frame.caches) {
      if (accesses.head !== head) continue;
      this.#code.i64(-1n);
      this.#code.set(tag);
    }
  }

  #giveBack(unused: number): void {
    const code = this.#code;
    const { budget } = this.#frame;
    code.get(budget);
    code.i32(unused);
    code.plain('i32.add');
    code.set(budget);
  }

  #leaveToTarget(): void {
    this.#code.i32(0);
    this.#code.set(this.#frame.leaveKind);
    this.#code.br(this.#leaveTo as Label);
  }
}
