import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { MemoryReference } from '../memory-reference.ts';
import { noGuest } from '../memory/space-regime.ts';
import type { Target } from '../target/target.ts';

/** A process that has an address space. */
export interface SpaceOwner {
  /** For people: `ls (160)`, or only its program where its kernel is not known. */
  readonly title: string;
  /** What tells it from others, where both have one: not its name, which another program gives it. */
  readonly pid?: number;
  /** Of one that its kernel does not list: where its program lies. It may be about to end, and have been listed before. */
  readonly program?: string;
}

/**
 * Who has the page tables of a space now. A kernel gives those of a process that has ended to another one: what is watched
 * is the first one's. Nobody is known while a process begins or ends.
 */
export function ownersOf(
  reference: MemoryReference,
  regime: TranslationRegime,
  target: Target,
): readonly SpaceOwner[] {
  if (reference.space !== 'gva') return [];
  const thread = target.threads.find(({ guest }) => (guest?.name ?? noGuest) === reference.guest);
  if (thread === undefined) return [];
  const table = BigInt.asUintN(44, reference.root);
  const processes = target.introspection
    .processesOf(thread)
    .filter(({ root }) => BigInt.asUintN(44, root) === table);
  if (processes.length > 0) return processes.map(({ name, pid }) => ({ title: `${name} (${pid})`, pid }));
  const program = target.programOf(thread, regime);
  return program === undefined ? [] : [{ title: program.name, program: program.path }];
}

/** Is the space known to be somebody else's than it was? */
export function isOthers(now: readonly SpaceOwner[], then: readonly SpaceOwner[]): boolean {
  return (
    now.length > 0 &&
    then.length > 0 &&
    now.every((one) => then.every((other) => isKnownToDiffer(one, other)))
  );
}

function isKnownToDiffer(one: SpaceOwner, other: SpaceOwner): boolean {
  return (
    (one.pid !== undefined && other.pid !== undefined && one.pid !== other.pid) ||
    (one.program !== undefined && other.program !== undefined && one.program !== other.program)
  );
}
