import { allCompressed, allInstructions } from '../../isa/extensions/index.ts';
import type { DecodedInstruction, Instruction } from '../../isa/instruction.ts';
import { isCompilable, isPcRelative } from './compile/semantics.ts';
import { csrAccesses, csrAccessOf, type CsrAccess } from './csr-access.ts';

/** Handlers that are not an instruction. Zero is what a cleared record holds. */
export const specialHandler = {
  /** Nothing is decoded here yet. */
  decode: 0,
  /** The end of the page: goes on in the next one. */
  pageEnd: 1,
  /** An instruction that crosses into the next page. */
  crossing: 2,
  /** An instruction that TypeScript does. */
  slow: 3,
  breakpoint: 4,
  /** Translated code begins here: `recordField.region` tells which. */
  region: 5,
  /** The head of a translated loop: the interpreter counts how often it comes by. */
  loopHead: 6,
  /** ECALL and SRET, which change the mode. */
  call: 7,
  return: 8,
  /** A read of `time`. */
  time: 9,
} as const;

/** How a handler finds its target: `near` knows the record within the same page, `far` computes the address. */
export type Reach = 'near' | 'far';

/**
 * The code of an instruction for one reach and one length. The length is known to the code, and not read from
 * the record, because all that follows would have to wait for it: that costs a fifth of the speed.
 */
export interface HandlerVariant {
  readonly instruction: Instruction;
  readonly length: 2 | 4;
  readonly reach: Reach;
}

/** All handlers made from instructions; the first has the number after the special ones. */
export const handlerVariants: readonly HandlerVariant[] = allInstructions.flatMap((instruction) => {
  if (!isCompilable(instruction.semantics)) return [];
  const hasShortForm = allCompressed.some(({ expandsTo }) => expandsTo === instruction);
  const lengths: readonly (2 | 4)[] = hasShortForm ? [4, 2] : [4];
  const reaches: readonly Reach[] = hasPcRelativeTarget(instruction) ? ['far', 'near'] : ['far'];
  return lengths.flatMap((length) => reaches.map((reach) => ({ instruction, length, reach })));
});

/** The number of the handler of a CSR instruction. `undefined`: it is none, or TypeScript does it. */
export function csrHandlerOf(decoded: DecodedInstruction): number | undefined {
  const access = csrAccessOf(decoded);
  return access && csrNumbers.get(access);
}

/** The number of an instruction's handler. `undefined`: TypeScript does it, or it has no target that is near. */
export function handlerOf(instruction: Instruction, length: 2 | 4, reach: Reach): number | undefined {
  return numbers.get(instruction)?.[length][reach];
}

/** The handlers of CSR instructions come after all others. */
const csrNumbers: ReadonlyMap<CsrAccess, number> = new Map(
  csrAccesses.map((access, index) => [
    access,
    Object.keys(specialHandler).length + handlerVariants.length + index,
  ]),
);

type Numbers = Readonly<Record<2 | 4, Partial<Record<Reach, number>>>>;

const numbers: ReadonlyMap<Instruction, Numbers> = numberHandlers();

function numberHandlers(): Map<Instruction, Numbers> {
  const result = new Map<Instruction, Numbers>();
  for (const [index, { instruction, length, reach }] of handlerVariants.entries()) {
    const known = result.get(instruction) ?? { 2: {}, 4: {} };
    known[length][reach] = Object.keys(specialHandler).length + index;
    result.set(instruction, known);
  }
  return result;
}

function hasPcRelativeTarget({ semantics }: Instruction): boolean {
  return semantics.some(
    (statement) =>
      (statement.kind === 'jump' || statement.kind === 'branch') && isPcRelative(statement.target),
  );
}
