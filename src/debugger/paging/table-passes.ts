import { addressInPage } from '../../common/page.ts';
import { leafPage, pteBit, usageBits, type PageAccess } from '../../hart/translation/page-table.ts';
import type { WalkStep } from '../../hart/translation/walk.ts';
import type { PassPurpose, TablePass, WalkAccess, WalkEntry, WalkStage } from './address-walk.ts';

/** Puts the entries that a walk looked at together to passes: the first stage's, then the second's in their order. */
export function passesOf(
  steps: readonly WalkStep[],
  address: bigint,
  access: WalkAccess,
  stages: readonly WalkStage[],
): readonly TablePass[] {
  const first: WalkStep[] = [];
  const second: WalkStep[][] = [];
  for (const step of steps) {
    if (step.root !== 'hgatp') first.push(step);
    else if (step.level === rootLevel(stages, 'hgatp')) second.push([step]);
    else second.at(-1)?.push(step);
  }
  return [first, ...second].flatMap((own, index) => {
    const [head] = own;
    const stage = stages.find(({ register }) => register === head?.root);
    if (head === undefined || stage === undefined) return [];
    const purpose = purposeOf(own, second.slice(0, index - 1));
    const entryAccess = purpose.kind === 'access' ? access : purpose.use;
    const input = head.translates ?? address;
    const entries = own.map((step) => entryOf(step, input, entryAccess, stage));
    return [{ stage, input, purpose, entries, output: outputOf(own, input) }];
  });
}

function rootLevel(stages: readonly WalkStage[], register: WalkStage['register']): number {
  return (stages.find((stage) => stage.register === register)?.scheme.levels ?? 0) - 1;
}

/** An entry of the first stage is found to be read; if it is looked for again, then to set its A and D bits. */
function purposeOf([head]: readonly WalkStep[], earlier: readonly (readonly WalkStep[])[]): PassPurpose {
  const level = head?.purpose ?? 'access';
  if (level === 'access') return { kind: 'access' };
  const isAgain = earlier.some(([other]) => other?.purpose === level);
  return { kind: 'entry', level, use: isAgain ? 'write' : 'read' };
}

function entryOf(step: WalkStep, input: bigint, access: PageAccess, stage: WalkStage): WalkEntry {
  const { level, root, address, guestAddress, entry: value, verdict } = step;
  // The root table of a second stage is four times as long as others.
  const mask = root === 'hgatp' && level === stage.scheme.levels - 1 ? 0x7ffn : 0x1ffn;
  const index = Number((input >> BigInt(12 + 9 * level)) & mask);
  const missing = verdict === 'leaf' ? usageBits(access) & ~Number(BigInt.asUintN(8, value)) : 0;
  const sets = usage.flatMap(({ bit, name }) => ((missing & bit) === 0 ? [] : name));
  return { level, index, address, guestAddress, value, verdict, sets };
}

const usage = [
  { bit: pteBit.accessed, name: 'A' },
  { bit: pteBit.dirty, name: 'D' },
] as const;

function outputOf(steps: readonly WalkStep[], input: bigint): bigint | undefined {
  const last = steps.at(-1);
  if (last?.verdict !== 'leaf') return undefined;
  const low = Number(BigInt.asUintN(32, last.entry));
  const page = leafPage(low, Number(last.entry >> 32n), last.level, Number(input >> 12n));
  return addressInPage(page, input);
}
