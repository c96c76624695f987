import { allCompressed, allInstructions } from '../../../src/isa/extensions/index.ts';
import type { CompressedInstruction, Instruction } from '../../../src/isa/instruction.ts';

export type AnyInstruction = Instruction | CompressedInstruction;

/** How the generator has to treat an instruction: as its semantics say. */
export type Kind =
  'computation' | 'memory' | 'jump' | 'branch' | 'indirect' | 'csr' | 'return' | 'wait' | 'operation';

function kindOf(instruction: AnyInstruction): Kind {
  const { semantics, mnemonic } = baseOf(instruction);
  const text = JSON.stringify(semantics, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part));
  if (mnemonic.startsWith('csrr')) return 'csr';
  if (mnemonic === 'mret' || mnemonic === 'sret') return 'return';
  if (mnemonic === 'wfi' || mnemonic.startsWith('wrs')) return 'wait';
  if (text.includes('"branch"')) return 'branch';
  if (text.includes('"jump"')) return text.includes('"rs1"') ? 'indirect' : 'jump';
  if (/"(load|store|loadReserved|storeConditional|amo)[A-Za-z]*"/.test(text)) return 'memory';
  return text.includes('"operation"') ? 'operation' : 'computation';
}

export function baseOf(instruction: AnyInstruction): Instruction {
  return 'expandsTo' in instruction ? instruction.expandsTo : instruction;
}

/** Every instruction of the extensions, by kind. */
export function instructionsByKind(
  extensions: ReadonlySet<string>,
): Readonly<Record<Kind, readonly AnyInstruction[]>> {
  const byKind: Record<Kind, AnyInstruction[]> = {
    computation: [],
    memory: [],
    jump: [],
    branch: [],
    indirect: [],
    csr: [],
    return: [],
    wait: [],
    operation: [],
  };
  for (const instruction of [...allInstructions, ...allCompressed]) {
    if (extensions.has(instruction.extension)) byKind[kindOf(instruction)].push(instruction);
  }
  return byKind;
}
