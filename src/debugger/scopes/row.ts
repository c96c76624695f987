import { formatAddress } from '../../common/address.ts';
import type { Space } from '../expressions/value.ts';
import type { Variable } from '../variable.ts';

/** A line of a view that only tells something. */
export function row(name: string, value: string, type?: string): Variable {
  return { name, value, ...(type !== undefined && { type }) };
}

/** A line that names an address, which a client can open as memory. */
export function addressRow(name: string, address: bigint, space: Space): Variable {
  return { ...row(name, formatAddress(address)), memoryReference: space.reference(address) };
}

/** A line that opens to others. */
export function groupRow(name: string, value: string, children: () => readonly Variable[]): Variable {
  return { ...row(name, value), children };
}
