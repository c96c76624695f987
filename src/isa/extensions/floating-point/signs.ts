import { describingFloatingPoint } from '../../description.ts';
import { floatFormats } from '../../float-formats.ts';
import { f, setF } from '../../float-semantics.ts';
import { rType } from '../../formats.ts';
import type { Instruction } from '../../instruction.ts';
import { binary, constant, type Value } from '../../semantics.ts';
import { precisions, type Precision } from './precision.ts';

/** FSGNJ, FSGNJN and FSGNJX: they move bits, and neither round nor set flags. */
export const signInstructions: readonly Instruction[] = precisions.flatMap((precision) => [
  signInstruction(precision, 'fsgnj', '000', 'Gives fs1 the sign of fs2.', (_, sign) => sign),
  signInstruction(precision, 'fsgnjn', '001', 'Gives fs1 the opposite of the sign of fs2.', (_, sign, mask) =>
    binary('xor', sign, mask),
  ),
  signInstruction(precision, 'fsgnjx', '010', 'Changes the sign of fs1 where fs2 is negative.', (own, sign) =>
    binary('xor', own, sign),
  ),
]);

/** `sign` makes the sign bit of those of fs1 and fs2; `mask` is a sign bit that is set. */
function signInstruction(
  { format, extension, fmt }: Precision,
  stem: string,
  selector: string,
  summary: string,
  sign: (own: Value, other: Value, mask: Value) => Value,
): Instruction {
  const mask = constant(floatFormats[format].sign);
  const magnitude = constant(floatFormats[format].sign - 1n);
  const signOf = (value: Value): Value => binary('and', value, mask);
  return describingFloatingPoint(extension)({
    mnemonic: `${stem}.${format}`,
    encoding: rType(`00100${fmt} ..... ..... ${selector} ..... 1010011`),
    syntax: '{fd}, {fs1}, {fs2}',
    summary,
    semantics: ({ rd }) => {
      const [own, other] = [f('rs1', format), f('rs2', format)];
      const injected = sign(signOf(own), signOf(other), mask);
      return [setF(rd, format, binary('or', binary('and', own, magnitude), injected))];
    },
  });
}
