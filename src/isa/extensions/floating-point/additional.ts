import { describingFloatingPoint } from '../../description.ts';
import { f, float, floatConstant, setF, type FloatOperator } from '../../float-semantics.ts';
import { floatImmediateType, floatType, rType } from '../../formats.ts';
import type { Instruction } from '../../instruction.ts';
import { setX } from '../../semantics.ts';
import { precisions, type Precision } from './precision.ts';

const describe = describingFloatingPoint('Zfa');

/** Zfa: constants, minimum and maximum with NaNs, rounding to integers, quiet comparisons. */
export const additionalInstructions: readonly Instruction[] = [
  ...precisions.flatMap((precision) => [
    constantLoad(precision),
    extreme(precision, 'minm', '010', 'The lesser of fs1 and fs2; NaN where one is.'),
    extreme(precision, 'maxm', '011', 'The greater of fs1 and fs2; NaN where one is.'),
    rounding(
      precision,
      'round',
      '00100',
      'Rounds fs1 to an integer, and says nothing of whether it was one.',
    ),
    rounding(precision, 'roundnx', '00101', 'Rounds fs1 to an integer; inexact where it was none.'),
    comparison(precision, 'ltq', '101', 'Is fs1 less than fs2? Quiet NaNs are no exception.'),
    comparison(precision, 'leq', '100', 'Is fs1 less than or equal to fs2? Quiet NaNs are no exception.'),
  ]),
  describe({
    mnemonic: 'fcvtmod.w.d',
    encoding: rType('1100001 01000 ..... 001 ..... 1010011'),
    syntax: '{rd}, {fs1}, rtz',
    summary: 'Rounds fs1 towards zero to an integer, and takes its low word.',
    needs: ['D'],
    semantics: ({ rd }) => [setX(rd, float('cvtmod', 'd', f('rs1', 'd')))],
  }),
];

/** What there has to be besides Zfa and F. */
function needsOf({ extension }: Precision): Pick<Instruction, 'needs'> {
  return extension === 'F' ? {} : { needs: [extension] };
}

function constantLoad(precision: Precision): Instruction {
  const { format, fmt } = precision;
  return describe({
    mnemonic: `fli.${format}`,
    encoding: floatImmediateType(`11110${fmt} 00001 ..... 000 ..... 1010011`),
    syntax: '{fd}, {constant}',
    summary: 'Loads one of 32 constants.',
    ...needsOf(precision),
    semantics: ({ rd }) => [setF(rd, format, floatConstant(format))],
  });
}

function extreme(
  precision: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  const { format, fmt } = precision;
  return describe({
    mnemonic: `f${operator}.${format}`,
    encoding: rType(`00101${fmt} ..... ..... ${selector} ..... 1010011`),
    syntax: '{fd}, {fs1}, {fs2}',
    summary,
    ...needsOf(precision),
    semantics: ({ rd }) => [setF(rd, format, float(operator, format, f('rs1', format), f('rs2', format)))],
  });
}

function rounding(
  precision: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  const { format, fmt } = precision;
  return describe({
    mnemonic: `f${operator}.${format}`,
    encoding: floatType(`01000${fmt} ${selector} ..... ... ..... 1010011`),
    syntax: '{fd}, {fs1}, {rm}',
    summary,
    ...needsOf(precision),
    semantics: ({ rd }) => [setF(rd, format, float(operator, format, f('rs1', format)))],
  });
}

function comparison(
  precision: Precision,
  operator: FloatOperator,
  selector: string,
  summary: string,
): Instruction {
  const { format, fmt } = precision;
  return describe({
    mnemonic: `f${operator}.${format}`,
    encoding: rType(`10100${fmt} ..... ..... ${selector} ..... 1010011`),
    syntax: '{rd}, {fs1}, {fs2}',
    summary,
    ...needsOf(precision),
    semantics: ({ rd }) => [setX(rd, float(operator, format, f('rs1', format), f('rs2', format)))],
  });
}
