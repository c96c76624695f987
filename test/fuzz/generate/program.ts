import assert from 'node:assert/strict';
import { decode } from '../../../src/isa/decode.ts';
import type { Random } from '../../hart/engine/differential/random.ts';
import { word } from '../assembler.ts';
import { offsets, type Slot } from '../case.ts';
import { chooseCsrAccess, type CsrChoice } from './csr-access.ts';
import { instructionsByKind, type AnyInstruction, type Kind } from './kinds.ts';
import type { Setting } from './setting.ts';
import type { Repertoire } from '../repertoire.ts';
import { chooseOperands, withOperand } from './operands.ts';
import { constants, kept, nowhere, pointer, pointers, targets } from './registers.ts';

export interface Program {
  readonly slots: readonly Slot[];
  readonly x: readonly bigint[];
}

/** Straight code with jumps forward only, so that it always ends; and what the registers hold before. */
export function makeProgram(
  random: Random,
  setting: Setting,
  repertoire: Repertoire,
  length: number,
): Program {
  return new Maker(random, setting, repertoire, length).make();
}

interface Draft extends Slot {
  /** A jump to a slot after it, by this many slots. */
  readonly forward?: number;
  readonly instruction?: AnyInstruction;
}

class Maker {
  readonly #random: Random;
  readonly #setting: Setting;
  readonly #repertoire: Repertoire;
  readonly #length: number;
  readonly #byKind: Readonly<Record<Kind, readonly AnyInstruction[]>>;
  readonly #drafts: Draft[] = [];
  readonly #x: bigint[];
  #constantsUsed = 0;

  constructor(random: Random, setting: Setting, repertoire: Repertoire, length: number) {
    this.#random = random;
    this.#setting = setting;
    this.#repertoire = repertoire;
    this.#length = length;
    this.#byKind = kindsOf(repertoire.extensions);
    this.#x = Array.from({ length: 32 }, (_, register) => (register === 0 ? 0n : random.value()));
    for (const register of pointers) this.#x[register] = pointer(random, setting);
  }

  make(): Program {
    while (this.#drafts.length < this.#length) this.#next();
    const slots = this.#patched();
    const starts = offsets(slots);
    for (const [index, register] of targets.entries()) {
      this.#x[register] = this.#setting.codeVirtual + BigInt(starts[this.#targetSlot(index)] ?? 0);
    }
    return { slots, x: this.#x };
  }

  #next(): void {
    const random = this.#random;
    const kind = random.weighted(weights);
    switch (kind) {
      case 'illegal':
        return this.#illegal();
      case 'csr':
        return this.#csr();
      case 'return':
        return this.#return();
      case 'indirect':
        return this.#indirect();
      case 'wait':
        return this.#wait();
      case 'computation':
      case 'memory':
      case 'jump':
      case 'branch':
      case 'operation': {
        const choices = this.#byKind[kind];
        if (choices.length === 0) return;
        const instruction = random.pick(choices);
        if (kind === 'jump' || kind === 'branch') {
          return this.#push(instruction, chooseOperands(random, this.#setting.mode, instruction, kind), {
            forward: 1 + random.below(5),
          });
        }
        if (instruction.mnemonic.startsWith('sc.'))
          return random.chance(20) ? this.#storeConditional(instruction) : undefined;
        return this.#push(instruction, chooseOperands(random, this.#setting.mode, instruction, kind));
      }
    }
  }

  /** After its LR, by the same address: knownDifferences, sc-without-reservation. */
  #storeConditional(instruction: AnyInstruction): void {
    const random = this.#random;
    const pair = this.#byKind.memory.find(
      ({ mnemonic }) => mnemonic === instruction.mnemonic.replace('sc', 'lr'),
    );
    const store = chooseOperands(random, this.#setting.mode, instruction, 'memory');
    if (store === undefined) return;
    const address = decode(store)?.rs1 ?? 0;
    if (pair && (this.#setting.mode !== 'M' || random.chance(70))) {
      const any = chooseOperands(random, this.#setting.mode, pair, 'memory');
      if (any === undefined) return;
      const load = withOperand(any, pair.encoding, 'rs1', address);
      this.#push(pair, load);
      this.#push(instruction, store, { glued: true });
      return;
    }
    this.#push(instruction, store);
  }

  #indirect(): void {
    const random = this.#random;
    const position = this.#drafts.length;
    const instruction = random.pick(this.#byKind.indirect);
    const usable = targets.filter((_, index) => this.#targetSlot(index) > position + 1);
    const register =
      usable.length > 0 && random.chance(85) ? random.pick(usable) : this.#constant(nowhere(random));
    if (register === undefined) return;
    let bits = (random.bits() & ~instruction.encoding.mask) | instruction.encoding.match;
    bits = withOperand(bits, instruction.encoding, 'rs1', register);
    bits = withOperand(bits, instruction.encoding, 'imm', random.chance(10) ? 1 : 0);
    const decoded = decode(bits);
    if (!decoded || (decoded.compressed ?? decoded.instruction) !== instruction) return;
    if (kept.has(decoded.rd)) bits = withOperand(bits, instruction.encoding, 'rd', 1);
    this.#push(instruction, bits);
  }

  #csr(): void {
    const choice = chooseCsrAccess(this.#random, this.#setting, this.#repertoire);
    for (const [index, access] of this.#csrWords(choice).entries()) {
      this.#slot({ ...access, ...(index > 0 && { glued: true }) });
    }
  }

  #csrWords(choice: CsrChoice): readonly Draft[] {
    const random = this.#random;
    const { csr } = choice;
    const rd = choice.readable ? this.#destination() : 0;
    const read = (): Draft =>
      random.chance(50)
        ? draft(random.pick(['csrrs', 'csrrc']), { rd, rs1: 0, csr })
        : draft(random.pick(['csrrsi', 'csrrci']), { rd, zimm: 0, csr });
    switch (choice.write) {
      case 'no':
        return [read()];
      case 'small':
        return [draft(random.pick(choice.mnemonics), { rd, zimm: choice.zimm, csr })];
      case 'value': {
        const rs1 = this.#constant(choice.value);
        return rs1 === undefined ? [read()] : [draft(random.pick(choice.mnemonics), { rd, rs1, csr })];
      }
      case 'fenced': {
        const rs1 = this.#constant(choice.value);
        if (rs1 === undefined) return [read()];
        const fences = ['hfence.gvma', 'hfence.vvma'].map((mnemonic) => ({
          ...draft(mnemonic, {}),
          extension: 'H',
        }));
        return [draft('csrrw', { rd, rs1, csr }), ...fences];
      }
      case 'swap': {
        const rs1 = this.#constant(choice.value);
        if (rs1 === undefined) return [read()];
        const old = this.#destination([0]);
        const back = choice.readable ? this.#destination([old]) : 0;
        return [draft('csrrw', { rd: old, rs1, csr }), draft('csrrw', { rd: back, rs1: old, csr })];
      }
    }
  }

  /** MRET and SRET go to a slot ahead: their xepc is written just before. */
  #return(): void {
    const random = this.#random;
    const instruction = random.pick(this.#byKind.return);
    const position = this.#drafts.length;
    const usable = targets.filter((_, index) => this.#targetSlot(index) > position + 2);
    const rs1 =
      usable.length > 0 && random.chance(90) ? random.pick(usable) : this.#constant(nowhere(random) & ~1n);
    if (rs1 === undefined) return;
    const csr = instruction.mnemonic === 'mret' ? 0x341 : 0x141;
    if (this.#setting.mode === 'M') {
      // knownDifferences: xret-keeps-mprv.
      const mprv = this.#constant(1n << 17n);
      if (mprv === undefined) return;
      this.#slot(draft('csrrc', { rd: 0, rs1: mprv, csr: 0x300 }));
    }
    this.#slot({ ...draft('csrrw', { rd: 0, rs1, csr }), glued: this.#setting.mode === 'M' });
    this.#push(instruction, instruction.encoding.match, { glued: true });
  }

  /** In U and VU mode it traps. Else something is pending and enabled just before, and not taken. */
  #wait(): void {
    const random = this.#random;
    const choices = this.#byKind.wait;
    if (choices.length === 0) return;
    const { mode, csrs } = this.#setting;
    const has = (name: string, bit: bigint): boolean => ((csrs.get(name) ?? 0n) & bit) !== 0n;
    const names = mode === 'M' ? ([0x300, 0x344, 0x304] as const) : ([0x100, 0x144, 0x104] as const);
    const [status, pending, enabled] = names;
    if (mode === 'HS' && !has('mideleg', 2n)) return;
    if (mode === 'VS' && !has('hideleg', 4n)) return;
    const waits = mode === 'M' || mode === 'HS' || mode === 'VS';
    if (waits) {
      this.#slot(draft('csrrci', { rd: 0, zimm: mode === 'M' ? 8 : 2, csr: status }));
      this.#slot({ ...draft('csrrsi', { rd: 0, zimm: 2, csr: pending }), glued: true });
      this.#slot({ ...draft('csrrsi', { rd: 0, zimm: 2, csr: enabled }), glued: true });
    }
    const instruction = random.pick(choices);
    this.#push(instruction, instruction.encoding.match, { glued: waits });
  }

  #illegal(): void {
    const random = this.#random;
    for (;;) {
      const short = random.chance(30);
      const bits = short ? random.bits() & 0xffff : random.bits() | 3;
      if ((short && (bits & 3) === 3) || decode(bits) !== undefined) continue;
      this.#slot({ word: bits >>> 0, length: short ? 2 : 4, mnemonic: 'illegal', extension: 'illegal' });
      return;
    }
  }

  #push(instruction: AnyInstruction, bits: number | undefined, more: Partial<Draft> = {}): void {
    if (bits === undefined) return;
    const { encoding, mnemonic, extension } = instruction;
    this.#slot({ word: bits >>> 0, length: encoding.length, mnemonic, extension, instruction, ...more });
  }

  #slot(slot: Draft): void {
    this.#drafts.push(slot);
  }

  /** A register that nothing else uses, for a value that one instruction needs; few of them are there. */
  #constant(value: bigint): number | undefined {
    const same = constants.slice(0, this.#constantsUsed).find((each) => this.#x[each] === value);
    if (same !== undefined) return same;
    const register = constants[this.#constantsUsed];
    if (register === undefined) return undefined;
    this.#constantsUsed++;
    this.#x[register] = value;
    return register;
  }

  #destination(others: readonly number[] = []): number {
    for (;;) {
      const rd = this.#random.below(32);
      if (!kept.has(rd) && !others.includes(rd)) return rd;
    }
  }

  #targetSlot(index: number): number {
    let slot = Math.floor((this.#length * (index === 0 ? 2 : 4)) / 5);
    while (this.#drafts[slot]?.glued) slot++;
    return slot;
  }

  /** Fills in how far jumps go; one that cannot go so far goes to the next instruction. */
  #patched(): readonly Slot[] {
    const starts = offsets(this.#drafts);
    return this.#drafts.map(({ forward, instruction, ...slot }, index) => {
      if (forward === undefined || instruction === undefined) return slot;
      let to = Math.min(index + forward, this.#drafts.length);
      while (this.#drafts[to]?.glued) to++;
      const from = starts[index];
      const end = starts[to];
      assert.ok(from !== undefined && end !== undefined);
      return { ...slot, word: withOperand(slot.word, instruction.encoding, 'imm', end - from) };
    });
  }
}

const weights: readonly (readonly [number, Kind | 'illegal'])[] = [
  [40, 'computation'],
  [30, 'memory'],
  [3, 'jump'],
  [7, 'branch'],
  [3, 'indirect'],
  [9, 'csr'],
  [2, 'return'],
  [1, 'wait'],
  [4, 'operation'],
  [2, 'illegal'],
];

const kinds = new WeakMap<ReadonlySet<string>, ReturnType<typeof instructionsByKind>>();

function kindsOf(extensions: ReadonlySet<string>): ReturnType<typeof instructionsByKind> {
  let known = kinds.get(extensions);
  if (!known) kinds.set(extensions, (known = instructionsByKind(extensions)));
  return known;
}

function draft(mnemonic: string, operands: Parameters<typeof word>[1]): Draft {
  return { word: word(mnemonic, operands), length: 4, mnemonic, extension: 'Zicsr' };
}
