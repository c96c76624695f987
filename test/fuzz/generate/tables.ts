import type { Mode } from '../../../src/isa/instruction.ts';
import type { Random } from '../../hart/engine/differential/random.ts';
import { codePages, dataPages, layout } from '../layout.ts';
import { pageBytes } from '../../../src/common/page.ts';

/**
 * Three sets of page tables: of HS and U mode, of VS and VU mode, and of the second stage. Each maps the arena to
 * itself, the handlers always rightly; and some pages, large and small, from `windowBase` and from the last gibibyte
 * on, which every case chooses anew. Roots for more levels lie above the one for three.
 */
export type Stage = 'S' | 'VS' | 'G';

/** Where a mapping that cases choose begins: a physical address at which the board has nothing. */
export const windowBase = 0x1_4000_0000;
/** Pages of 4 KiB there. The first is the code's where a case runs by it, the next is for code that crosses. */
export const windowPages = 8;
/** Then 2 MiB, at windowBase + 2 MiB; 1 GiB at 0xc000_0000. */
export const largeWindow = windowBase + 0x20_0000;
export const hugeWindow = 0xc000_0000;

const tablesOf: Readonly<Record<Stage, number>> = {
  S: layout.tables,
  VS: layout.tables + 0x1_0000,
  G: layout.tables + 0x2_0000,
};
const tablesEnd = layout.tables + 0x3_0000;
/** Offsets of the tables of a stage. Roots of the second stage take four pages. */
const place = {
  level2: 0,
  level3: 0x4000,
  level4: 0x8000,
  arena1: 0xc000,
  arena0: 0xd000,
  window1: 0xe000,
  window0: 0xf000,
};

const pte = { V: 1, R: 2, W: 4, X: 8, U: 0x10, G: 0x20, A: 0x40, D: 0x80 } as const;
const { V, R, W, X, U, A, D } = pte;

/** Physical page number of the root of a scheme, by the value of the MODE field. */
export function rootPage(stage: Stage, mode: number): number {
  const offset = mode === 10 ? place.level4 : mode === 9 ? place.level3 : place.level2;
  return (tablesOf[stage] + offset) / pageBytes;
}

/** Where the second stage maps those tables of the guest that its cases choose. */
export function guestTableEntries(): readonly number[] {
  return [place.window0, place.window1].map(
    (table) => tablesOf.G + place.arena0 + 8 * (((tablesOf.VS + table) / pageBytes) % 512),
  );
}

/** The table whose entries cases choose. */
export function windowTable(stage: Stage): number {
  return tablesOf[stage] + place.window0;
}

/** Place of a page of the arena in its table. */
const arenaIndex = (address: number): number => (address / pageBytes) % 512;

const entry = (address: number, flags: number): bigint =>
  (BigInt(address / pageBytes) << 10n) | BigInt(flags);

/** The tables as they are before the first case. */
export function tableBytes(): Uint8Array {
  const bytes = new Uint8Array(0x3_0000);
  const view = new DataView(bytes.buffer);
  for (const stage of ['S', 'VS', 'G'] as const) {
    const base = tablesOf[stage];
    const set = (table: number, index: number, value: bigint): void =>
      view.setBigUint64(base - layout.tables + table + 8 * index, value, true);
    set(place.level4, 0, entry(base + place.level3, V));
    set(place.level3, 0, entry(base + place.level2, V));
    set(place.level4, 511, entry(base + place.level3, V));
    set(place.level3, 511, entry(base + place.level2, V));
    set(place.level2, 2, entry(base + place.arena1, V));
    set(place.level2, windowBase / 0x4000_0000, entry(base + place.window1, V));
    set(place.level2, 511, entry(base + place.window1, V));
    set(place.arena1, 0, entry(base + place.arena0, V));
    set(place.window1, 0, entry(base + place.window0, V));
    const user = stage === 'G' ? U : 0;
    for (let page = 0; page < 256; page++) {
      const address = layout.arena + page * pageBytes;
      const index = (address / pageBytes) % 512;
      if (address === layout.stubs) set(place.arena0, index, entry(address, V | R | X | A | user));
      // What tables a guest has, the second stage lets it see; nobody else maps any.
      else if (stage === 'G' && address >= tablesOf.VS && address < tablesOf.G)
        set(place.arena0, index, entry(address, V | R | W | X | A | D | U));
    }
  }
  return bytes;
}

/** Entries that cases choose, each with its value. `mode`: whose code it is. */
export function choosePages(random: Random, mode: Mode): (readonly [number, bigint])[] {
  const pokes: (readonly [number, bigint])[] = [];
  for (const stage of ['S', 'VS', 'G'] as const) {
    const base = tablesOf[stage];
    const runs = stage === 'S' ? mode === 'HS' || mode === 'U' : mode === 'VS' || mode === 'VU';
    const user = stage === 'G' || (runs ? mode === 'U' || mode === 'VU' : random.chance(50)) ? U : 0;
    const poke = (table: number, index: number, value: bigint): number =>
      pokes.push([base + table + 8 * index, value]);
    for (let page = 0; page < codePages; page++) {
      const address = layout.code + page * pageBytes;
      const flags = V | R | W | X | A | D | (runs ? user : random.chance(50) ? U : 0);
      poke(
        place.arena0,
        arenaIndex(address),
        spoil(random, stage, entry(address, flags), page === 0 ? 4 : 20),
      );
      // Not data, which would run as code.
      const target = random.chance(80) ? layout.code + page * pageBytes : 0x1_0000_0000;
      const place0 = page === 0 ? layout.code : target;
      poke(
        place.window0,
        page,
        spoil(random, stage, entry(place0, V | R | X | A | D | user), page === 0 ? 4 : 20),
      );
    }
    for (let page = 0; page < dataPages; page++) {
      const address = layout.data + page * pageBytes;
      poke(place.arena0, arenaIndex(address), leaf(random, stage, address, user));
    }
    for (let page: number = codePages; page < windowPages; page++) {
      poke(place.window0, page, leaf(random, stage, anyPage(random, stage), user));
    }
    const large = layout.arena - (layout.arena % 0x20_0000);
    poke(place.window1, 1, leaf(random, stage, random.chance(80) ? large : anyPage(random, stage), user));
    poke(place.window1, 2, spoil(random, stage, entry(base + place.window0, V), 60));
    poke(
      place.level2,
      3,
      leaf(random, stage, random.chance(80) ? 0x8000_0000 : anyPage(random, stage), user),
    );
    if (stage === 'G') {
      // Walks of the guest's own tables fail in the second stage.
      for (const table of [place.window0, place.window1]) {
        const address = tablesOf.VS + table;
        poke(
          place.arena0,
          arenaIndex(address),
          spoil(random, stage, entry(address, V | R | W | X | A | D | U), 15),
        );
      }
    }
  }
  return pokes;
}

function leaf(random: Random, stage: Stage, address: number, user: number): bigint {
  const flags = random.weighted([
    [6, V | R | W | X | A | D],
    [2, V | R | W | A],
    [1, V | R | W],
    [1, V | R | A],
    [1, V | X | A],
    [1, V | R | X | A],
  ]);
  return spoil(random, stage, entry(address, flags | user), 25);
}

/** Now and then one bit of an entry is another, or several. */
function spoil(random: Random, stage: Stage, value: bigint, percent: number): bigint {
  if (!random.chance(percent)) return value;
  let spoilt = value;
  do {
    const bit = random.weighted([
      [10, random.below(8)],
      [1, 8 + random.below(2)],
      [stage === 'G' ? 0.2 : 2, 10 + random.below(20)],
      [stage === 'G' ? 0.1 : 1, 30 + random.below(24)],
      // knownDifferences: reserved-entry-bits.
      [2, 61 + random.below(3)],
    ]);
    spoilt ^= 1n << BigInt(bit);
  } while (random.chance(25));
  // knownDifferences: memory-types-always.
  if (spoilt >> 61n === 3n || spoilt >> 61n === 7n) spoilt ^= 1n << 62n;
  // Stores into the tables themselves would last beyond the case.
  const page = Number((spoilt >> 10n) & 0xfff_ffff_ffffn) * pageBytes;
  const isTable = page >= layout.tables && page < tablesEnd && (spoilt & 0xen) !== 0n;
  return isTable && page !== Number((value >> 10n) & 0xfff_ffff_ffffn) * pageBytes ? value : spoilt;
}

function anyPage(random: Random, stage: Stage): number {
  return random.weighted([
    [10, layout.data + pageBytes * random.below(dataPages)],
    // Through the second stage's own choice of pages.
    [stage === 'VS' ? 5 : 0, windowBase + pageBytes * (2 + random.below(windowPages - 2))],
    // knownDifferences: second-stage-access-fault.
    ...(stage === 'G' && random.chance(90)
      ? []
      : ([
          [1, layout.variables],
          [1, 0x1_0000_0000],
          [1, 0x1_8000_0000],
        ] as const)),
  ]);
}
