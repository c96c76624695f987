import type { Guard } from '../instruction.ts';

/** Guards of a counter that `field` of the counter-enable registers opens: Priv. 3.1.11, 12.1.5 and 18.2.6; 18.6.1 tells which of the exceptions a guest raises. */
export function counterGuards(field: string): readonly Guard[] {
  return [
    {
      modes: ['HS', 'U', 'VS', 'VU'],
      field: `mcounteren.${field}`,
      equals: 0,
      raises: 'illegal-instruction',
      source: 'Priv. 3.1.11',
    },
    {
      modes: ['VS', 'VU'],
      field: `hcounteren.${field}`,
      equals: 0,
      raises: 'virtual-instruction',
      source: 'Priv. 18.2.6',
    },
    {
      modes: ['U'],
      field: `scounteren.${field}`,
      equals: 0,
      raises: 'illegal-instruction',
      source: 'Priv. 12.1.5',
    },
    {
      modes: ['VU'],
      field: `scounteren.${field}`,
      equals: 0,
      raises: 'virtual-instruction',
      source: 'Priv. 18.6.1',
    },
  ];
}
