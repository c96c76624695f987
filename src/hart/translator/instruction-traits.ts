import { needsFloatingPoint } from '../../isa/floating-point-guards.ts';
import type { Instruction } from '../../isa/instruction.ts';
import { isPcRelative } from '../engine/compile/semantics.ts';
import { floatOperands } from '../engine/float-unit.ts';

/** What the translator wants to know of an instruction that its description says, whatever its operands are. */
export interface InstructionTraits {
  /** How it goes on, other than with the next one. */
  readonly transfer: 'none' | 'branch' | 'jump' | 'indirect';
  /** Is it a load or a store, and nothing else? */
  readonly access: 'read' | 'write' | undefined;
  /** Does it put what it loads into an x register? */
  readonly loads: boolean;
  readonly needsFloats: boolean;
  /** Are these operands f registers? */
  readonly rdIsFloat: boolean;
  readonly rs1IsFloat: boolean;
  readonly rs2IsFloat: boolean;
  readonly rs3IsFloat: boolean;
}

/** Found once for each description: every instruction of a region is asked several times. */
export function traitsOf(instruction: Instruction): InstructionTraits {
  let traits = known.get(instruction);
  if (traits === undefined) {
    traits = findTraits(instruction);
    known.set(instruction, traits);
  }
  return traits;
}

const known = new WeakMap<Instruction, InstructionTraits>();

function findTraits(instruction: Instruction): InstructionTraits {
  const floats = floatOperands(instruction);
  return {
    transfer: transferOf(instruction),
    access: accessOf(instruction),
    loads: instruction.semantics.some(
      (statement) => statement.kind === 'setX' && statement.value.kind === 'load',
    ),
    needsFloats: needsFloatingPoint(instruction),
    rdIsFloat: floats.has('rd'),
    rs1IsFloat: floats.has('rs1'),
    rs2IsFloat: floats.has('rs2'),
    rs3IsFloat: floats.has('rs3'),
  };
}

function transferOf({ semantics }: Instruction): InstructionTraits['transfer'] {
  for (const statement of semantics) {
    if (statement.kind === 'branch') return 'branch';
    if (statement.kind === 'jump') return isPcRelative(statement.target) ? 'jump' : 'indirect';
  }
  return 'none';
}

function accessOf({ semantics }: Instruction): InstructionTraits['access'] {
  const [statement] = semantics;
  if (statement?.kind === 'store') return 'write';
  if (statement?.kind !== 'setX' && statement?.kind !== 'setF') return undefined;
  return statement.value.kind === 'load' ? 'read' : undefined;
}
