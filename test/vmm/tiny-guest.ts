import assert from 'node:assert/strict';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { encode } from '../../src/isa/encode.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { Operands } from '../../src/isa/operands.ts';
import { floatRegisterNumber, registerNumber } from '../../src/isa/registers.ts';
import type { GuestSoftware } from '../../src/vmm/guest-boot.ts';

export const kernelBase = 0x8020_0000;

/**
 * A guest of a few instructions, written as calls: registers by their ABI names, labels as strings. It begins at
 * `kernelBase` with its id in a0 and the device tree in a1.
 */
export class TinyGuest {
  readonly #words: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: {
    readonly at: number;
    readonly label: string;
    readonly make: (distance: number) => number;
  }[] = [];

  label(name: string): this {
    this.#labels.set(name, this.#words.length * 4);
    return this;
  }

  /** Any instruction by mnemonic. Registers by name, the CSR by name. */
  op(
    mnemonic: string,
    operands: {
      readonly rd?: string;
      readonly rs1?: string;
      readonly rs2?: string;
      readonly imm?: number;
      readonly csr?: string;
      readonly zimm?: number;
    } = {},
  ): this {
    const { rd, rs1, rs2, csr, imm, zimm } = operands;
    this.#words.push(
      assemble(mnemonic, {
        ...(rd !== undefined && { rd: register(rd) }),
        ...(rs1 !== undefined && { rs1: register(rs1) }),
        ...(rs2 !== undefined && { rs2: register(rs2) }),
        ...(csr !== undefined && { csr: csrByName.get(csr)?.address ?? assert.fail(csr) }),
        ...(imm !== undefined && { imm }),
        ...(zimm !== undefined && { zimm }),
      }),
    );
    return this;
  }

  word(word: number): this {
    this.#words.push(word);
    return this;
  }

  /** Fills up to an offset with NOPs. */
  padTo(offset: number): this {
    while (this.#words.length * 4 < offset) this.op('addi', { rd: 'zero', rs1: 'zero', imm: 0 });
    return this;
  }

  /** Loads any constant of 64 bits. */
  li(rd: string, value: bigint | number): this {
    const wide = BigInt.asIntN(64, BigInt(value));
    if (wide >= -2048n && wide < 2048n) return this.op('addi', { rd, rs1: 'zero', imm: Number(wide) });
    const low = Number(BigInt.asIntN(12, wide));
    const rest = (wide - BigInt(low)) >> 12n;
    if (BigInt.asIntN(32, wide) === wide && rest < 0x8_0000n) {
      this.op('lui', { rd, imm: Number(BigInt.asIntN(32, rest << 12n)) });
      return low === 0 ? this : this.op('addiw', { rd, rs1: rd, imm: low });
    }
    this.li(rd, rest).op('slli', { rd, rs1: rd, imm: 12 });
    return low === 0 ? this : this.op('addi', { rd, rs1: rd, imm: low });
  }

  /** Loads the address of a label. */
  la(rd: string, label: string): this {
    const at = this.#words.length;
    this.op('auipc', { rd }).word(0);
    const number = register(rd);
    this.#fixups.push({
      at: at + 1,
      label,
      // The distance is from the auipc, one instruction before.
      make: (distance) => assemble('addi', { rd: number, rs1: number, imm: distance + 4 }),
    });
    return this;
  }

  branch(mnemonic: string, rs1: string, rs2: string, label: string): this {
    return this.#later(label, (imm) => assemble(mnemonic, { rs1: register(rs1), rs2: register(rs2), imm }));
  }

  jump(label: string, rd = 'zero'): this {
    return this.#later(label, (imm) => assemble('jal', { rd: register(rd), imm }));
  }

  csrw(csr: string, rs1: string): this {
    return this.op('csrrw', { rd: 'zero', rs1, csr });
  }

  csrr(rd: string, csr: string): this {
    return this.op('csrrs', { rd, rs1: 'zero', csr });
  }

  /** An SBI call; clobbers a0 to a7. */
  sbi(extension: number, fid: number, ...args: readonly (number | bigint)[]): this {
    args.forEach((value, index) => this.li(`a${index}`, value));
    return this.li('a7', extension).li('a6', fid).op('ecall');
  }

  /** Prints a text on the UART; clobbers t0 and t1. */
  print(text: string): this {
    this.li('t0', 0x1000_0000);
    for (const character of text) {
      this.li('t1', character.charCodeAt(0)).op('sb', { rs1: 't0', rs2: 't1' });
    }
    return this;
  }

  /** Ends the guest by the test finisher; clobbers t0 and t1. */
  exit(code: number): this {
    return this.li('t0', 0x10_0000)
      .li('t1', code === 0 ? 0x5555 : 0x3333 + code * 0x1_0000)
      .op('sw', { rs1: 't0', rs2: 't1' });
  }

  /** The machine code, with distances to labels filled in. */
  bytes(): Uint8Array {
    for (const { at, label, make } of this.#fixups) {
      const target = this.#labels.get(label) ?? assert.fail(`no label ${label}`);
      this.#words[at] = make(target - at * 4);
    }
    return new Uint8Array(new Uint32Array(this.#words).buffer);
  }

  software(): GuestSoftware {
    return {
      image: {
        segments: [{ address: BigInt(kernelBase), bytes: this.bytes() }],
        entry: BigInt(kernelBase),
      },
    };
  }

  #later(label: string, make: (distance: number) => number): this {
    this.#fixups.push({ at: this.#words.length, label, make });
    return this.word(0);
  }
}

const byMnemonic = new Map(allInstructions.map((instruction) => [instruction.mnemonic, instruction]));

function assemble(mnemonic: string, operands: Operands): number {
  return encode(byMnemonic.get(mnemonic) ?? assert.fail(`no instruction ${mnemonic}`), operands);
}

function register(name: string): number {
  return registerNumber(name) ?? floatRegisterNumber(name) ?? assert.fail(`no register ${name}`);
}
