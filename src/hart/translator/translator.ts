import { wasm, type WasmFunction, type WasmTable } from '../../common/web-assembly.ts';
import type { CodeObserver, PredecodedCode } from '../engine/predecoded-code.ts';
import { entryTableBytes, mostFunctions } from '../layout.ts';
import type { MachineMemory } from '../memory.ts';
import { exploreFlow, type FlowGraph } from './flow-graph.ts';
import { orderFlow } from './flow-order.ts';
import { writeRegion } from './write-region.ts';

/** How soon code is translated; all counts are of instructions that the interpreter did. */
export interface TranslationPolicy {
  /** After so many steps it is looked at where a hart is, as long as the interpreter does much of the work. */
  readonly interval: number;
  /** A page is translated once the interpreter spent so many in it; 0: as soon as it is met. */
  readonly pageHeat: number;
  /** A loop is translated by itself once the interpreter came by so often at its head: 1 to 65535. */
  readonly loopHeat: number;
  /** Translated functions that are kept at most. */
  readonly capacity: number;
}

export const standardPolicy: TranslationPolicy = {
  interval: 1 << 16,
  pageHeat: 200_000,
  loopHeat: 1000,
  capacity: mostFunctions,
};

/** What was translated so far, for `strata run --stats` and the like. */
export interface TranslationStatistics {
  readonly translations: number;
  /** Instructions that the interpreter did, of which the translator was told. */
  readonly interpreted: number;
  /** Functions that are there now. */
  readonly functions: number;
  /** Bytes of wasm code written so far. */
  readonly bytes: number;
  /** Dropped because their code or its breakpoints changed, or for want of room. */
  readonly dropped: number;
}

interface Translated {
  /** Its place in the table of functions. */
  readonly slot: number;
  readonly entries: readonly number[];
  readonly loopHeads: readonly number[];
}

interface TranslatedPage {
  readonly page: number;
  main: Translated | undefined;
  readonly loops: Map<number, Translated>;
  /** A byte for each place in the page: 1 where a translated instruction begins. */
  readonly covered: Uint8Array;
  lastUse: number;
}

/**
 * The translated code of a machine: functions of wasm, each made of the hot code of one page of RAM. What is known of
 * them outside are marks in the predecoded records, at the places where they can be entered.
 */
export class Translator implements CodeObserver {
  /** The functions by their number, for the engines' wasm code to call. */
  readonly functions: WasmTable;
  readonly #memory: MachineMemory;
  readonly #code: PredecodedCode;
  readonly #policy: TranslationPolicy;
  readonly #pages = new Map<number, TranslatedPage>();
  readonly #heat = new Map<number, number>();
  /** How often a page was translated: each time it has to be hotter. */
  readonly #times = new Map<number, number>();
  readonly #free: number[];
  #likelyAddend: number | undefined;
  #uses = 0;
  #translations = 0;
  #interpreted = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(options: {
    readonly memory: MachineMemory;
    readonly code: PredecodedCode;
    readonly policy: TranslationPolicy;
  }) {
    this.#memory = options.memory;
    this.#code = options.code;
    this.#policy = options.policy;
    this.#free = Array.from({ length: this.#policy.capacity }, (_, slot) => slot);
    this.functions = new wasm.Table({ element: 'anyfunc', initial: this.#policy.capacity });
    this.#code.observe(this);
  }

  /** Whether all code is to be translated as soon as it is met. */
  get isEager(): boolean {
    return this.#policy.pageHeat === 0;
  }

  /** See `TranslationPolicy`. */
  get interval(): number {
    return this.#policy.interval;
  }

  get statistics(): TranslationStatistics {
    return {
      translations: this.#translations,
      interpreted: this.#interpreted,
      functions: this.#policy.capacity - this.#free.length,
      bytes: this.#bytes,
      dropped: this.#dropped,
    };
  }

  /** A hart is at this place of a page of RAM, and the interpreter did so many instructions since it last told. */
  sample(page: number, offset: number, interpreted: number, likelyAddend: () => number | undefined): void {
    this.#interpreted += interpreted;
    const known = this.#pages.get(page);
    if (known !== undefined) known.lastUse = ++this.#uses;
    if (this.isEager) {
      this.#likelyAddend = likelyAddend();
      this.#translateAtOnce(page, offset, known);
      return;
    }
    const heat = (this.#heat.get(page) ?? 0) + interpreted;
    this.#heat.set(page, heat);
    const times = this.#times.get(page) ?? 0;
    if (heat < this.#policy.pageHeat * 2 ** times) return;
    this.#heat.set(page, 0);
    this.#likelyAddend = likelyAddend();
    if (known?.main === undefined || this.#hasNewEntries(page, known.main)) {
      this.#times.set(page, times + 1);
      this.#translatePage(page, []);
    }
    // A loop that control fell into, or was sent back into: no entry leads there.
    if (this.#pages.get(page)?.main === undefined) this.#translateHere(page, offset);
  }

  #translateHere(page: number, offset: number): void {
    if (this.#code.isPlain(page, offset) && !this.#code.isRegion(page, offset))
      this.#translateLoop(page, offset);
  }

  /** The interpreter came by at the head of a loop, at this place, as often as it takes. */
  hotLoop(page: number, offset: number, likelyAddend: () => number | undefined): void {
    this.#likelyAddend = likelyAddend();
    this.#translateLoop(page, offset);
  }

  codeChanges(page: number, from: number, to: number): void {
    const known = this.#pages.get(page);
    if (known === undefined) return;
    for (let place = from >> 1; place < to >> 1; place++) {
      if (known.covered[place] === 0) continue;
      this.#drop(known);
      return;
    }
  }

  #translateAtOnce(page: number, offset: number, known: TranslatedPage | undefined): void {
    if (!this.#code.isPlain(page, offset) || this.#code.isRegion(page, offset)) return;
    if (known?.main === undefined) this.#translatePage(page, [offset]);
    else this.#translateLoop(page, offset);
  }

  #translatePage(page: number, more: readonly number[]): void {
    const former = this.#pages.get(page);
    if (former !== undefined) this.#drop(former);
    const entries = new Set(more);
    for (let offset = 0; offset < pageBytes; offset += 2) {
      if (entries.size < mostEntries && this.#code.isSeen(page, offset)) entries.add(offset);
    }
    const graph = exploreFlow(this.#source(page), entries, { calls: 'followed', limit: mostInstructions });
    const main = this.#translate(page, graph, 'page');
    if (main === undefined) return;
    const known = this.#knownPage(page);
    known.main = main;
    this.#cover(known, graph);
    for (const offset of main.entries) this.#code.setRegion(page, offset, main.slot);
    for (const offset of main.loopHeads) this.#code.setLoopHead(page, offset, this.#policy.loopHeat);
  }

  #translateLoop(page: number, offset: number): void {
    const graph = exploreFlow(this.#source(page), [offset], { calls: 'left', limit: mostInstructions });
    const loop = this.#translate(page, graph, 'loop');
    if (loop === undefined) return;
    const known = this.#knownPage(page);
    known.loops.set(offset, loop);
    this.#cover(known, graph);
    this.#code.setRegion(page, offset, loop.slot);
  }

  #translate(page: number, graph: FlowGraph, kind: 'page' | 'loop'): Translated | undefined {
    if (graph.entries.length === 0 || graph.entries.length > mostEntries) return undefined;
    const slot = this.#takeSlot(page);
    const table = kind === 'page' ? this.#memory.entryTablesOffset + slot * entryTableBytes : undefined;
    const order = orderFlow(graph);
    if (table !== undefined) {
      const bytes = new Uint8Array(this.#memory.wasm.buffer, table, entryTableBytes);
      bytes.fill(0);
      for (const [index, offset] of graph.entries.entries()) bytes[offset >> 1] = index + 1;
    }
    const bytes = writeRegion({
      graph,
      order,
      memory: this.#memory,
      entryTable: table,
      likelyAddend: this.#likelyAddend,
    });
    const instance = new wasm.Instance(new wasm.Module(bytes), { machine: { memory: this.#memory.wasm } });
    this.functions.set(slot, instance.exports['region'] as WasmFunction);
    this.#translations++;
    this.#bytes += bytes.length;
    const entries = new Set(graph.entries);
    return {
      slot,
      entries: graph.entries,
      loopHeads: [...order.loops]
        .map((block) => order.offsets[block] as number)
        .filter((offset) => !entries.has(offset)),
    };
  }

  #source(page: number): Parameters<typeof exploreFlow>[0] {
    return { at: (offset) => this.#code.instructionAt(page, offset) };
  }

  #knownPage(page: number): TranslatedPage {
    let known = this.#pages.get(page);
    if (known === undefined) {
      known = {
        page,
        main: undefined,
        loops: new Map(),
        covered: new Uint8Array(pageBytes / 2),
        lastUse: ++this.#uses,
      };
      this.#pages.set(page, known);
    }
    return known;
  }

  #cover(known: TranslatedPage, graph: FlowGraph): void {
    for (const { instructions } of graph.blocks.values()) {
      for (const { offset } of instructions) known.covered[offset >> 1] = 1;
    }
  }

  #hasNewEntries(page: number, main: Translated): boolean {
    const entries = new Set(main.entries);
    for (let offset = 0; offset < pageBytes; offset += 2) {
      if (!entries.has(offset) && this.#code.isSeen(page, offset) && this.#code.isPlain(page, offset))
        return true;
    }
    return false;
  }

  /** A free place in the table; where there is none, that of the page that was not met for longest, but this one. */
  #takeSlot(page: number): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    let oldest: TranslatedPage | undefined;
    for (const known of this.#pages.values()) {
      if (known.page !== page && (oldest === undefined || known.lastUse < oldest.lastUse)) oldest = known;
    }
    this.#drop(oldest ?? (this.#pages.get(page) as TranslatedPage));
    return this.#free.pop() as number;
  }

  #drop(known: TranslatedPage): void {
    this.#pages.delete(known.page);
    for (const translated of [...known.loops.values(), ...(known.main ? [known.main] : [])]) {
      for (const offset of [...translated.entries, ...translated.loopHeads])
        this.#code.removeRegion(known.page, offset);
      this.functions.set(translated.slot, null);
      this.#free.push(translated.slot);
      this.#dropped++;
    }
  }
}

const pageBytes = 0x1000;
/** An entry's number has to fit a byte. */
const mostEntries = 200;
/** Of one function: the compiler's time grows faster than its length. */
const mostInstructions = 1500;
