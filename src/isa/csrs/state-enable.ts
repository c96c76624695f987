import type { Csr, CsrField } from '../csr.ts';
import { bit, csr } from '../csr-description.ts';
import type { Guard } from '../instruction.ts';

const source = 'Priv. Smstateen';
const numbers = [0, 1, 2, 3];

/** Guards of what a field of mstateen0 and hstateen0 withholds from less privileged modes. */
export function stateEnableGuards(number: number, field: string): readonly Guard[] {
  return [
    machineGuard(number, field),
    {
      modes: ['VS', 'VU'],
      field: `hstateen${number}.${field}`,
      equals: 0,
      raises: 'virtual-instruction',
      source,
    },
  ];
}

/** The guard by mstateen alone: of state that is not a guest's. */
export function machineGuard(number: number, field: string): Guard {
  return {
    modes: ['HS', 'U', 'VS', 'VU'],
    field: `mstateen${number}.${field}`,
    equals: 0,
    raises: 'illegal-instruction',
    source,
  };
}

/**
 * State that a more privileged level lets others use. All bits are 0 at first, so M mode has to know of this extension.
 * Fields are for what there is here; sstateen has none, for no state of U mode has to be withheld.
 */
export const stateEnableCsrs: readonly Csr[] = numbers.flatMap((n) => [
  csr({
    name: `mstateen${n}`,
    address: 0x30c + n,
    summary: `State that modes below M may use, part ${n}.`,
    source,
    needs: ['Smstateen'],
    fields: fields(n, 'below M mode'),
  }),
  csr({
    name: `hstateen${n}`,
    address: 0x60c + n,
    summary: `State that a guest may use, part ${n}. Bits are read-only zero while they are 0 in mstateen${n}.`,
    source,
    needs: ['Smstateen', 'H'],
    fields: fields(n, 'in a guest'),
    guards: [machineGuard(n, `SE${n}`)],
  }),
  csr({
    name: `sstateen${n}`,
    address: 0x10c + n,
    summary: `State that U mode may use, part ${n}: there is none that could be withheld.`,
    source,
    needs: ['Smstateen'],
    writable: 0n,
    guards: stateEnableGuards(n, `SE${n}`),
  }),
]);

function fields(n: number, where: string): readonly CsrField[] {
  const next = bit(
    `SE${n}`,
    63,
    `May the next lower state-enable registers of this number be used ${where}?`,
  );
  return n === 0 ? [bit('ENVCFG', 62, `May henvcfg and senvcfg be used ${where}?`), next] : [next];
}
