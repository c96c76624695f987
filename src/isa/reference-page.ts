import { fieldMask, isReadOnly, type Csr, type CsrField } from './csr.ts';
import { countingCounters } from './csrs/hardware-counters.ts';
import { allCsrs } from './csrs/index.ts';
import { fieldText } from './explain-csr.ts';
import { allCompressed, allInstructions } from './extensions/index.ts';
import { guardTexts } from './guard-text.ts';
import type { CompressedInstruction, Instruction } from './instruction.ts';
import { markdownTable } from './markdown.ts';
import { macroInstructions, pseudoInstructions } from './pseudo-instructions.ts';
import { accessesCsr, sensitivityClasses, sensitivityOf } from './sensitivity.ts';

/** The reference of instructions and CSRs as a markdown page, from the descriptions alone. */
export function referencePage(): string {
  return [
    '# Instructions and registers of the machine',
    'Generated from the descriptions in `src/isa`. Do not edit.',
    '## Instructions',
    ...byExtension(allInstructions).flatMap(([extension, instructions]) => [
      `### ${extension}`,
      markdownTable(
        ['instruction', 'encoding', 'what it does', 'sensitivity'],
        instructions.map(instructionRow),
      ),
    ]),
    ...byExtension(allCompressed).flatMap(([extension, instructions]) => [
      `### ${extension}`,
      markdownTable(
        ['instruction', 'encoding', 'stands for', 'what it does'],
        instructions.map(compressedRow),
      ),
    ]),
    '### Exceptions by mode',
    markdownTable(['instruction', 'raises'], allInstructions.flatMap(exceptionRow)),
    '### Pseudo-instructions',
    markdownTable(
      ['instruction', 'stands for', 'what it does'],
      [
        ...pseudoInstructions.map((entry) => [code(text(entry)), code(entry.of), entry.summary]),
        ...macroInstructions.map((entry) => [code(text(entry)), code(entry.expansion), entry.summary]),
      ],
    ),
    '## Control and status registers',
    markdownTable(
      ['address', 'name', 'access', 'what it is', 'reset', 'source'],
      allCsrs.filter(hasOwnRow).map(csrRow),
    ),
    performanceCounters(),
    'A write of a value that is not legal leaves a WARL field as it was; in `satp` and `vsatp` it leaves the whole register so. What else the specifications leave open is in [choices.md](../choices.md).',
    ...allCsrs
      .filter(({ fields, name }) => fields.length > 0 && !name.endsWith('counteren'))
      .flatMap(fieldSection),
    '',
  ].join('\n\n');
}

function instructionRow(instruction: Instruction): readonly string[] {
  const classes = accessesCsr(instruction)
    ? 'as its CSR'
    : sensitivityClasses(sensitivityOf(instruction)).join(', ');
  return [code(text(instruction)), code(instruction.encoding.pattern), instruction.summary, classes];
}

function compressedRow(compressed: CompressedInstruction): readonly string[] {
  const { encoding, expandsTo, summary } = compressed;
  return [code(text(compressed)), code(encoding.pattern), code(expandsTo.mnemonic), summary];
}

function exceptionRow({ mnemonic, guards }: Instruction): readonly (readonly string[])[] {
  return guardTexts(guards).map((raised) => [code(mnemonic), raised]);
}

function csrRow(csr: Csr): readonly string[] {
  const access = isReadOnly(csr) || csr.writable === 0n ? 'read' : 'read, write';
  const { summary, source } = csr;
  return [code(hex(csr.address)), code(csr.name), access, summary, code(hex(csr.reset)), source];
}

function performanceCounters(): string {
  const [first, last] = [countingCounters.at(0), countingCounters.at(-1)];
  return `Of the hardware performance-monitoring counters 3 to 31 (\`hpmcounter3\`, \`mhpmcounter3\`, \`mhpmevent3\`, …), ${first} to ${last} count events; the others are read-only zero.`;
}

/** The 29 performance counters and their kin would bury the rest. */
function hasOwnRow({ name }: Csr): boolean {
  return !/^m?hpm/.test(name);
}

function fieldSection(csr: Csr): readonly string[] {
  const rows = csr.fields
    .toSorted((a, b) => b.high - a.high)
    .map((field) => [
      field.high === field.low ? `${field.high}` : `${field.high}:${field.low}`,
      field.name,
      field.rule,
      legalValues(csr, field),
      field.summary,
    ]);
  return [`### ${csr.name}`, markdownTable(['bits', 'field', 'rule', 'values', 'meaning'], rows)];
}

/** Empty where all are legal, or too many to name: the summary says which are not. */
function legalValues({ reset, writable }: Csr, field: CsrField): string {
  const { values = {}, legal } = field;
  if ((writable & fieldMask(field)) === 0n && field.rule === 'RO' && field.high > field.low)
    return fieldText(field, reset);
  const legalOnes = legal ?? Object.keys(values).map(Number);
  if (legalOnes.length > mostValues) return '';
  return legalOnes.map((value) => [value, values[value] ?? ''].join(' ').trim()).join(', ');
}

/** More are a list that nobody reads. */
const mostValues = 8;

function byExtension<T extends { readonly extension: string }>(entries: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const entry of entries) groups.set(entry.extension, [...(groups.get(entry.extension) ?? []), entry]);
  return [...groups];
}

function text({ mnemonic, syntax }: { mnemonic: string; syntax: string }): string {
  return `${mnemonic} ${syntax.replaceAll(/[{}]/g, '')}`.trim();
}

function code(content: string): string {
  return `\`${content}\``;
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
