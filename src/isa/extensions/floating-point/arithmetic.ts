import { describingFloatingPoint } from '../../description.ts';
import { f, float, setF, type FloatOperator } from '../../float-semantics.ts';
import { floatType, fusedType, rType } from '../../formats.ts';
import type { Instruction } from '../../instruction.ts';
import { setX } from '../../semantics.ts';
import { precisions, type Precision } from './precision.ts';

/** What exists in every precision: arithmetic, minimum and maximum, comparisons, FCLASS. */
export const arithmeticInstructions: readonly Instruction[] = precisions.flatMap((precision) => [
  twoSources(precision, 'add', '00000', 'Adds fs2 to fs1.'),
  twoSources(precision, 'sub', '00001', 'Subtracts fs2 from fs1.'),
  twoSources(precision, 'mul', '00010', 'Multiplies fs1 by fs2.'),
  twoSources(precision, 'div', '00011', 'Divides fs1 by fs2.'),
  squareRoot(precision),
  fused(precision, 'madd', '1000011', 'Multiplies fs1 by fs2 and adds fs3, rounding once.'),
  fused(precision, 'msub', '1000111', 'Multiplies fs1 by fs2 and subtracts fs3, rounding once.'),
  fused(precision, 'nmsub', '1001011', 'Subtracts the product of fs1 and fs2 from fs3, rounding once.'),
  fused(
    precision,
    'nmadd',
    '1001111',
    'Negates the sum of fs3 and the product of fs1 and fs2, rounded once.',
  ),
  extreme(precision, 'min', '000', 'The lesser of fs1 and fs2; where one is NaN, the other.'),
  extreme(precision, 'max', '001', 'The greater of fs1 and fs2; where one is NaN, the other.'),
  comparison(precision, 'eq', '010', 'Is fs1 equal to fs2? Quiet NaNs are no exception.'),
  comparison(precision, 'lt', '001', 'Is fs1 less than fs2? NaNs are invalid.'),
  comparison(precision, 'le', '000', 'Is fs1 less than or equal to fs2? NaNs are invalid.'),
  classification(precision),
]);

function twoSources(
  { format, extension, fmt }: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `f${operator}.${format}`,
    encoding: floatType(`${selector}${fmt} ..... ..... ... ..... 1010011`),
    syntax: '{fd}, {fs1}, {fs2}, {rm}',
    summary,
    semantics: ({ rd }) => [setF(rd, format, float(operator, format, f('rs1', format), f('rs2', format)))],
  });
}

function squareRoot({ format, extension, fmt }: Precision): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `fsqrt.${format}`,
    encoding: floatType(`01011${fmt} 00000 ..... ... ..... 1010011`),
    syntax: '{fd}, {fs1}, {rm}',
    summary: 'The square root of fs1.',
    semantics: ({ rd }) => [setF(rd, format, float('sqrt', format, f('rs1', format)))],
  });
}

function fused(
  { format, extension, fmt }: Precision,
  operator: FloatOperator,
  opcode: string,
  summary: string,
): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `f${operator}.${format}`,
    encoding: fusedType(`.....${fmt} ..... ..... ... ..... ${opcode}`),
    syntax: '{fd}, {fs1}, {fs2}, {fs3}, {rm}',
    summary,
    semantics: ({ rd }) => [
      setF(rd, format, float(operator, format, f('rs1', format), f('rs2', format), f('rs3', format))),
    ],
  });
}

function extreme(
  { format, extension, fmt }: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `f${operator}.${format}`,
    encoding: rType(`00101${fmt} ..... ..... ${selector} ..... 1010011`),
    syntax: '{fd}, {fs1}, {fs2}',
    summary,
    semantics: ({ rd }) => [setF(rd, format, float(operator, format, f('rs1', format), f('rs2', format)))],
  });
}

function comparison(
  { format, extension, fmt }: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `f${operator}.${format}`,
    encoding: rType(`10100${fmt} ..... ..... ${selector} ..... 1010011`),
    syntax: '{rd}, {fs1}, {fs2}',
    summary,
    semantics: ({ rd }) => [setX(rd, float(operator, format, f('rs1', format), f('rs2', format)))],
  });
}

function classification({ format, extension, fmt }: Precision): Instruction {
  return describingFloatingPoint(extension)({
    mnemonic: `fclass.${format}`,
    encoding: rType(`11100${fmt} 00000 ..... 001 ..... 1010011`),
    syntax: '{rd}, {fs1}',
    summary: 'Tells by one bit of ten what kind of number fs1 is.',
    semantics: ({ rd }) => [setX(rd, float('class', format, f('rs1', format)))],
  });
}
