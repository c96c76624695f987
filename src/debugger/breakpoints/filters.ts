import { exceptionNames, interrupts } from '../../isa/causes.ts';
import { exitReasons } from '../../vmm/exits/reasons.ts';
import type { Filter } from './breakpoint.ts';

/** One for each exit reason, one for each cause of a trap: known before anything is launched. */
export const launchFilters: readonly Filter[] = [
  ...exitReasons.map(({ id, label, description }) => ({
    id: `exit.${id}`,
    label: `VM exit: ${label}`,
    description,
    conditionDescription: 'gpa == 0x10000000 && write · guest == "b" · hypercall.number == 1 · @ > 5 (hits)',
  })),
  ...Object.values(exceptionNames).map((name) => trapFilter(name)),
  ...interrupts.map(({ name }) => trapFilter(name)),
];

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
    conditionDescription: 'from == "process" && to == "kernel" · tval == 0x0 · guest == "a" · @ > 5 (hits)',
  };
}
