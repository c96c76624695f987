/**
 * Fields of the status registers as masks of their 32-bit halves, for the paths that run at every trap and
 * every page walk. The descriptions of the CSRs say the same by name; a test compares them.
 */
export const sstatusLow = {
  SIE: 1 << 1,
  SPIE: 1 << 5,
  SPP: 1 << 8,
  FS: 3 << 13,
  SUM: 1 << 18,
  MXR: 1 << 19,
} as const;

/** The fields of bits 63:32 of sstatus and vsstatus. */
export const sstatusHigh = {
  SD: 0x8000_0000,
} as const;

/** The fields of bits 31:0 of mstatus, those of sstatus among them. */
export const mstatusLow = {
  ...sstatusLow,
  MIE: 1 << 3,
  MPIE: 1 << 7,
  MPP: 3 << 11,
  MPRV: 1 << 17,
  TVM: 1 << 20,
  TW: 1 << 21,
  TSR: 1 << 22,
} as const;

/** The fields of bits 63:32 of mstatus. */
export const mstatusHigh = {
  ...sstatusHigh,
  GVA: 1 << 6,
  MPV: 1 << 7,
} as const;

/** The fields of bits 31:0 of hstatus. */
export const hstatusLow = {
  GVA: 1 << 6,
  SPV: 1 << 7,
  SPVP: 1 << 8,
  HU: 1 << 9,
  VTVM: 1 << 20,
  VTW: 1 << 21,
  VTSR: 1 << 22,
} as const;
