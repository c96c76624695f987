import { exceptionNames, interrupts } from '../../isa/causes.ts';
import { exitReasons } from '../../vmm/exits/reasons.ts';
import type { Filter } from './breakpoint.ts';

const exitConditions =
  'gpa == 0x10000000 && write · guest == "b" · reason == "hypercall" · hypercall.number == 1 · @ > 5 (hits)';
const trapConditions = 'from == "process" && to == "kernel" · tval == 0x0 · guest == "a" · @ > 5 (hits)';

/** Filters that stop at whatever the reason or cause is; a condition narrows them down. */
export const anyExit = 'exit.any';
/** The same for traps. */
export const anyTrap = 'trap.any';

/** One for each exit reason, one for each cause of a trap, and the two that take any: known before a launch. */
export const launchFilters: readonly Filter[] = [
  ...exitReasons.map(({ id, label, description }) => ({
    id: `exit.${id}`,
    label: `VM exit: ${label}`,
    description,
    conditionDescription: exitConditions,
  })),
  {
    id: anyExit,
    label: 'VM exit: any',
    description: `Stops at every VM exit. Narrow it down by a condition; reasons are ${exitReasons.map(({ id }) => id).join(', ')}.`,
    conditionDescription: exitConditions,
  },
  ...Object.values(exceptionNames).map((name) => trapFilter(name)),
  ...interrupts.map(({ name }) => trapFilter(name)),
  {
    id: anyTrap,
    label: 'Trap: any',
    description: 'Stops at the first instruction of every handler. Narrow it down by a condition.',
    conditionDescription: trapConditions,
  },
];

/**
 * Those that a list of checkboxes shows, the most useful first: with all of them a person's own breakpoints would
 * be far below. What is not here is reached by the last of its kind and a condition.
 */
export const offeredFilters: readonly Filter[] = [
  'exit.mmio-store',
  'exit.mmio-load',
  'exit.hypercall',
  'exit.timer-interrupt',
  anyExit,
  trapFilterId('environment call from U mode or VU mode'),
  trapFilterId('load page fault'),
  trapFilterId('store/AMO page fault'),
  trapFilterId('instruction page fault'),
  trapFilterId('illegal instruction'),
  anyTrap,
].flatMap((id) => launchFilters.filter((filter) => filter.id === id));

/** Id of the filter of a trap: `trap.load-page-fault`. */
export function trapFilterId(name: string): string {
  return `trap.${name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')}`;
}

function trapFilter(name: string): Filter {
  return {
    id: trapFilterId(name),
    label: `Trap: ${name}`,
    description: `Stops at the first instruction of the handler, whoever takes the trap.`,
    conditionDescription: trapConditions,
  };
}
