import { StrataError } from '../../common/errors.ts';
import { permissiveOptions, type TranslationRegime } from '../../hart/translation/regime.ts';
import type { Guest } from '../../vmm/guest.ts';
import type { MemoryReference } from '../memory-reference.ts';
import type { Target } from '../target/target.ts';

/**
 * How addresses of a reference's space are translated, whether or not its tables are in force now. For looking
 * only: no permission counts. A guest that is none gives a StrataError.
 */
export function spaceRegime(target: Target, reference: MemoryReference): TranslationRegime {
  switch (reference.space) {
    case 'current':
      return target.currentThread.cpu.regime();
    case 'hpa':
      return physicalRegime;
    case 'gpa':
      return guestRegime(secondStageRoot(target, reference.guest), 0n);
    case 'gva':
      return reference.guest === noGuest && target.vmm === undefined
        ? { ...physicalRegime, privilege: 1, satp: reference.root }
        : guestRegime(secondStageRoot(target, reference.guest), reference.root);
  }
}

/** The value of hgatp for a guest of the hosted VMM, or for one of a VMM that is software of the machine. */
function secondStageRoot(target: Target, name: string): bigint {
  const observed = target.observed?.guests.find((guest) => guest.name === name);
  if (observed !== undefined) return observed.hgatp;
  const { tables, vmid } = guestNamed(target, name);
  return tables.hgatp(vmid);
}

/** The guest of a reference, under the hosted VMM. */
export function guestNamed(target: Target, name: string): Guest {
  const guests = target.vmm?.guests ?? [];
  const guest = guests.find((each) => each.name === name);
  if (guest !== undefined) return guest;
  const known = guests.map((each) => `'${each.name}'`).join(', ');
  const remedy = known === '' ? 'no VMM is hosted, so there are none' : `there are ${known}`;
  throw new StrataError('unknown-guest', 'user', `there is no guest '${name}'; ${remedy}`);
}

/** What stands for the guest in references on a machine without VMM. */
export const noGuest = '-';

/** M mode's: addresses are physical. */
export const physicalRegime: TranslationRegime = {
  virtual: false,
  privilege: 3,
  satp: 0n,
  hgatp: 0n,
  sum: false,
  mxr: false,
  guestMxr: false,
  options: permissiveOptions,
  guestOptions: permissiveOptions,
};

/** Guest-physical addresses are those of a guest with translation off. */
function guestRegime(hgatp: bigint, satp: bigint): TranslationRegime {
  return { ...physicalRegime, virtual: true, privilege: 1, satp, hgatp };
}
