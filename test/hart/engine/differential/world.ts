import { pageBytes } from '../../../../src/common/page.ts';
import { deviceBase, flags, atp, ramBase, TestMachine } from '../../fixture.ts';
import { pteBit } from '../../../../src/hart/translation/page-table.ts';
import { hartMode } from '../../../../src/hart/hart-mode.ts';
import { interruptCode } from '../../../../src/hart/trap.ts';
import type { BreakpointSpace } from '../../../../src/hart/breakpoints.ts';
import type { MemoryTouch, WatchedRange } from '../../../../src/hart/watchpoints.ts';
import type { Isa } from '../../../../src/isa/configuration/isa.ts';
import type { TranslationPolicy } from '../../../../src/hart/translator/translation-policy.ts';
import type { Random } from './random.ts';

/** In which mode, and so by which tables, a program runs. `M by S`: loads and stores are S mode's (MPRV). */
export type Setting = 'M' | 'M by S' | 'S' | 'U' | 'VS' | 'VU';
/** Settings between which a program may change: they have code and data at the same addresses. */
export const families: readonly (readonly Setting[])[] = [
  ['M'],
  ['M by S'],
  ['S', 'U', 'VS', 'VU'],
  ['S', 'U'],
];

export const codePages = 3;
const dataPages = 8;

/** Host-physical addresses. Virtual pages of code lie apart; M mode has them in one piece. */
const scattered = [ramBase + 0x3000, ramBase + 0x1000, ramBase + 0x5000];
const contiguous = ramBase + 0x8000;
const dataBase = ramBase + 0x1_0000;
const virtualCode = 0x4000_0000n;
const virtualData = 0x4001_0000n;
/** RAM that programs are meant to touch; elsewhere they get by accident. */
export const ownBytes = 0x2_0000;

/** Interrupts that come from outside the hart, by their code in mip. */
export const interruptLines = [
  interruptCode.machineSoftware,
  interruptCode.machineTimer,
  interruptCode.supervisorTimer,
  interruptCode.supervisorExternal,
  interruptCode.virtualSupervisorTimer,
] as const;

/** What else a setting may differ in. */
export interface Status {
  readonly sum: boolean;
  readonly mxr: boolean;
  /** FS of mstatus and of vsstatus: 0 to 3. */
  readonly floats: readonly [number, number];
  readonly fcsr: number;
  /** mie: which interrupts could be taken. */
  readonly interrupts?: number;
}

/** A machine with tables for every setting. Two of them made alike stay alike under the same program. */
export class World extends TestMachine {
  readonly #schemes: readonly Scheme[];
  #roots: Scheme;
  readonly #tables: Uint8Array;
  readonly #armed: [BreakpointSpace, bigint][] = [];
  #watched: WatchedRange[] = [];

  constructor(
    engine: 'reference' | 'interpreter' | 'translator',
    options: {
      readonly isa?: Isa;
      readonly predecodedPages?: number;
      readonly policy?: TranslationPolicy;
    } = {},
  ) {
    super(engine, options);
    this.hart.onTrap = () => true;
    this.physical.watchpoints.onTouch = () => this.hart.requestAttention();
    this.#schemes = [3, 4, 5].map((levels) => this.#makeTables(levels));
    this.#roots = this.#schemes[0] as Scheme;
    this.#tables = this.physical.peek(tablesBase, tableBytes);
  }

  /** Leaf entries of the data pages, which a test may change. */
  get leaves(): readonly number[] {
    return this.#roots.leaves;
  }

  /** Likewise of the code pages. */
  get codeLeaves(): readonly number[] {
    return this.#roots.codeLeaves;
  }

  /** Makes everything as it was, but for the code and the data, which are given. */
  begin(
    setting: Setting,
    code: Uint8Array,
    data: Uint8Array,
    environment: { readonly levels: number; readonly updatesUsage: boolean; readonly delegated?: boolean },
  ): void {
    this.hart.reset(0n);
    this.setCsr('mideleg', environment.delegated ? 0x222n : 0n);
    this.setCsr('hideleg', environment.delegated ? 0x444n : 0n);
    this.#roots = this.#schemes[environment.levels - 3] as Scheme;
    const bits = (environment.updatesUsage ? 1n << 61n : 0n) | (1n << 62n);
    this.setCsr('menvcfg', bits);
    this.setCsr('henvcfg', bits);
    this.physical.poke(tablesBase, this.#tables);
    for (let page = 0; page < codePages; page++) {
      this.physical.poke(codePlace(setting, page), code.subarray(page * pageBytes, (page + 1) * pageBytes));
    }
    this.physical.poke(dataBase, data);
    this.bus.log.length = 0;
    this.bus.bytes.clear();
  }

  /** Enters the setting at an offset in the code, as a return from a trap handler would. */
  resume(setting: Setting, offset: number, status: Status): void {
    const { S, U, guest, mode } = this.#roots;
    const bits = (status.sum ? 1n << 18n : 0n) | (status.mxr ? 1n << 19n : 0n);
    const [floats, guestFloats] = status.floats.map((state) => BigInt(state) << 13n) as [bigint, bigint];
    const modified = setting === 'M by S' ? (1n << 17n) | (1n << 11n) : 0n;
    const isGuest = setting === 'VS' || setting === 'VU';
    const isUser = setting === 'U' || setting === 'VU';
    const root = atp(isUser ? U : S, { mode });
    this.setCsr('fcsr', BigInt(status.fcsr));
    // What is pending until then has been dealt with.
    for (const code of interruptLines) this.hart.setInterruptLine(code, 0);
    for (const name of ['mip', 'hvip']) this.setCsr(name, 0n);
    this.setCsr('mie', BigInt(status.interrupts ?? 0));
    // Writing it made the unit Dirty.
    this.setCsr('mstatus', bits | modified | floats);
    this.setCsr('satp', isGuest ? 0n : root);
    this.setCsr('vsatp', isGuest ? root : 0n);
    this.setCsr('vsstatus', isGuest ? bits | guestFloats : 0n);
    this.setCsr('hgatp', isGuest ? atp(guest, { mode }) : 0n);
    this.enter(hartMode(setting.startsWith('M') ? 3 : isUser ? 0 : 1, isGuest), codeAddress(setting, offset));
    this.state.waiting = false;
  }

  /** The low halves of the leaf entries, where A and D are. */
  get entries(): readonly number[] {
    return [...this.codeLeaves, ...this.leaves].map((address) => this.physical.readHalf(address));
  }

  /** By virtual address, or by physical. */
  setBreakpoint(setting: Setting, offset: number, space: BreakpointSpace): void {
    const physical = codePlace(setting, offset >> 12) + (offset & 0xfff);
    const address = space === 'virtual' ? codeAddress(setting, offset) : BigInt(physical);
    this.breakpoints.add(space, address);
    this.#armed.push([space, address]);
  }

  clearBreakpoints(): void {
    for (const [space, address] of this.#armed.splice(0)) this.breakpoints.remove(space, address);
  }

  watch(range: WatchedRange): void {
    this.physical.watchpoints.add(range);
    this.#watched.push(range);
  }

  clearWatches(): void {
    for (const range of this.#watched) this.physical.watchpoints.remove(range);
    this.#watched = [];
  }

  /** Accesses of what is watched since this was last asked. */
  takeTouches(): readonly MemoryTouch[] {
    return this.physical.watchpoints.take();
  }

  /** The same pages by tables of so many levels, for S mode, U mode and a second stage. */
  #makeTables(levels: number): Scheme {
    const [S, U, guest] = [this.table(), this.table(), this.table()];
    const codeLeaves = [...this.#mapCode(S, 0, levels), ...this.#mapCode(U, pteBit.user, levels)];
    const leaves = [...this.#mapData(S, 0, levels), ...this.#mapData(U, pteBit.user, levels)];
    for (let address = ramBase; address < ramBase + ownBytes; address += pageBytes) {
      this.map(guest, BigInt(address), address, guestFlags(address), levels);
    }
    // The walk of a guest's own tables goes through the second stage too.
    for (let address = tablesBase; address < tablesBase + tableBytes; address += pageBytes) {
      this.map(guest, BigInt(address), address, flags.urwx, levels);
    }
    this.map(guest, BigInt(deviceBase), deviceBase, flags.urwx, levels);
    return { mode: BigInt(levels + 5), S, U, guest, leaves, codeLeaves };
  }

  #mapCode(root: number, user: number, levels: number): number[] {
    return scattered.map((place, page) =>
      this.map(root, virtualCode + BigInt(page * pageBytes), place, flags.rwx | user, levels),
    );
  }

  #mapData(root: number, user: number, levels: number): number[] {
    const { valid, read, write, execute, accessed, dirty } = pteBit;
    const data = [
      flags.rwx | user,
      valid | read | write | user,
      valid | read | accessed | user,
      0,
      valid | read | write | accessed | user,
      // The other privilege's, which S mode reaches by SUM; and one that MXR alone makes readable.
      flags.rwx | (user ^ pteBit.user),
      valid | execute | accessed | user,
    ].map((bits, page) =>
      this.map(root, virtualData + BigInt(page * pageBytes), dataBase + page * pageBytes, bits, levels),
    );
    // Of the sixteen pages from `dataBase` on that a contiguous entry maps, this one; in memory that is not cached.
    const napot = BigInt(Math.floor(dataBase / pageBytes) | 8) << 10n;
    this.write(leafOf(data, 0), napot | BigInt(flags.rwx | user) | (1n << 63n) | (1n << 61n));
    const device = virtualData + BigInt((dataPages - 1) * pageBytes);
    this.map(root, device, deviceBase, valid | read | write | accessed | dirty | user, levels);
    return data;
  }
}

/** The tables of one scheme: their roots, and the entries that matter. */
interface Scheme {
  readonly mode: bigint;
  readonly S: number;
  readonly U: number;
  readonly guest: number;
  readonly leaves: readonly number[];
  readonly codeLeaves: readonly number[];
}

function leafOf(leaves: readonly number[], page: number): number {
  return leaves[page] as number;
}

/** A few bytes of the data, the code or the page tables, most often where programs are about to access them. */
export function anyRange(world: World, random: Random): WatchedRange {
  const start = random.weighted([
    [6, dataBase + pageBytes * random.below(dataPages) + 8 * random.below(512)],
    [2, random.pick(world.leaves)],
    [1, random.pick(world.codeLeaves)],
    [1, random.pick([...scattered, contiguous]) + random.below(pageBytes)],
  ]);
  const [reads, either] = [random.chance(60), random.chance(60)];
  const length = random.weighted([
    [3, 1 + random.below(16)],
    [2, 64 + random.below(512)],
    [1, pageBytes + random.below(pageBytes)],
  ]);
  return { address: start + random.below(8), length, reads, writes: !reads || either };
}

/** Where an offset in the code lies, as the setting's programs address it. */
export function codeAddress(setting: Setting, offset: number): bigint {
  return (setting.startsWith('M') ? BigInt(contiguous) : virtualCode) + BigInt(offset);
}

/** Where an offset in the code lies on the machine's bus. */
export function codePlace(setting: Setting, page: number): number {
  return setting.startsWith('M') ? contiguous + page * pageBytes : (scattered[page] as number);
}

/** A pointer into the data, most often close to where something changes: the edges of pages. */
export function dataPointer(setting: Setting, random: Random): bigint {
  const base = setting === 'M' ? BigInt(dataBase) : virtualData;
  const edge = pageBytes * random.below(dataPages);
  const offset = random.chance(50) ? 16 * random.below(256) : 16 * (random.below(24) - 12);
  return base + BigInt(Math.max(0, edge + offset + (random.chance(10) ? random.below(16) : 0)));
}

export function devicePointer(setting: Setting): bigint {
  return setting === 'M'
    ? BigInt(deviceBase + 0x800)
    : virtualData + BigInt((dataPages - 1) * pageBytes + 0x800);
}

export const dataLength = dataPages * pageBytes;

const tablesBase = 0x8020_0000;
const tableBytes = 0x10_0000;

function guestFlags(address: number): number {
  const { valid, read, execute, user, accessed, write } = pteBit;
  if (address === dataBase + 2 * pageBytes) return valid | read | execute | user | accessed;
  if (address === dataBase + 4 * pageBytes) return valid | read | write | user;
  return flags.urwx;
}
