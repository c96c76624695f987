import type { ExtensionName } from './configuration/extensions.ts';
import { floatingPointGuards } from './floating-point-guards.ts';
import type { EncodingWith } from './formats.ts';
import type { CompressedInstruction, Guard, Instruction, OperandName } from './instruction.ts';
import { immediate, x, type Semantics } from './semantics.ts';

/** What an extension's file says of one instruction. */
export interface InstructionDescription<Name extends OperandName> {
  readonly mnemonic: string;
  readonly encoding: EncodingWith<Name>;
  readonly syntax: string;
  readonly summary: string;
  /** None: the instruction does the same in every mode. */
  readonly guards?: readonly Guard[];
  /** Other extensions that have it, too. */
  readonly alsoIn?: readonly ExtensionName[];
  /** Extensions that it needs besides its own. */
  readonly needs?: readonly ExtensionName[];
  readonly semantics: (operands: Pick<typeof operandValues, Name & keyof typeof operandValues>) => Semantics;
}

/** The function with which an extension's file describes its instructions. */
export function describing(
  extension: ExtensionName | 'Privileged',
): <Name extends OperandName>(description: InstructionDescription<Name>) => Instruction {
  return ({ guards = [], semantics, ...rest }) => ({
    ...rest,
    extension,
    guards,
    semantics: semantics(operandValues),
  });
}

/** Likewise for instructions that are illegal while the floating-point unit is Off. */
export function describingFloatingPoint(extension: ExtensionName): ReturnType<typeof describing> {
  const describe = describing(extension);
  return (description) => describe({ ...description, guards: floatingPointGuards });
}

/** Likewise for 16-bit instructions. `implied` names the base operands that the encoding does not hold. */
export function describingCompressed(
  extension: ExtensionName,
): (
  description: Omit<CompressedInstruction, 'extension' | 'implied'> &
    Partial<Pick<CompressedInstruction, 'implied'>>,
) => CompressedInstruction {
  return ({ implied = {}, ...rest }) => ({ ...rest, extension, implied });
}

const operandValues = {
  rd: 'rd',
  rs1: x('rs1'),
  rs2: x('rs2'),
  rs3: x('rs3'),
  imm: immediate,
} as const;
