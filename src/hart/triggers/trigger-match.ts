import type { MatchTrigger } from './trigger-data.ts';

/** Something that an instruction does, with which triggers are compared: each of its addresses, or its data. */
export interface TriggerEvent {
  readonly kind: 'execute' | 'load' | 'store';
  readonly address: bigint;
  /** Of the access; 0 of an instruction that is not fetched yet, and of a cache block, which have none to compare. */
  readonly size: number;
  /** How many addresses are compared with. */
  readonly length: number;
  /** What is loaded, stored or executed, where it is known. */
  readonly data?: bigint;
}

/** Does a trigger match, as far as the event goes? */
export function matchesEvent(trigger: MatchTrigger, event: TriggerEvent): boolean {
  if (!trigger[event.kind]) return false;
  if (trigger.size !== 0 && trigger.size !== event.size) return false;
  const { match } = trigger;
  const matched = trigger.compares === 'data' ? matchesData(trigger, event) : matchesAddress(trigger, event);
  // From 8 on: the opposite of the others.
  return matched !== undefined && (match < 8 ? matched : !matched);
}

/** Could any access of a page match? If not, what triggers there are need not slow it down. */
export function concernsPage({ compares, match, compare }: MatchTrigger, address: bigint): boolean {
  if (compares === 'data' || match > 3) return true;
  return matchesRange(match, compare, address & ~0xfffn, 0x1000n);
}

/** `undefined` where the event is not about addresses. */
function matchesAddress({ match, compare }: MatchTrigger, event: TriggerEvent): boolean | undefined {
  const { address, length } = event;
  if (event.data !== undefined) return undefined;
  if ((match & 7) < 4) return matchesRange(match & 7, compare, address, BigInt(length));
  for (let offset = 0n; offset < length; offset++)
    if (matchesMask(match & 7, compare, BigInt.asUintN(64, address + offset))) return true;
  return false;
}

/** Only bits that there are in the data are compared. */
function matchesData({ match, compare }: MatchTrigger, { data, size }: TriggerEvent): boolean | undefined {
  if (data === undefined || size > 8) return undefined;
  const value = BigInt.asUintN(8 * size, data);
  const wanted = BigInt.asUintN(8 * size, compare);
  return (match & 7) < 4 ? matchesRange(match & 7, wanted, value, 1n) : matchesMask(match & 7, wanted, value);
}

/** Is any of `length` values from `first` on equal, in the naturally aligned range, no less, or less? */
function matchesRange(match: number, compare: bigint, first: bigint, length: bigint): boolean {
  switch (match) {
    case 0:
      return compare >= first && compare < first + length;
    case 1: {
      const size = (compare ^ (compare + 1n)) + 1n;
      const start = compare & ~(size - 1n);
      return first < start + size && first + length > start;
    }
    case 2:
      return first + length > compare;
    default:
      return first < compare;
  }
}

/** The upper half of what is compared with is a mask for one half of the value, the lower half what then has to be left. */
function matchesMask(match: number, compare: bigint, value: bigint): boolean {
  const half = match === 4 ? BigInt.asUintN(32, value) : value >> 32n;
  return (half & (compare >> 32n)) === BigInt.asUintN(32, compare);
}
