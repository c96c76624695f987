import type { GuestPhysicalAddress, HostPhysicalAddress } from '../../common/address.ts';
import { formatAddress, gpa } from '../../common/address.ts';
import { unreachable } from '../../common/errors.ts';
import type { AddressMap } from '../../machine/bus.ts';
import type { Guest } from '../../vmm/guest.ts';
import type { Target } from '../target/target.ts';

/** A device, and the register that an access would reach. */
export interface DevicePlace {
  readonly kind: 'device';
  readonly device: string;
  readonly register: string | undefined;
}

/** Whose a host-physical address is. */
export type Owner =
  | DevicePlace
  /** RAM of a machine without VMM. */
  | { readonly kind: 'ram' }
  | { readonly kind: 'guest'; readonly guest: string; readonly gpa: GuestPhysicalAddress }
  /** Second-stage tables. */
  | { readonly kind: 'page-table'; readonly guest: string }
  | { readonly kind: 'vmm' }
  | { readonly kind: 'free' }
  | { readonly kind: 'nothing' };

/** What a guest has at a guest-physical address. */
export type GuestPlace = DevicePlace | { readonly kind: 'ram' } | { readonly kind: 'nothing' };

/** Whose an address of the machine is, without touching it. */
export function ownerOf(
  { machine, vmm }: Target,
  address: HostPhysicalAddress,
  access: 'read' | 'write',
): Owner {
  const { memory, bus } = machine.board;
  const isRam = address >= BigInt(memory.ramBase) && address < BigInt(memory.ramBase + memory.ramSize);
  if (!isRam) return deviceAt(bus, address, access) ?? { kind: 'nothing' };
  const owner = vmm?.ownerOf(address);
  switch (owner?.kind) {
    case undefined:
      return { kind: 'ram' };
    case 'guest':
      return { kind: 'guest', guest: owner.guest.name, gpa: gpa(BigInt(owner.gpa)) };
    case 'page-table':
      return { kind: 'page-table', guest: owner.guest.name };
    case 'vmm':
    case 'free':
      return { kind: owner.kind };
  }
}

/** What the guest was given at an address of its own. */
export function guestPlaceOf(
  guest: Guest,
  address: GuestPhysicalAddress,
  access: 'read' | 'write',
): GuestPlace {
  if (guest.memory.contains(Number(address))) return { kind: 'ram' };
  return deviceAt(guest.bus, address, access) ?? { kind: 'nothing' };
}

/** `RAM of a (GPA 0x80200000)`, `uart0.THR`. */
export function describeOwner(owner: Owner): string {
  switch (owner.kind) {
    case 'device':
      return describeDevice(owner);
    case 'ram':
      return 'RAM';
    case 'guest':
      return `RAM of ${owner.guest} (GPA ${formatAddress(owner.gpa)})`;
    case 'page-table':
      return `second-stage page tables of ${owner.guest}`;
    case 'vmm':
      return 'the VMM';
    case 'free':
      return 'free RAM';
    case 'nothing':
      return 'nothing';
    default:
      return unreachable(owner);
  }
}

/** `uart0.THR`; the device alone where no register answers. */
export function describeDevice({ device, register }: DevicePlace): string {
  return register === undefined ? device : `${device}.${register}`;
}

function deviceAt(bus: AddressMap, address: bigint, access: 'read' | 'write'): DevicePlace | undefined {
  const found = bus.describe(Number(address), access);
  return found && { kind: 'device', device: found.region.name, register: found.register?.name };
}
