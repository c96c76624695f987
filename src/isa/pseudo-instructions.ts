import type { DecodedInstruction, OperandName } from './instruction.ts';

/** Operands by which a pseudo-instruction is known; `pred` and `succ` come from the word. */
type Pattern = Readonly<Partial<Record<OperandName, number>>>;

/** Another name for an instruction with certain operands. */
export interface PseudoInstruction {
  readonly mnemonic: string;
  /** Mnemonic of the base instruction, or of the one compressed instruction that is meant. */
  readonly of: string;
  readonly where: Pattern;
  /** It has one source: rs1 and rs2 are the same register. */
  readonly sameSources?: true;
  readonly syntax: string;
  readonly summary: string;
}

/** Several instructions that an assembler writes for one line; no disassembly shows them. */
export interface MacroInstruction {
  readonly mnemonic: string;
  readonly syntax: string;
  readonly summary: string;
  readonly expansion: string;
}

/** The first entry that fits an instruction is its name (Unpriv. assembly programmer's handbook, in the order that GNU objdump tries). */
export const pseudoInstructions: readonly PseudoInstruction[] = [
  pseudo('nop', 'addi', { rd: 0, rs1: 0, imm: 0 }, '', 'Does nothing.'),
  pseudo('li', 'addi', { rs1: 0 }, '{rd}, {imm}', 'Sets rd to a constant.'),
  pseudo('mv', 'addi', { imm: 0 }, '{rd}, {rs1}', 'Copies rs1 to rd.'),
  pseudo('mv', 'c.mv', {}, '{rd}, {rs2}', 'Copies rs2 to rd.'),
  pseudo('not', 'xori', { imm: -1 }, '{rd}, {rs1}', 'Inverts every bit of rs1.'),
  pseudo('neg', 'sub', { rs1: 0 }, '{rd}, {rs2}', 'Negates rs2.'),
  pseudo('negw', 'subw', { rs1: 0 }, '{rd}, {rs2}', 'Negates the low word of rs2.'),
  pseudo('sext.w', 'addiw', { imm: 0 }, '{rd}, {rs1}', 'Sign-extends the low word of rs1.'),
  pseudo('zext.b', 'andi', { imm: 255 }, '{rd}, {rs1}', 'Zero-extends the low byte of rs1.'),
  pseudo('zext.w', 'add.uw', { rs2: 0 }, '{rd}, {rs1}', 'Zero-extends the low word of rs1.'),
  pseudo('seqz', 'sltiu', { imm: 1 }, '{rd}, {rs1}', 'Sets rd to 1 where rs1 is zero; else to 0.'),
  pseudo('snez', 'sltu', { rs1: 0 }, '{rd}, {rs2}', 'Sets rd to 1 where rs2 is not zero; else to 0.'),
  pseudo('sltz', 'slt', { rs2: 0 }, '{rd}, {rs1}', 'Sets rd to 1 where rs1 is negative; else to 0.'),
  pseudo('sgtz', 'slt', { rs1: 0 }, '{rd}, {rs2}', 'Sets rd to 1 where rs2 is greater than zero; else to 0.'),
  pseudo('beqz', 'beq', { rs2: 0 }, '{rs1}, {target}', 'Branches where rs1 is zero.'),
  pseudo('bnez', 'bne', { rs2: 0 }, '{rs1}, {target}', 'Branches where rs1 is not zero.'),
  pseudo('blez', 'bge', { rs1: 0 }, '{rs2}, {target}', 'Branches where rs2 is not greater than zero.'),
  pseudo('bgez', 'bge', { rs2: 0 }, '{rs1}, {target}', 'Branches where rs1 is not negative.'),
  pseudo('bltz', 'blt', { rs2: 0 }, '{rs1}, {target}', 'Branches where rs1 is negative.'),
  pseudo('bgtz', 'blt', { rs1: 0 }, '{rs2}, {target}', 'Branches where rs2 is greater than zero.'),
  pseudo('j', 'jal', { rd: 0 }, '{target}', 'Jumps.'),
  pseudo('jal', 'jal', { rd: 1 }, '{target}', 'Calls: ra gets the address of the next instruction.'),
  pseudo('ret', 'jalr', { rd: 0, rs1: 1, imm: 0 }, '', 'Returns to ra.'),
  pseudo('jr', 'jalr', { rd: 0, imm: 0 }, '{rs1}', 'Jumps to the address in rs1.'),
  pseudo('jr', 'jalr', { rd: 0 }, '{imm}({rs1})', 'Jumps to rs1 + imm.'),
  pseudo('jalr', 'jalr', { rd: 1, imm: 0 }, '{rs1}', 'Calls the address in rs1.'),
  pseudo('jalr', 'jalr', { rd: 1 }, '{imm}({rs1})', 'Calls rs1 + imm.'),
  pseudo('jalr', 'jalr', { imm: 0 }, '{rd}, {rs1}', 'Jumps to rs1; rd gets the return address.'),
  pseudo('unimp', 'csrrw', { rd: 0, rs1: 0, csr: 0xc00 }, '', 'Raises an illegal-instruction exception.'),
  pseudo('rdcycle', 'csrrs', { rs1: 0, csr: 0xc00 }, '{rd}', 'Reads cycle.'),
  pseudo('rdtime', 'csrrs', { rs1: 0, csr: 0xc01 }, '{rd}', 'Reads time.'),
  pseudo('rdinstret', 'csrrs', { rs1: 0, csr: 0xc02 }, '{rd}', 'Reads instret.'),
  pseudo('frflags', 'csrrs', { rs1: 0, csr: 1 }, '{rd}', 'Reads fflags.'),
  pseudo('frrm', 'csrrs', { rs1: 0, csr: 2 }, '{rd}', 'Reads frm.'),
  pseudo('frcsr', 'csrrs', { rs1: 0, csr: 3 }, '{rd}', 'Reads fcsr.'),
  pseudo('fsflags', 'csrrw', { rd: 0, csr: 1 }, '{rs1}', 'Writes fflags.'),
  pseudo('fsrm', 'csrrw', { rd: 0, csr: 2 }, '{rs1}', 'Writes frm.'),
  pseudo('fscsr', 'csrrw', { rd: 0, csr: 3 }, '{rs1}', 'Writes fcsr.'),
  pseudo('fsflags', 'csrrw', { csr: 1 }, '{rd}, {rs1}', 'Swaps fflags and a register.'),
  pseudo('fsrm', 'csrrw', { csr: 2 }, '{rd}, {rs1}', 'Swaps frm and a register.'),
  pseudo('fscsr', 'csrrw', { csr: 3 }, '{rd}, {rs1}', 'Swaps fcsr and a register.'),
  pseudo('fsflagsi', 'csrrwi', { csr: 1 }, '{rd}, {zimm}', 'Reads fflags, and writes a constant to it.'),
  pseudo('fsrmi', 'csrrwi', { csr: 2 }, '{rd}, {zimm}', 'Reads frm, and writes a constant to it.'),
  ...['s', 'd', 'h'].flatMap((format) => [
    ofOneSource(`fmv.${format}`, `fsgnj.${format}`, 'Copies fs1 to fd.'),
    ofOneSource(`fneg.${format}`, `fsgnjn.${format}`, 'Changes the sign.'),
    ofOneSource(`fabs.${format}`, `fsgnjx.${format}`, 'Clears the sign.'),
  ]),
  pseudo('csrr', 'csrrs', { rs1: 0 }, '{rd}, {csr}', 'Reads a CSR.'),
  pseudo('csrw', 'csrrw', { rd: 0 }, '{csr}, {rs1}', 'Writes a CSR.'),
  pseudo('csrs', 'csrrs', { rd: 0 }, '{csr}, {rs1}', 'Sets the bits of a CSR that are 1 in rs1.'),
  pseudo('csrc', 'csrrc', { rd: 0 }, '{csr}, {rs1}', 'Clears the bits of a CSR that are 1 in rs1.'),
  pseudo('csrwi', 'csrrwi', { rd: 0 }, '{csr}, {zimm}', 'Writes a five-bit constant to a CSR.'),
  pseudo('csrsi', 'csrrsi', { rd: 0 }, '{csr}, {zimm}', 'Sets the bits of a CSR that are 1 in a constant.'),
  pseudo('csrci', 'csrrci', { rd: 0 }, '{csr}, {zimm}', 'Clears the bits of a CSR that are 1 in a constant.'),
  pseudo('fence', 'fence', { pred: 15, succ: 15 }, '', 'Orders all accesses before it and after it.'),
  ...['sfence.vma', 'hfence.vvma', 'hfence.gvma'].flatMap((of) => [
    pseudo(of, of, { rs1: 0, rs2: 0 }, '', 'For all addresses in all spaces.'),
    pseudo(of, of, { rs2: 0 }, '{rs1}', 'For one address in all spaces.'),
  ]),
];

/** Those that stand for more than one instruction. */
export const macroInstructions: readonly MacroInstruction[] = [
  {
    mnemonic: 'la',
    syntax: '{rd}, symbol',
    summary: 'Sets rd to the address of a symbol.',
    expansion: 'auipc rd, %pcrel_hi(symbol); addi rd, rd, %pcrel_lo(…)',
  },
  {
    mnemonic: 'lla',
    syntax: '{rd}, symbol',
    summary: 'Sets rd to the address of a symbol of this image.',
    expansion: 'auipc rd, %pcrel_hi(symbol); addi rd, rd, %pcrel_lo(…)',
  },
  {
    mnemonic: 'call',
    syntax: 'symbol',
    summary: 'Calls a function, however far away.',
    expansion: 'auipc ra, %pcrel_hi(symbol); jalr ra, %pcrel_lo(…)(ra)',
  },
  {
    mnemonic: 'tail',
    syntax: 'symbol',
    summary: 'Jumps to a function, however far away, which returns to our caller.',
    expansion: 'auipc t1, %pcrel_hi(symbol); jalr x0, %pcrel_lo(…)(t1)',
  },
];

/** The pseudo-instruction that an instruction is known by, if any. `operands` also holds pred and succ. */
export function pseudoInstructionOf(
  decoded: DecodedInstruction,
  operands: Pattern,
): PseudoInstruction | undefined {
  const { instruction, compressed } = decoded;
  const candidates = byBase.get(compressed?.mnemonic ?? '') ?? byBase.get(instruction.mnemonic);
  return candidates?.find(
    ({ where, sameSources }) =>
      Object.entries(where).every(([name, value]) => operands[name as OperandName] === value) &&
      (sameSources === undefined || operands.rs1 === operands.rs2),
  );
}

function ofOneSource(mnemonic: string, of: string, summary: string): PseudoInstruction {
  return { ...pseudo(mnemonic, of, {}, '{fd}, {fs1}', summary), sameSources: true };
}

function pseudo(
  mnemonic: string,
  of: string,
  where: Pattern,
  syntax: string,
  summary: string,
): PseudoInstruction {
  return { mnemonic, of, where, syntax, summary };
}

const byBase: ReadonlyMap<string, readonly PseudoInstruction[]> = new Map(
  [...new Set(pseudoInstructions.map(({ of }) => of))].map((of) => [
    of,
    pseudoInstructions.filter((entry) => entry.of === of),
  ]),
);
