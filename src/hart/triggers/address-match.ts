import type { Trigger } from './trigger-data.ts';

type AddressTrigger = Extract<Trigger, { kind: 'address' }>;

/** Does an access of `length` bytes match? Of a match by order or equality any of its bytes may (Debug. Sdtrig, mcontrol6). */
export function matchesAccess({ match, compare }: AddressTrigger, address: bigint, length: number): boolean {
  const matched = matchesPositively(match & 7, compare, address, BigInt(length));
  // From 8 on: the opposite of the others.
  return match < 8 ? matched : !matched;
}

/** Could any access of a page match? If not, what triggers there are need not slow it down. */
export function concernsPage({ match, compare }: AddressTrigger, address: bigint): boolean {
  const page = address & ~0xfffn;
  return match > 3 || matchesPositively(match, compare, page, 0x1000n);
}

function matchesPositively(match: number, compare: bigint, address: bigint, length: bigint): boolean {
  switch (match) {
    case 0:
      return compare >= address && compare < address + length;
    case 1: {
      const size = (compare ^ (compare + 1n)) + 1n;
      const start = compare & ~(size - 1n);
      return address < start + size && address + length > start;
    }
    case 2:
      return address + length > compare;
    case 3:
      return address < compare;
    case 4:
      return (BigInt.asUintN(32, address) & (compare >> 32n)) === BigInt.asUintN(32, compare);
    default:
      return ((address >> 32n) & (compare >> 32n)) === BigInt.asUintN(32, compare);
  }
}
