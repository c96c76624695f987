/**
 * Addresses that must not be mixed. All are 64-bit patterns held as non-negative bigints;
 * the brand exists for the compiler alone.
 */
export type GuestVirtualAddress = bigint & { readonly __space: 'gva' };
/** What a guest believes to be physical: the input of second-stage (G-stage) translation. */
export type GuestPhysicalAddress = bigint & { readonly __space: 'gpa' };
/** An address on the emulated machine's own bus. */
export type HostPhysicalAddress = bigint & { readonly __space: 'hpa' };

/** Makes a guest-virtual address of the low 64 bits of a number. */
export const gva = (value: bigint): GuestVirtualAddress => BigInt.asUintN(64, value) as GuestVirtualAddress;
/** Likewise a guest-physical address. */
export const gpa = (value: bigint): GuestPhysicalAddress => BigInt.asUintN(64, value) as GuestPhysicalAddress;
/** Likewise a host-physical address. */
export const hpa = (value: bigint): HostPhysicalAddress => BigInt.asUintN(64, value) as HostPhysicalAddress;

/** `0x` and sixteen digits at most, without leading zeros: how every address is shown. */
export function formatAddress(address: bigint): string {
  return `0x${address.toString(16)}`;
}
