import { describingFloatingPoint } from '../../description.ts';
import { floatFormats } from '../../float-formats.ts';
import { convert, f, setF, type FloatFormat } from '../../float-semantics.ts';
import { floatType } from '../../formats.ts';
import type { Instruction } from '../../instruction.ts';
import { setX } from '../../semantics.ts';
import { precisions, type Precision } from './precision.ts';

const integers: readonly IntegerKind[] = [
  { format: 'w', selector: '00000', name: 'a signed word' },
  { format: 'wu', selector: '00001', name: 'an unsigned word' },
  { format: 'l', selector: '00010', name: 'a signed double-word' },
  { format: 'lu', selector: '00011', name: 'an unsigned double-word' },
];

/** FCVT between integers and floating point, and between precisions. */
export const conversionInstructions: readonly Instruction[] = [
  ...precisions.flatMap((precision) => integers.flatMap((integer) => withInteger(precision, integer))),
  betweenPrecisions('s', 'd'),
  betweenPrecisions('d', 's'),
  betweenPrecisions('s', 'h'),
  betweenPrecisions('h', 's'),
  betweenPrecisions('d', 'h'),
  betweenPrecisions('h', 'd'),
];

interface IntegerKind {
  readonly format: 'w' | 'wu' | 'l' | 'lu';
  readonly selector: string;
  readonly name: string;
}

function withInteger(
  { format, extension, fmt }: Precision,
  { format: integer, selector, name }: IntegerKind,
): readonly Instruction[] {
  const instruction = describingFloatingPoint(extension);
  // GNU writes no rounding mode where every value is exact.
  const isExact = format === 'd' && integer.startsWith('w');
  return [
    instruction({
      mnemonic: `fcvt.${integer}.${format}`,
      encoding: floatType(`11000${fmt} ${selector} ..... ... ..... 1010011`),
      syntax: '{rd}, {fs1}, {rm}',
      summary: `Converts fs1 to ${name}; what does not fit gives the nearest that does.`,
      semantics: ({ rd }) => [setX(rd, convert(format, integer, f('rs1', format)))],
    }),
    instruction({
      mnemonic: `fcvt.${format}.${integer}`,
      encoding: floatType(`11010${fmt} ${selector} ..... ... ..... 1010011`),
      syntax: isExact ? '{fd}, {rs1}' : '{fd}, {rs1}, {rm}',
      summary: `Converts ${name} to a ${floatFormats[format].name} number.`,
      semantics: ({ rd, rs1 }) => [setF(rd, format, convert(integer, format, rs1))],
    }),
  ];
}

function betweenPrecisions(to: FloatFormat, from: FloatFormat): Instruction {
  const isExact = floatFormats[from].bits < floatFormats[to].bits;
  const hasHalf = to === 'h' || from === 'h';
  const hasDouble = to === 'd' || from === 'd';
  return describingFloatingPoint(hasHalf ? 'Zfhmin' : 'D')({
    mnemonic: `fcvt.${to}.${from}`,
    encoding: floatType(`01000${fmtOf(to)} 000${fmtOf(from)} ..... ... ..... 1010011`),
    syntax: isExact ? '{fd}, {fs1}' : '{fd}, {fs1}, {rm}',
    summary: `Converts a ${floatFormats[from].name} number to a ${floatFormats[to].name} one.`,
    ...(hasHalf && hasDouble && { needs: ['D' as const] }),
    semantics: ({ rd }) => [setF(rd, to, convert(from, to, f('rs1', from)))],
  });
}

function fmtOf(format: FloatFormat): string {
  return precisions.find((precision) => precision.format === format)?.fmt ?? '';
}
