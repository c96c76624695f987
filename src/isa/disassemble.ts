import { formatAddress } from '../common/address.ts';
import { csrByAddress } from './csrs/index.ts';
import { floatConstantText } from './float-constants.ts';
import { needsFloatingPoint } from './floating-point-guards.ts';
import type { DecodedInstruction } from './instruction.ts';
import { operandsOf, type Operands } from './operands.ts';
import { dynamicRounding, roundingModeNames } from './rounding-modes.ts';
import { pseudoInstructionOf } from './pseudo-instructions.ts';
import { floatRegisterName, registerName, type RegisterNaming } from './registers.ts';

/** How instructions are written. */
export interface DisassemblyOptions {
  /** Address of the instruction; without it, targets read `. + 8`. */
  readonly pc?: bigint;
  readonly registers?: RegisterNaming;
  /**
   * `pseudo` (the default): the name that people use, and compressed instructions like others. `base`: each
   * instruction by its own name, compressed ones with `c.`.
   */
  readonly names?: 'pseudo' | 'base';
  /** Text for a jump or branch target, put in `<…>` behind the address. */
  readonly symbolAt?: (address: bigint) => string | undefined;
}

/** The parts of a line of assembly. */
export interface Disassembly {
  readonly mnemonic: string;
  /** `a0,8(sp)`; empty where there are none. */
  readonly operands: string;
  /** Where a jump or branch of constant distance goes, if pc was given. */
  readonly target: bigint | undefined;
}

/** One line of assembly, as GNU objdump writes it but for a space in place of its tab: `addi sp,sp,-16`. */
export function disassemble(decoded: DecodedInstruction, options: DisassemblyOptions = {}): string {
  const { mnemonic, operands } = disassembleParts(decoded, options);
  return operands === '' ? mnemonic : `${mnemonic} ${operands}`;
}

/** Text for a word that is no instruction; assemblers take it back. `length` tells how much of it counts. */
export function disassembleData(word: number, length: 2 | 4): string {
  if (length === 2 && (word & 0xffff) === 0) return 'unimp';
  return length === 2 ? `.2byte 0x${(word & 0xffff).toString(16)}` : `.4byte 0x${(word >>> 0).toString(16)}`;
}

/** The same in parts, for views that set them apart. */
export function disassembleParts(decoded: DecodedInstruction, options: DisassemblyOptions = {}): Disassembly {
  const { instruction, compressed, word } = decoded;
  const { encoding } = instruction;
  const own: Operands = { ...decoded, ...(compressed ? {} : operandsOf(word, encoding)) };
  const { mnemonic, syntax } = nameOf(decoded, own, options);
  const isRelative = instruction.syntax.includes('{target}');
  const target =
    isRelative && options.pc !== undefined ? BigInt.asUintN(64, options.pc + BigInt(decoded.imm)) : undefined;
  const operands = roundingSyntax(syntax, own)
    .replaceAll(', ', ',')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => operandText(name, own, target, options));
  return { mnemonic: mnemonic + orderingSuffix(own), operands, target };
}

/** As GNU has it: the mode is left out where it is what an assembler would choose. */
function roundingSyntax(syntax: string, { rm = 0 }: Operands): string {
  if (!syntax.includes('{rm}')) return rm === 0 ? syntax : `${syntax}, {rm}`;
  return rm === dynamicRounding ? syntax.replace(', {rm}', '') : syntax;
}

function nameOf(
  decoded: DecodedInstruction,
  operands: Operands,
  { names = 'pseudo' }: DisassemblyOptions,
): { readonly mnemonic: string; readonly syntax: string } {
  const { instruction, compressed } = decoded;
  if (compressed && (names === 'base' || isHint(decoded))) return compressed;
  const pseudo = names === 'pseudo' ? pseudoInstructionOf(decoded, operands) : undefined;
  return pseudo ?? instruction;
}

/** Its base name would make an assembler choose another encoding. c.nop is the one that is meant. */
function isHint({ instruction, compressed, rd, imm }: DecodedInstruction): boolean {
  if (compressed === undefined || needsFloatingPoint(instruction)) return false;
  const isShift = compressed.syntax.includes('{shamt}');
  const addsNothing = compressed.mnemonic === 'c.addi';
  if ((isShift || addsNothing) && imm === 0) return true;
  return rd === 0 && compressed.encoding.fields.some(({ name }) => name === 'rd');
}

function operandText(
  name: string,
  operands: Operands,
  target: bigint | undefined,
  { registers, symbolAt }: DisassemblyOptions,
): string {
  const { imm = 0, csr = 0 } = operands;
  switch (name) {
    case 'rd':
    case 'rs1':
    case 'rs2':
      return registerName(operands[name] ?? 0, registers);
    case 'fd':
    case 'fs1':
    case 'fs2':
    case 'fs3':
      return floatRegisterName(operands[floatOperands[name]] ?? 0, registers);
    case 'constant':
      return floatConstantText(operands.zimm ?? 0);
    case 'rm':
      return roundingModeNames[operands.rm ?? 0] ?? 'dyn';
    case 'imm':
      return String(imm);
    case 'shamt':
      return `0x${imm.toString(16)}`;
    case 'upper':
      return `0x${((imm >>> 12) & 0xf_ffff).toString(16)}`;
    case 'csr':
      return csrByAddress.get(csr)?.name ?? `0x${csr.toString(16)}`;
    case 'target': {
      if (target === undefined) return imm < 0 ? `. - ${-imm}` : `. + ${imm}`;
      const symbol = symbolAt?.(target);
      return formatAddress(target) + (symbol === undefined ? '' : ` <${symbol}>`);
    }
    case 'pred':
    case 'succ':
      return fenceSet(operands[name] ?? 0);
    default:
      return String(operands[name as keyof Operands] ?? 0);
  }
}

/** Operands of the syntax that are f registers, by the field that holds their number. */
const floatOperands = { fd: 'rd', fs1: 'rs1', fs2: 'rs2', fs3: 'rs3' } as const;

function fenceSet(bits: number): string {
  return ['i', 'o', 'r', 'w'].filter((_, index) => bits & (8 >> index)).join('') || '0';
}

function orderingSuffix({ aq = 0, rl = 0 }: Operands): string {
  return aq + rl === 0 ? '' : `.${aq ? 'aq' : ''}${rl ? 'rl' : ''}`;
}
