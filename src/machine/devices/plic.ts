import { assert } from '../../common/errors.ts';
import { Device, type AccessRules, type DeviceRegister } from '../device.ts';

/** Registers of the PLIC, by what they are and for which source, word of sources or context. */
export type PlicRegister = DeviceRegister &
  (
    | { readonly kind: 'priority'; readonly source: number }
    | { readonly kind: 'pending'; readonly word: number }
    | { readonly kind: 'enable'; readonly context: number; readonly word: number }
    | { readonly kind: 'threshold' | 'claim'; readonly context: number }
  );

/** Who receives interrupts: one privilege level of one hart. */
export interface PlicContext {
  readonly hart: number;
  readonly level: 'M' | 'S';
}

/** What is saved of a PLIC: by source, by word of 32 sources, or by context. */
export interface PlicState {
  readonly [name: string]: readonly number[] | readonly (readonly number[])[];
  readonly priority: readonly number[];
  /** Lines of the sources, as words of bits. */
  readonly level: readonly number[];
  readonly pending: readonly number[];
  readonly claimed: readonly number[];
  readonly enable: readonly (readonly number[])[];
  readonly threshold: readonly number[];
}

/** What a PLIC is connected to. */
export interface PlicWiring {
  /** Sources are numbered from 1 to this. */
  readonly sources: number;
  readonly contexts: readonly PlicContext[];
  /** The external interrupt of a context (MEIP or SEIP of its hart) changed. */
  readonly externalInterrupt: (context: PlicContext, raised: boolean) => void;
}

/** QEMU's `virt` board implements three bits of priority. */
const highestPriority = 7;

/** The platform-level interrupt controller, as the RISC-V PLIC specification and QEMU's `virt` lay it out. */
export class Plic extends Device<PlicRegister, PlicState> {
  readonly model = 'plic';
  readonly summary =
    'Platform-level interrupt controller: from device lines to external interrupts of harts.';
  readonly compatible = ['sifive,plic-1.0.0', 'riscv,plic0'];
  readonly registers: readonly PlicRegister[];
  readonly sources: number;
  readonly contexts: readonly PlicContext[];
  protected readonly rules: AccessRules = { sizes: [4], undefinedOffsets: 'zero' };
  readonly #words: number;
  readonly #externalInterrupt: PlicWiring['externalInterrupt'];
  #priority: number[] = [];
  #level = new Uint32Array();
  #pending = new Uint32Array();
  #claimed = new Uint32Array();
  #enable: readonly Uint32Array[] = [];
  #threshold: number[] = [];

  constructor(wiring: PlicWiring) {
    super();
    this.sources = wiring.sources;
    this.contexts = wiring.contexts;
    this.#words = Math.floor(wiring.sources / 32) + 1;
    this.#externalInterrupt = wiring.externalInterrupt;
    this.registers = describe(wiring.sources, wiring.contexts);
    this.reset();
  }

  /** Sets the line of a source (level-triggered): its request waits in the gateway while one is claimed. */
  setLine(source: number, raised: boolean): void {
    assert(source > 0 && source <= this.sources, 'a line leads to a source of the PLIC');
    // Devices say it at every access; only a change goes on to the gateway.
    if (getBit(this.#level, source) === raised) return;
    setBit(this.#level, source, raised);
    this.#gate(source);
    this.#update();
  }

  /** The source a claim by this context would return now, or 0. */
  highestPending(context: number): number {
    const enable = this.#enable[context];
    assert(enable !== undefined, `the PLIC has no context ${context}`);
    let best = 0;
    let bestPriority = this.#threshold[context] ?? 0;
    for (let word = 0; word < this.#words; word++) {
      let candidates = (this.#pending[word] ?? 0) & (enable[word] ?? 0);
      for (; candidates !== 0; candidates &= candidates - 1) {
        const source = word * 32 + 31 - Math.clz32(candidates & -candidates);
        const priority = this.#priority[source] ?? 0;
        // Equal priorities: the lowest source wins; so only a higher one replaces it.
        if (priority > bestPriority) [best, bestPriority] = [source, priority];
      }
    }
    return best;
  }

  peek(register: PlicRegister): bigint {
    switch (register.kind) {
      case 'priority':
        return BigInt(this.#priority[register.source] ?? 0);
      case 'pending':
        return BigInt(this.#pending[register.word] ?? 0);
      case 'enable':
        return BigInt(this.#enable[register.context]?.[register.word] ?? 0);
      case 'threshold':
        return BigInt(this.#threshold[register.context] ?? 0);
      case 'claim':
        return BigInt(this.highestPending(register.context));
    }
  }

  reset(): void {
    this.#priority = Array.from({ length: this.sources + 1 }, () => 0);
    this.#level = new Uint32Array(this.#words);
    this.#pending = new Uint32Array(this.#words);
    this.#claimed = new Uint32Array(this.#words);
    this.#enable = this.contexts.map(() => new Uint32Array(this.#words));
    this.#threshold = this.contexts.map(() => 0);
  }

  save(): PlicState {
    return {
      priority: [...this.#priority],
      level: [...this.#level],
      pending: [...this.#pending],
      claimed: [...this.#claimed],
      enable: this.#enable.map((words) => [...words]),
      threshold: [...this.#threshold],
    };
  }

  restore(state: PlicState): void {
    this.#priority = [...state.priority];
    this.#level = Uint32Array.from(state.level);
    this.#pending = Uint32Array.from(state.pending);
    this.#claimed = Uint32Array.from(state.claimed);
    this.#enable = state.enable.map((words) => Uint32Array.from(words));
    this.#threshold = [...state.threshold];
  }

  protected read(register: PlicRegister): bigint {
    if (register.kind !== 'claim') return this.peek(register);
    const source = this.highestPending(register.context);
    if (source !== 0) {
      setBit(this.#pending, source, false);
      setBit(this.#claimed, source, true);
      this.#update();
    }
    return BigInt(source);
  }

  protected write(register: PlicRegister, value: bigint): void {
    const bits = Number(value);
    switch (register.kind) {
      case 'priority':
        this.#priority[register.source] = bits & highestPriority;
        break;
      case 'pending':
        // Pending bits follow the gateways; a write is ignored.
        return;
      case 'enable': {
        const enable = this.#enable[register.context];
        if (enable) enable[register.word] = bits & existingSources(register.word, this.sources);
        break;
      }
      case 'threshold':
        this.#threshold[register.context] = bits & highestPriority;
        break;
      case 'claim':
        this.#complete(register.context, bits);
        break;
    }
    this.#update();
  }

  /** PLIC 9: a completion that does not match an enabled source of the context is ignored. */
  #complete(context: number, source: number): void {
    const enable = this.#enable[context];
    if (source === 0 || source > this.sources || !enable || !getBit(enable, source)) return;
    setBit(this.#claimed, source, false);
    this.#gate(source);
  }

  /**
   * The gateway of a level-triggered source passes one request on at a time, and cannot take it back: where the line
   * falls before the claim, the handler finds out that there is nothing to do (PLIC 1.0.0, interrupt gateways).
   */
  #gate(source: number): void {
    if (!getBit(this.#claimed, source) && getBit(this.#level, source)) setBit(this.#pending, source, true);
  }

  #update(): void {
    this.contexts.forEach((context, index) => {
      this.#externalInterrupt(context, this.highestPending(index) !== 0);
    });
  }
}

/** Bits of sources that do not exist (source 0 among them) are hardwired to zero. */
function existingSources(word: number, sources: number): number {
  const last = sources - word * 32;
  const upTo = last >= 31 ? 0xffff_ffff : 2 ** (last + 1) - 1;
  return word === 0 ? upTo & ~1 : upTo;
}

function getBit(words: Uint32Array, bit: number): boolean {
  return (((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}

function setBit(words: Uint32Array, bit: number, value: boolean): void {
  const mask = 1 << (bit & 31);
  const old = words[bit >>> 5] ?? 0;
  words[bit >>> 5] = value ? old | mask : old & ~mask;
}

function describe(sources: number, contexts: readonly PlicContext[]): readonly PlicRegister[] {
  const words = Math.floor(sources / 32) + 1;
  const registers: PlicRegister[] = [];
  for (let source = 1; source <= sources; source++) {
    registers.push({
      kind: 'priority',
      source,
      name: `priority${source}`,
      offset: source * 4,
      width: 4,
      access: 'read-write',
      reset: 0n,
      summary: `Priority of source ${source}; 0 never interrupts.`,
      fields: [{ name: 'PRIORITY', high: 2, low: 0, summary: 'Higher wins; equal: the lower source.' }],
    });
  }
  for (let word = 0; word < words; word++) {
    registers.push({
      kind: 'pending',
      word,
      name: `pending${word}`,
      offset: 0x1000 + word * 4,
      width: 4,
      access: 'read-only',
      reset: 0n,
      summary: `Requests of sources ${word * 32} to ${word * 32 + 31} that no context has claimed.`,
      fields: sourceBits(word, sources, 'Waits to be claimed.'),
    });
  }
  contexts.forEach(({ hart, level }, context) => {
    const name = `hart${hart}.${level}`;
    for (let word = 0; word < words; word++) {
      registers.push({
        kind: 'enable',
        context,
        word,
        name: `${name}.enable${word}`,
        offset: 0x2000 + context * 0x80 + word * 4,
        width: 4,
        access: 'read-write',
        reset: 0n,
        summary: `Sources ${word * 32} to ${word * 32 + 31} that interrupt ${level} mode of hart ${hart}.`,
        fields: sourceBits(word, sources, 'May interrupt this context.'),
      });
    }
    registers.push(
      {
        kind: 'threshold',
        context,
        name: `${name}.threshold`,
        offset: 0x20_0000 + context * 0x1000,
        width: 4,
        access: 'read-write',
        reset: 0n,
        summary: `Sources of this priority or less do not interrupt ${level} mode of hart ${hart}.`,
        fields: [{ name: 'THRESHOLD', high: 2, low: 0, summary: 'Only higher priorities interrupt.' }],
      },
      {
        kind: 'claim',
        context,
        name: `${name}.claim`,
        offset: 0x20_0004 + context * 0x1000,
        width: 4,
        access: 'read-write',
        reset: 0n,
        summary: 'Read: claims the pending source of highest priority (0: none). Write: completes it.',
        fields: [],
      },
    );
  });
  return registers;
}

function sourceBits(word: number, sources: number, summary: string): DeviceRegister['fields'] {
  return Array.from({ length: 32 }, (_, bit) => ({ source: word * 32 + bit, bit }))
    .filter(({ source }) => source >= 1 && source <= sources)
    .map(({ source, bit }) => ({ name: `source${source}`, high: bit, low: bit, summary }))
    .toReversed();
}
