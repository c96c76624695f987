import assert from 'node:assert/strict';
import { encode } from '../../src/isa/encode.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Operands } from '../../src/isa/operands.ts';

/** Writes instructions one after the other, with jumps to labels that may come later. */
export class Assembler {
  readonly #base: number;
  readonly #words: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #open: {
    readonly at: number;
    readonly mnemonic: string;
    readonly operands: Operands;
    readonly to: string;
  }[] = [];

  constructor(base: number) {
    this.#base = base;
  }

  /** Address of the next instruction. */
  get here(): number {
    return this.#base + 4 * this.#words.length;
  }

  emit(mnemonic: string, operands: Operands = {}): void {
    this.#words.push(word(mnemonic, operands));
  }

  label(name: string): void {
    assert.ok(!this.#labels.has(name), `${name} stands twice`);
    this.#labels.set(name, this.here);
  }

  /** A branch or `jal` to a label. */
  jump(mnemonic: string, operands: Operands, to: string): void {
    this.#open.push({ at: this.#words.length, mnemonic, operands, to });
    this.#words.push(0);
  }

  goto(to: string): void {
    this.jump('jal', { rd: 0 }, to);
  }

  load(rd: number, rs1: number, imm: number): void {
    this.emit('ld', { rd, rs1, imm });
  }

  store(rs2: number, rs1: number, imm: number): void {
    this.emit('sd', { rs2, rs1, imm });
  }

  readCsr(rd: number, csr: number): void {
    this.emit('csrrs', { rd, rs1: 0, csr });
  }

  writeCsr(csr: number, rs1: number): void {
    this.emit('csrrw', { rd: 0, rs1, csr });
  }

  /** Any constant; as many instructions as it needs. */
  constant(rd: number, value: bigint): void {
    const signed = BigInt.asIntN(64, value);
    if (signed === BigInt.asIntN(32, signed)) {
      const low = Number(BigInt.asIntN(12, signed));
      const high = (Number(signed) - low) | 0;
      if (high === 0) return this.emit('addi', { rd, rs1: 0, imm: low });
      this.emit('lui', { rd, imm: high });
      this.emit('addiw', { rd, rs1: rd, imm: low });
      return;
    }
    const low = BigInt.asIntN(12, signed);
    this.constant(rd, (signed - low) >> 12n);
    this.emit('slli', { rd, rs1: rd, imm: 12 });
    if (low !== 0n) this.emit('addi', { rd, rs1: rd, imm: Number(low) });
  }

  skipTo(address: number): void {
    assert.ok(address >= this.here, 'the code is longer than its place');
    while (this.here < address) this.#words.push(0);
  }

  finish(): Uint8Array {
    for (const { at, mnemonic, operands, to } of this.#open) {
      const target = this.#labels.get(to);
      assert.ok(target !== undefined, `no label ${to}`);
      this.#words[at] = word(mnemonic, { ...operands, imm: target - (this.#base + 4 * at) });
    }
    return new Uint8Array(Uint32Array.from(this.#words).buffer);
  }
}

const byMnemonic = new Map(allInstructions.map((instruction) => [instruction.mnemonic, instruction]));

/** The word of a base instruction, by mnemonic. */
export function word(mnemonic: string, operands: Operands = {}): number {
  const instruction = byMnemonic.get(mnemonic);
  assert.ok(instruction, `no instruction ${mnemonic}`);
  return encode(instruction, operands);
}
