import type { BreakpointSpace } from '../../hart/breakpoints.ts';
import type { StratumImage } from '../images/image-set.ts';
import type { Target } from '../target/target.ts';
import { hostAddress, type Place } from './places.ts';

/** What a hart is armed with: all that one can know. */
export interface ArmedAddress {
  readonly space: BreakpointSpace;
  readonly address: bigint;
}

/** What the harts have to be armed with for a place: nothing where there is no memory. */
export function armedAt(place: Place, target: Target): readonly ArmedAddress[] {
  if (place.kind === 'image') return armedInImage(place.image, place.address, target);
  const { reference } = place;
  switch (reference.space) {
    case 'current':
    case 'gva':
      return [{ space: 'virtual', address: reference.address }];
    case 'hpa':
      return [{ space: 'physical', address: reference.address }];
    case 'gpa': {
      const guest = target.vmm?.guests.find(({ name }) => name === reference.guest);
      const address = guest && hostAddress(guest, reference.address);
      return address === undefined ? [] : [{ space: 'physical', address }];
    }
  }
}

/**
 * Where the image was linked; and where it was loaded, if that is elsewhere, for only the kernel knows at which virtual
 * address it is going to run. `address` is as linked.
 */
export function armedInImage(
  image: StratumImage,
  address: bigint,
  { placement, vmm }: Target,
): readonly ArmedAddress[] {
  const virtual = { space: 'virtual' as const, address };
  const loaded = image.stratum === 'process' ? undefined : placement.physicalOf(image, address);
  if (loaded === undefined || loaded === address) return [virtual];
  const guest = vmm?.guests.find(({ name }) => name === image.guest);
  const host = guest === undefined ? loaded : hostAddress(guest, loaded);
  return host === undefined ? [virtual] : [virtual, { space: 'physical', address: host }];
}
