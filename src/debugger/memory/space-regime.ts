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
      return physical;
    case 'gpa':
      return guestRegime(guestNamed(target, reference.guest), 0n);
    case 'gva':
      return reference.guest === noGuest && target.vmm === undefined
        ? bareRegime(target, reference.root)
        : guestRegime(guestNamed(target, reference.guest), reference.root);
  }
}

/** The guest of a reference, on a machine with a VMM. */
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
const physical: TranslationRegime = {
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
function guestRegime({ tables, vmid }: Guest, satp: bigint): TranslationRegime {
  return { ...physical, virtual: true, privilege: 1, satp, hgatp: tables.hgatp(vmid) };
}

/** Without a hosted VMM a root is satp's; or vsatp's of a guest of a VMM that is guest code itself. */
function bareRegime({ threads }: Target, root: bigint): TranslationRegime {
  const inGuest = threads.find(({ cpu }) => cpu.mode.virtual && cpu.root === root);
  return inGuest?.cpu.regime() ?? { ...physical, privilege: 1, satp: root };
}
