import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allCsrs, csrByAddress } from '../../src/isa/csrs/index.ts';
import { decode } from '../../src/isa/decode.ts';
import { disassemble, disassembleData } from '../../src/isa/disassemble.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import type { DecodedInstruction, Instruction } from '../../src/isa/instruction.ts';
import { operandsOf } from '../../src/isa/operands.ts';
import { assemble, haveBinutils, laterExtensions, list, type ListedInstruction } from './gnu-binutils.ts';

const wordsPerInstruction = 60;

describe('isa/disassemble, against GNU as and objdump', function () {
  before(function () {
    if (haveBinutils()) return;
    assert(!process.env['CI'], 'riscv64-unknown-elf binutils are missing');
    console.warn('      skipped: riscv64-unknown-elf-as and -objdump are not installed');
    this.skip();
  });

  const words = allInstructions
    .filter(({ extension }) => !laterExtensions.has(extension))
    .flatMap(sampleWords);
  const halves = Array.from({ length: 0x1_0000 }, (_, half) => half).filter(
    (half) => (half & 3) !== 3 && !laterExtensions.has(decode(half)?.compressed?.extension ?? ''),
  );

  it('reads every 16-bit word and samples of every 32-bit instruction as objdump does', () => {
    const lines = [...words.map((word) => `.insn 4, ${word}`), ...halves.map((half) => `.insn 2, ${half}`)];
    const [base = [], pseudo = []] = list(lines, ['no-aliases,numeric', '']);
    assert.equal(base.length, lines.length);
    const differences = [
      ...base.flatMap((listed) => difference(listed, ourText(listed, 'base'), sameBaseText)),
      ...pseudo.flatMap((listed) => difference(listed, ourText(listed, 'pseudo'), samePseudoText)),
    ];
    assert.deepEqual(differences.slice(0, 20), []);
  });

  it('gives every CSR the address that as gives its name', () => {
    const bytes = assemble(allCsrs.map(({ name }) => `csrr a0,${name}`));
    const back = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    allCsrs.forEach(({ name, address }, index) => assert.equal((back[index] ?? 0) >>> 20, address, name));
  });

  it('writes text that as turns back into the same 32-bit words', () => {
    for (const names of ['base', 'pseudo'] as const) {
      const lines = words.map((word) => disassemble(decoded(word), { names }));
      const bytes = assemble(['.option norvc', ...lines]);
      const back = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
      assert.equal(back.length, words.length);
      words.forEach((word, index) => assert.equal(back[index], word, lines[index]));
    }
  });

  it('writes text that as turns back into the same 16-bit words', () => {
    // as knows shifts by zero only by their names on RV128.
    const legal = halves.filter((half) => decode(half) && !baseText(half).endsWith(',0x0'));
    const lines = legal.map(baseText);
    const bytes = assemble(lines);
    const back = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    assert.equal(back.length, legal.length);
    legal.forEach((half, index) => assert.equal(back[index], half, lines[index]));
  });
});

function baseText(word: number): string {
  return disassemble(decoded(word), { names: 'base' });
}

function ourText({ address, word }: ListedInstruction, names: 'base' | 'pseudo'): string {
  const length = (word & 3) === 3 ? 4 : 2;
  const instruction = decode(word);
  if (instruction === undefined) return disassembleData(word, length);
  return disassemble(instruction, {
    pc: BigInt(address),
    names,
    registers: names === 'base' ? 'numeric' : 'abi',
  });
}

function difference(
  listed: ListedInstruction,
  ours: string,
  same: (ours: string, gnu: string) => boolean,
): string[] {
  return same(ours, listed.text) ? [] : [`${listed.word.toString(16)}: ${ours} | GNU: ${listed.text}`];
}

/** Where GNU 2.40 reads the manual otherwise than we do, in base names. */
function sameBaseText(ours: string, gnu: string): boolean {
  switch (ours) {
    case gnu:
      return true;
    case 'c.nop':
      return gnu === 'c.addi x0,0';
    case 'unimp':
      return gnu === 'c.unimp';
    // Unpriv. C: reserved. GNU takes it for an instruction.
    case '.2byte 0x6101':
      return gnu === 'c.addi16sp x2,0';
    // GNU has no such alias with base names, and so prints this one always.
    case 'csrrw x0,cycle,x0':
      return gnu === 'unimp';
    default:
      // A HINT on RV64; GNU names it as on RV128, and as does not take our name.
      return gnu === ours.replace(/^(c\.s..i) (.*),0x0$/, '$164 $2') || sameFence(ours, gnu);
  }
}

function samePseudoText(ours: string, gnu: string): boolean {
  if (ours === '.2byte 0x6101') return gnu === 'add sp,sp,0';
  // HINTs, which we show by their own names.
  if (/^c\.addi .*,0$/.test(ours)) return gnu === ours.replace(/c\.addi (\w+),0/, 'add $1,$1,0');
  if (ours.startsWith('c.addi zero,')) return gnu === ours.replace('c.addi zero,', 'c.nop ');
  const withoutImmediateMark = ours.replace(/^(\w+?)i(w?) /, '$1$2 ');
  // GNU 2.40 prints addi as add, csrwi as csrw and so on; releases before and after it do not.
  return ours === gnu || withoutImmediateMark === gnu || sameBaseText(ours, gnu);
}

function sameFence(ours: string, gnu: string): boolean {
  return ours.replace(/^fence 0,/, 'fence unknown,').replace(/,0$/, ',unknown') === gnu;
}

function sampleWords(instruction: Instruction): readonly number[] {
  const { match, mask, fields } = instruction.encoding;
  const numRuns = fields.length === 0 ? 1 : wordsPerInstruction;
  const small = fc.constantFrom(0, 1, -1, 0x0010_0000, -0x0010_0000, 0x000f_8000);
  const open = fc.oneof({ weight: 3, arbitrary: fc.integer() }, small);
  return fc
    .sample(open, numRuns)
    .map((bits) => (match | (bits & ~mask)) >>> 0)
    .map((word) => canonical(instruction, word));
}

/** Without bits that mean nothing, and with CSRs that exist: the only words that objdump knows. */
function canonical({ mnemonic, encoding, syntax }: Instruction, word: number): number {
  if (mnemonic === 'fence') return ((word & 0x0ff0_0000) | 0x0110_000f) >>> 0;
  if (mnemonic === 'fence.i') return 0x100f;
  const { csr, rm } = operandsOf(word, encoding);
  // Modes 5 and 6 are reserved; where a conversion is always exact, GNU knows mode 0 only.
  if (rm !== undefined && !syntax.includes('{rm}')) return (word & ~0x7000) >>> 0;
  if (rm === 5 || rm === 6) return (word | 0x7000) >>> 0;
  if (csr === undefined || csrByAddress.has(csr)) return word;
  const addresses = [...csrByAddress.keys()];
  return ((word & 0x000f_ffff) | ((addresses[csr % addresses.length] ?? 0) << 20)) >>> 0;
}

function decoded(word: number): DecodedInstruction {
  const instruction = decode(word);
  assert(instruction);
  return instruction;
}
