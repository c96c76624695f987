import type { Guard } from '../instruction.ts';

/** Guards of a counter that `field` of the counter-enable registers opens: Priv., mcounteren, scounteren and hcounteren; the hypervisor chapter tells which of the exceptions a guest raises. */
export function counterGuards(field: string): readonly Guard[] {
  return [
    {
      modes: ['HS', 'U', 'VS', 'VU'],
      field: `mcounteren.${field}`,
      equals: 0,
      raises: 'illegal-instruction',
      source: 'Priv. machine level, mcounteren',
    },
    {
      modes: ['VS', 'VU'],
      field: `hcounteren.${field}`,
      equals: 0,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, hcounteren',
    },
    {
      modes: ['U'],
      field: `scounteren.${field}`,
      equals: 0,
      raises: 'illegal-instruction',
      source: 'Priv. supervisor level, scounteren',
    },
    {
      modes: ['VU'],
      field: `scounteren.${field}`,
      equals: 0,
      raises: 'virtual-instruction',
      source: 'Priv. hypervisor, trap cause codes',
    },
  ];
}
