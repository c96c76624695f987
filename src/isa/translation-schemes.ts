/** A way to translate addresses that a MODE field of satp, vsatp or hgatp selects (Priv. supervisor level, satp; hypervisor, hgatp). */
export interface TranslationScheme {
  readonly name: 'Bare' | 'Sv39' | 'Sv48' | 'Sv57' | 'Sv39x4' | 'Sv48x4' | 'Sv57x4';
  /** The MODE field that selects it. */
  readonly mode: number;
  /** Levels of page tables; 0 where nothing is translated. */
  readonly levels: number;
  /** Bits of the addresses that it translates. */
  readonly addressBits: number;
}

const bare: TranslationScheme = { name: 'Bare', mode: 0, levels: 0, addressBits: 64 };

/** By satp and vsatp. The upper bits of an address repeat the highest of `addressBits`. */
export const firstStageSchemes: readonly TranslationScheme[] = [
  bare,
  { name: 'Sv39', mode: 8, levels: 3, addressBits: 39 },
  { name: 'Sv48', mode: 9, levels: 4, addressBits: 48 },
  { name: 'Sv57', mode: 10, levels: 5, addressBits: 57 },
];

/** By hgatp. The upper bits of an address are 0; the root table is four times as long as others. */
export const secondStageSchemes: readonly TranslationScheme[] = [
  bare,
  { name: 'Sv39x4', mode: 8, levels: 3, addressBits: 41 },
  { name: 'Sv48x4', mode: 9, levels: 4, addressBits: 50 },
  { name: 'Sv57x4', mode: 10, levels: 5, addressBits: 59 },
];

/** The scheme that a value of a root register selects; Bare where MODE is none that there is. */
export function schemeOf(register: 'satp' | 'vsatp' | 'hgatp', value: bigint): TranslationScheme {
  const byMode = register === 'hgatp' ? secondStageByMode : firstStageByMode;
  return byMode[Number(value >> 60n)] ?? bare;
}

const firstStageByMode = byModeOf(firstStageSchemes);
const secondStageByMode = byModeOf(secondStageSchemes);

function byModeOf(schemes: readonly TranslationScheme[]): readonly (TranslationScheme | undefined)[] {
  return Array.from({ length: 16 }, (_, mode) => schemes.find((scheme) => scheme.mode === mode));
}
