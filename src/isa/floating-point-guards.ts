import type { Guard, Instruction } from './instruction.ts';

/** Of all instructions and CSRs of floating point: they are illegal while the unit is Off. */
export const floatingPointGuards: readonly Guard[] = [
  {
    modes: ['M', 'HS', 'U', 'VS', 'VU'],
    field: 'mstatus.FS',
    equals: 0,
    raises: 'illegal-instruction',
    source: 'Priv. machine level, extension context status in mstatus',
  },
  {
    modes: ['VS', 'VU'],
    field: 'vsstatus.FS',
    equals: 0,
    raises: 'illegal-instruction',
    source: 'Priv. hypervisor, vsstatus',
  },
];

/** Does the instruction need the floating-point unit? */
export function needsFloatingPoint({ guards }: Instruction): boolean {
  return guards === floatingPointGuards;
}
