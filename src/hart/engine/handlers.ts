import { allInstructions } from '../../isa/extensions/index.ts';
import type { Instruction } from '../../isa/instruction.ts';
import { isCompilable, isPcRelative } from './compile-semantics.ts';

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
} as const;

/** How a handler finds its target: `near` knows the record within the same page, `far` computes the address. */
export type Reach = 'near' | 'far';

/** The code of an instruction, for one reach. */
export interface HandlerVariant {
  readonly instruction: Instruction;
  readonly reach: Reach;
}

/** All handlers made from instructions; the first has the number after the special ones. */
export const handlerVariants: readonly HandlerVariant[] = allInstructions.flatMap((instruction) => {
  const { guards, semantics } = instruction;
  if (guards.length > 0 || !isCompilable(semantics)) return [];
  return hasPcRelativeTarget(instruction)
    ? [
        { instruction, reach: 'far' },
        { instruction, reach: 'near' },
      ]
    : [{ instruction, reach: 'far' }];
});

const firstVariant = Object.keys(specialHandler).length;
export const handlerCount = firstVariant + handlerVariants.length;

/** The number of the handler for an instruction, and of the one for targets within the page where it has one. */
export interface HandlerNumbers {
  readonly far: number;
  readonly near: number | undefined;
}

/** By instruction; those that TypeScript does are absent. */
export const handlersByInstruction: ReadonlyMap<Instruction, HandlerNumbers> = new Map(
  handlerVariants.flatMap(({ instruction, reach }, index) => {
    if (reach === 'near') return [];
    const far = firstVariant + index;
    return [[instruction, { far, near: handlerVariants[index + 1]?.reach === 'near' ? far + 1 : undefined }]];
  }),
);

function hasPcRelativeTarget({ semantics }: Instruction): boolean {
  return semantics.some(
    (statement) =>
      (statement.kind === 'jump' || statement.kind === 'branch') && isPcRelative(statement.target),
  );
}
