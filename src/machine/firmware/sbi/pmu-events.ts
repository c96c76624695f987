/** What a counter can count (SBI 11). */
export type SbiEvent =
  { readonly kind: 'cycles' | 'instructions' } | { readonly kind: 'firmware'; readonly code: number };

/** Codes of the events of firmware (SBI 11, PMU firmware events) that are about traps and calls. */
export const firmwareEvent = {
  misalignedLoad: 0,
  misalignedStore: 1,
  loadAccess: 2,
  storeAccess: 3,
  illegalInstruction: 4,
  setTimer: 5,
  ipiSent: 6,
  ipiReceived: 7,
  /** Of each kind of fence the request sent; the one received comes next. */
  fenceISent: 8,
  sfenceVmaSent: 10,
  sfenceVmaAsidSent: 12,
  hfenceGvmaSent: 14,
  hfenceGvmaVmidSent: 16,
  hfenceVvmaSent: 18,
  hfenceVvmaAsidSent: 20,
} as const;
/** Codes from here on are reserved, or an implementation's own, of which there are none. */
const firstReservedFirmwareEvent = 22;

const eventType = { hardware: 0, raw: 2, raw2: 3, firmware: 15 } as const;
/** Numbers of general hardware events, and of mhpmevent here: raw events are the same. */
const hardwareEvents = new Map([
  [1, 'cycles'],
  [2, 'instructions'],
] as const);

/** The event that `event_idx` and `event_data` name; undefined for one that nothing here counts. */
export function sbiEvent(index: bigint, data: bigint): SbiEvent | undefined {
  if (index >> 20n !== 0n) return undefined;
  const type = Number(index >> 16n);
  const code = Number(index & 0xffffn);
  const isRaw = type === eventType.raw || type === eventType.raw2;
  // SBI 11: the data of an event that is not raw is reserved, and the code of one that is.
  if ((isRaw ? BigInt(code) : data) !== 0n) return undefined;
  if (type === eventType.firmware)
    return code < firstReservedFirmwareEvent ? { kind: 'firmware', code } : undefined;
  if (type !== eventType.hardware && !isRaw) return undefined;
  const kind = hardwareEvents.get((isRaw ? Number(data) : code) as 1 | 2);
  return kind && { kind };
}
