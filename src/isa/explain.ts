import type { Csr } from './csr.ts';
import { csrByAddress } from './csrs/index.ts';
import { disassemble, type DisassemblyOptions } from './disassemble.ts';
import { allCompressed, allInstructions } from './extensions/index.ts';
import { guardList } from './guard-text.ts';
import type { CompressedInstruction, DecodedInstruction, Instruction } from './instruction.ts';
import { codeBlock, paragraphs } from './markdown.ts';
import { macroInstructions, pseudoInstructions } from './pseudo-instructions.ts';
import { semanticsText } from './semantics-text.ts';
import { accessesCsr, sensitivityClasses, sensitivityOf } from './sensitivity.ts';

/** Markdown about a mnemonic as a person writes it (`li`, `amoadd.w.aq`, `c.lw`, `call`); `undefined` if unknown. */
export function explainMnemonic(mnemonic: string): string | undefined {
  const name = mnemonic.toLowerCase().replace(/^(lr|sc|amo\w+)\.([wd])\.(aq|rl|aqrl)$/, '$1.$2');
  const instruction = instructionByName.get(name);
  if (instruction) return paragraphs(aboutInstruction(instruction));
  const compressed = allCompressed.find((entry) => entry.mnemonic === name);
  if (compressed) return paragraphs(aboutCompressed(compressed));
  const pseudo = pseudoInstructions.find((entry) => entry.mnemonic === name);
  if (pseudo) {
    const fixed = Object.entries(pseudo.where).map(([operand, value]) => `${operand} = ${value}`);
    const base = `Pseudo-instruction for \`${pseudo.of}\`${fixed.length > 0 ? ` with ${fixed.join(', ')}` : ''}.`;
    return paragraphs([heading(pseudo, 'pseudo-instruction'), pseudo.summary, base]);
  }
  const macro = macroInstructions.find((entry) => entry.mnemonic === name);
  if (!macro) return undefined;
  return paragraphs([heading(macro, 'macro'), macro.summary, `Assembled as \`${macro.expansion}\`.`]);
}

/** Markdown about one instruction in memory, with its operands. */
export function explainInstruction(decoded: DecodedInstruction, options: DisassemblyOptions = {}): string {
  const { instruction, compressed } = decoded;
  const csr = accessesCsr(instruction) ? csrByAddress.get(decoded.csr) : undefined;
  const [, ...about] = compressed ? aboutCompressed(compressed) : aboutInstruction(instruction, csr);
  return paragraphs([
    `**\`${disassemble(decoded, options)}\`** · ${(compressed ?? instruction).extension}`,
    ...about,
    ...(csr ? [`\`${csr.name}\`: ${csr.summary}`] : []),
  ]);
}

/** Where the CSR is known that it accesses, the exceptions are that CSR's. */
function aboutInstruction(instruction: Instruction, csr?: Csr): readonly string[] {
  const { summary, encoding, semantics } = instruction;
  const dependsOnCsr = accessesCsr(instruction) && csr === undefined;
  const classes = dependsOnCsr ? ['as its CSR is'] : sensitivityClasses(sensitivityOf(instruction, csr));
  return [
    heading(instruction, instruction.extension),
    summary,
    codeBlock(semanticsText(semantics)),
    guardList(csr?.guards ?? instruction.guards),
    `\`${encoding.pattern}\` · to virtualization: ${classes.join(', ')}`,
  ];
}

function aboutCompressed(compressed: CompressedInstruction): readonly string[] {
  const { summary, encoding, expandsTo, implied } = compressed;
  const fixed = Object.entries(implied).map(([operand, value]) => `${operand} = ${value}`);
  return [
    heading(compressed, compressed.extension),
    summary,
    codeBlock(semanticsText(expandsTo.semantics)),
    `16-bit form of \`${expandsTo.mnemonic}\`${fixed.length > 0 ? ` with ${fixed.join(', ')}` : ''}.`,
    `\`${encoding.pattern}\``,
  ];
}

/** `**addi** rd, rs1, imm · I`: the syntax's braces are for the disassembler. */
function heading({ mnemonic, syntax }: { mnemonic: string; syntax: string }, kind: string): string {
  return `**\`${`${mnemonic} ${syntax.replaceAll(/[{}]/g, '')}`.trim()}\`** · ${kind}`;
}

const instructionByName: ReadonlyMap<string, Instruction> = new Map(
  allInstructions.map((instruction) => [instruction.mnemonic, instruction]),
);
