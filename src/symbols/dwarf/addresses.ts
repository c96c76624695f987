import { ByteReader } from '../byte-reader.ts';
import type { Unit } from './unit.ts';

/** A half-open range of addresses, as linked. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** The address at an index of the unit's part of .debug_addr (DWARF 7.27). */
export function readIndexedAddress(unit: Unit, index: number): bigint | undefined {
  const reader = new ByteReader(unit.sections.addr, unit.bases.addr + index * unit.addressSize);
  const address = reader.u64();
  return reader.failed ? undefined : address;
}

/** Does the range hold the address? Its upper end is the first that it does not. */
export function contains({ low, high }: AddressRange, address: bigint): boolean {
  return address >= low && address < high;
}
