import { encode } from '../../../../src/isa/encode.ts';
import { allInstructions } from '../../../../src/isa/extensions/index.ts';
import type { ExtensionName } from '../../../../src/isa/configuration/extensions.ts';
import { needsFloatingPoint } from '../../../../src/isa/floating-point-guards.ts';
import type { Instruction } from '../../../../src/isa/instruction.ts';
import type { Value } from '../../../../src/isa/semantics.ts';
import { op, ramBase } from '../../fixture.ts';
import { operandTriples, type OperandFormat } from './operands.ts';

/** One instruction with one rounding mode, of the instruction itself or of frm; done for every triple of operands. */
export interface OracleCase {
  readonly instruction: Instruction;
  readonly source: OperandFormat;
  readonly rm: number;
  /** What fcsr is before each. */
  readonly fcsr: number;
}

/** A program in M mode that does every case, and leaves results and flags behind. */
export interface OracleGuest {
  readonly cases: readonly OracleCase[];
  readonly image: Uint8Array;
  readonly ramBytes: number;
  /** Instructions until it ends. */
  readonly steps: number;
  /** Where in RAM the results begin: for each case, for each triple, a doubleword and one of fcsr. */
  readonly resultsOffset: number;
  triple(index: OracleCase, place: number): readonly bigint[];
}

/** Where to store which number ends QEMU (its virt machine has SiFive's test device). */
const finisher = 0x10_0000;
const finished = 0x5555;
/** Room that QEMU has for the device tree, at the end of RAM. */
const deviceTreeBytes = 0x100_0000;
const dataOffset = 0x8_0000;
const formats: readonly OperandFormat[] = ['h', 's', 'd', 'integer'];

/** All instructions of these extensions that compute with f registers, in every rounding mode. */
export function oracleGuest(
  extensions: readonly ExtensionName[],
  seed: number,
  count: number,
  fcsr: number,
): OracleGuest {
  const cases = allInstructions
    .filter(
      (instruction) =>
        needsFloatingPoint(instruction) && extensions.some((name) => name === instruction.extension),
    )
    .flatMap((instruction) => casesOf(instruction, fcsr));
  const triples = new Map(formats.map((format) => [format, operandTriples(format, seed, count)]));
  const poolBytes = 24 * count;
  const resultsOffset = dataOffset + formats.length * poolBytes;
  const code = [
    ...loadAddress(5, 3 << 13),
    op('csrrs', { rd: 0, rs1: 5, csr: 0x300 }),
    ...loadAddress(11, ramBase + resultsOffset),
  ];
  let steps = code.length;
  for (const each of cases) {
    const pool = ramBase + dataOffset + formats.indexOf(each.source) * poolBytes;
    const before = [
      ...loadAddress(10, pool),
      ...loadAddress(12, count),
      op('addi', { rd: 13, rs1: 0, imm: each.fcsr }),
    ];
    const body = loopOf(each);
    code.push(...before, ...body);
    steps += before.length + body.length * count;
  }
  code.push(...loadAddress(5, finished), ...loadAddress(6, finisher), op('sw', { rs1: 6, rs2: 5, imm: 0 }));
  const image = new Uint8Array(resultsOffset);
  const view = new DataView(image.buffer);
  for (const [index, word] of code.entries()) view.setInt32(4 * index, word, true);
  if (4 * code.length > dataOffset) throw new Error('the code reaches into the data');
  for (const [pool, format] of formats.entries())
    for (const [place, triple] of (triples.get(format) ?? []).entries())
      for (const [index, value] of triple.entries())
        view.setBigUint64(dataOffset + pool * poolBytes + place * 24 + 8 * index, value, true);
  return {
    cases,
    image,
    steps,
    resultsOffset,
    ramBytes: 2 ** Math.ceil(Math.log2(resultsOffset + 16 * count * cases.length + deviceTreeBytes)),
    triple: ({ source }, place) => triples.get(source)?.[place] ?? [],
  };
}

function casesOf(instruction: Instruction, fcsr: number): readonly OracleCase[] {
  const [statement] = instruction.semantics;
  if (statement?.kind !== 'setX' && statement?.kind !== 'setF') return [];
  if (statement.value.kind === 'load') return [];
  const source = sourceOf(statement.value);
  if (!has(instruction, 'rm')) return [{ instruction, source, rm: 0, fcsr }];
  const modes = [0, 1, 2, 3, 4];
  return [
    ...modes.map((rm) => ({ instruction, source, rm, fcsr })),
    ...modes.map((frm) => ({ instruction, source, rm: 7, fcsr: (frm << 5) | fcsr })),
  ];
}

function loopOf({ instruction, rm }: OracleCase): readonly number[] {
  const writesFloat = instruction.semantics[0]?.kind === 'setF';
  const body = [
    op('fld', { rd: 1, rs1: 10, imm: 0 }),
    op('fld', { rd: 2, rs1: 10, imm: 8 }),
    op('fld', { rd: 3, rs1: 10, imm: 16 }),
    op('ld', { rd: 1, rs1: 10, imm: 0 }),
    op('csrrw', { rd: 0, rs1: 13, csr: 3 }),
    encode(instruction, {
      rd: 4,
      rs1: 1,
      ...(has(instruction, 'rs2') && { rs2: 2 }),
      ...(has(instruction, 'rs3') && { rs3: 3 }),
      ...(has(instruction, 'rm') && { rm }),
    }),
    op('csrrs', { rd: 7, rs1: 0, csr: 3 }),
    writesFloat ? op('fsd', { rs1: 11, rs2: 4, imm: 0 }) : op('sd', { rs1: 11, rs2: 4, imm: 0 }),
    op('sd', { rs1: 11, rs2: 7, imm: 8 }),
    op('addi', { rd: 10, rs1: 10, imm: 24 }),
    op('addi', { rd: 11, rs1: 11, imm: 16 }),
    op('addi', { rd: 12, rs1: 12, imm: -1 }),
  ];
  return [...body, op('bne', { rs1: 12, rs2: 0, imm: -4 * body.length })];
}

function has({ encoding }: Instruction, operand: string): boolean {
  return encoding.fields.some(({ name }) => name === operand);
}

/** The format of the registers that a value is made of. */
function sourceOf(value: Value): OperandFormat {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  const [, format] = /"kind":"f","operand":"rs1","format":"(.)"/.exec(text) ?? [];
  return (format as OperandFormat | undefined) ?? 'integer';
}

/** A register gets a number of 32 bits, without its sign. */
function loadAddress(rd: number, value: number): readonly number[] {
  const low = (value << 20) >> 20;
  return [
    op('lui', { rd, imm: (value - low) | 0 }),
    op('addiw', { rd, rs1: rd, imm: low }),
    op('slli', { rd, rs1: rd, imm: 32 }),
    op('srli', { rd, rs1: rd, imm: 32 }),
  ];
}
