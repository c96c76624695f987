import { pageBytes } from '../common/page.ts';
import type { Decode } from '../isa/decode.ts';
import type { AccessSize } from '../isa/semantics.ts';
import type { EngineWalks } from './engine-walks.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import { hartSlot } from './state-layout.ts';
import type { HartState } from './state.ts';

/** Does plain loads and stores of devices, which no TLB has, without the evaluator: drivers do nothing else. */
export class DeviceAccesses {
  readonly #state: HartState;
  readonly #physical: PhysicalMemory;
  readonly #walks: EngineWalks;
  readonly #decode: Decode;
  readonly #known = new Map<number, PlainAccess | undefined>();

  constructor(parts: {
    readonly state: HartState;
    readonly physical: PhysicalMemory;
    readonly walks: EngineWalks;
    readonly decode: Decode;
  }) {
    this.#state = parts.state;
    this.#physical = parts.physical;
    this.#walks = parts.walks;
    this.#decode = parts.decode;
  }

  /**
   * Does the instruction `word` at pc, which accesses an address, given by its halves, that no TLB has. `false`: it is
   * another instruction, or faults, or accesses RAM, or is misaligned; nothing has happened but what a page walk marks.
   */
  access(word: number, access: 'read' | 'write', low: number, high: number): boolean {
    const plain = this.#known.has(word) ? this.#known.get(word) : this.#look(word);
    if (plain === undefined) return false;
    const page = this.#walks.translate(high * 0x10_0000 + (low >>> 12), access, 'update');
    if (page === undefined) return false;
    const address = page * pageBytes + (low & 0xfff);
    if (this.#physical.isRam(address, 1) || !this.#do(plain, address)) return false;
    const state = this.#state;
    const next = state.low(hartSlot.pc) + plain.length;
    state.setLow(hartSlot.pc, next);
    if (next >= 2 ** 32) state.setHigh(hartSlot.pc, state.high(hartSlot.pc) + 1);
    state.steps++;
    return true;
  }

  #do({ kind, register, size }: PlainAccess, address: number): boolean {
    if (kind === 'store') return this.#physical.store(address, size, this.#state.slot(hartSlot.x + register));
    const loaded = this.#physical.load(address, size);
    if (loaded === undefined) return false;
    this.#state.setX(
      register,
      kind === 'signed' ? BigInt.asUintN(64, BigInt.asIntN(8 * size, loaded)) : loaded,
    );
    return true;
  }

  #look(word: number): PlainAccess | undefined {
    const plain = plainAccess(word, this.#decode);
    if (this.#known.size >= mostWords) this.#known.clear();
    this.#known.set(word, plain);
    return plain;
  }
}

interface PlainAccess {
  /** A store, or how a load extends. */
  readonly kind: 'store' | 'signed' | 'unsigned';
  /** rd or rs2. */
  readonly register: number;
  readonly size: AccessSize;
  readonly length: 2 | 4;
}

function plainAccess(word: number, decode: Decode): PlainAccess | undefined {
  const decoded = decode(word);
  const [statement, ...more] = decoded?.instruction.semantics ?? [];
  if (decoded === undefined || statement === undefined || more.length > 0) return undefined;
  const { length, rd, rs2 } = decoded;
  if (statement.kind === 'setX' && statement.value.kind === 'load') {
    const { access, size, signed } = statement.value;
    if (access !== 'normal') return undefined;
    return { kind: signed ? 'signed' : 'unsigned', register: rd, size, length };
  }
  if (statement.kind !== 'store' || statement.access !== 'normal') return undefined;
  const { value, size } = statement;
  if (value.kind !== 'x' || value.operand !== 'rs2') return undefined;
  return { kind: 'store', register: rs2, size, length };
}

const mostWords = 4096;
