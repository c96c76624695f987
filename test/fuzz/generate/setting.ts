import { csrByName } from '../../../src/isa/csrs/index.ts';
import type { Csr } from '../../../src/isa/csr.ts';
import type { Mode } from '../../../src/isa/instruction.ts';
import type { Random } from '../../hart/engine/differential/random.ts';
import { layout, stub } from '../layout.ts';
import { pageBytes } from '../../../src/common/page.ts';
import { rootPage, windowBase, windowTable, type Stage } from './tables.ts';

/** How the code of a case is reached: itself, or by a window of the page tables. */
export interface Setting {
  readonly mode: Mode;
  readonly csrs: ReadonlyMap<string, bigint>;
  readonly pmp: readonly bigint[];
  readonly codeVirtual: bigint;
  readonly codePhysical: number;
  /** Whose timer comparators work (Sstc). */
  readonly timers: 'none' | 'supervisor' | 'both';
}

const bit = (position: number): bigint => 1n << BigInt(position);
const everyBit = (1n << 64n) - 1n;

/** The calls of the handlers and of the monitor stay with M mode. */
const keptExceptions = bit(9) | bit(10) | bit(11);

export function chooseSetting(random: Random, mode: Mode): Setting {
  const csrs = new Map<string, bigint>();
  const virtual = mode === 'VS' || mode === 'VU';
  const flag = (percent: number, position: number): bigint => (random.chance(percent) ? bit(position) : 0n);
  const xlen = bit(33);

  const privilege = mode === 'M' ? 3n : mode === 'HS' || mode === 'VS' ? 1n : 0n;
  let mstatus = (privilege << 11n) | xlen | bit(35) | (virtual ? bit(39) : 0n);
  for (const position of [1, 5, 8, 18, 19]) mstatus |= flag(50, position);
  // knownDifferences: traps-in-guest.
  for (const position of [20, 22]) mstatus |= flag(virtual ? 1 : 20, position);
  mstatus |= flag(20, 21);
  mstatus |= flag(30, 7);
  if (mode === 'M') mstatus |= flag(30, 17);
  const floatState = (): bigint => BigInt(random.chance(80) ? 1 + random.below(3) : 0) << 13n;
  mstatus |= floatState();
  csrs.set('mstatus', mstatus);
  let hstatus = xlen;
  for (const position of [7, 8, 9]) hstatus |= flag(50, position);
  for (const position of [20, 21, 22]) hstatus |= flag(20, position);
  csrs.set('hstatus', hstatus);
  let vsstatus = xlen;
  for (const position of [1, 5, 8]) vsstatus |= flag(50, position);
  // knownDifferences: mxr-of-guest.
  vsstatus |= random.chance(95) ? mstatus & bit(19) : mstatus & bit(19) ? 0n : bit(19);
  // knownDifferences: hlv-ignores-sum.
  vsstatus |= flag(virtual ? 50 : 95, 18);
  vsstatus |= floatState();
  csrs.set('vsstatus', vsstatus);

  csrs.set('medeleg', alike(delegation(random) & ~keptExceptions));
  csrs.set('hedeleg', alike(delegation(random)) & 0xb1ffn & (random.chance(90) ? ~bit(2) : everyBit));
  const timers = random.pick(['none', 'supervisor', 'both'] as const);
  // knownDifferences: no-svade, memory-types-always. ADUE and PBMTE are always set.
  const comparators = (on: boolean): bigint => (on ? bit(63) : 0n) | bit(61) | bit(62) | flag(20, 0);
  csrs.set('menvcfg', comparators(timers !== 'none'));
  csrs.set('henvcfg', comparators(timers === 'both'));
  csrs.set('stimecmp', timers !== 'none' && random.chance(25) ? 0n : everyBit);
  csrs.set('vstimecmp', timers === 'both' && random.chance(25) ? 0n : everyBit);
  // What a comparator drives, software does not write (knownDifferences: sstc-software).
  const software = timers === 'none' ? everyBit : ~(bit(5) | bit(6));
  const interrupts = random.chance(35);
  const pick = (mask: bigint): bigint => (interrupts ? random.value() & mask : 0n);
  // knownDifferences: interrupt-priority. Most often only one of them is pending.
  const pending = random.chance(85) ? bit(random.pick([1, 2, 5, 6, 9, 10])) : 0x666n;
  csrs.set('mideleg', pick(0x222n) | 0x444n);
  csrs.set('hideleg', pick(0x444n));
  csrs.set('mie', pick(0x666n));
  csrs.set('mip', pick(0x222n) & software & pending);
  csrs.set('hvip', pick(0x444n) & software & pending);
  csrs.set('senvcfg', flag(20, 0));
  for (const name of ['mcounteren', 'scounteren', 'hcounteren'])
    csrs.set(name, random.chance(60) ? 7n : random.value() & 7n);
  csrs.set('htimedelta', random.chance(80) ? 0n : BigInt(random.below(1000)));

  const choose = (stage: Stage, name: string, bare: number): bigint =>
    random.chance(bare) ? 0n : translationRegister(random, stage, name);
  const satp = choose('S', 'satp', 20);
  const vsatp = choose('VS', 'vsatp', 20);
  const hgatp = choose('G', 'hgatp', 15);
  csrs.set('satp', satp).set('vsatp', vsatp).set('hgatp', hgatp);
  csrs.set('stvec', BigInt(stub.hs) | flag(30, 0));
  csrs.set('vstvec', BigInt(stub.vs) | flag(30, 0));
  for (const name of [
    'sscratch',
    'vsscratch',
    'sepc',
    'vsepc',
    'stval',
    'vstval',
    'mtval',
    'mtval2',
    'htval',
    'mtinst',
  ]) {
    csrs.set(name, random.value() & (name.endsWith('epc') ? ~1n : everyBit));
  }
  for (const name of ['scause', 'vscause', 'mcause']) csrs.set(name, random.value());

  // By its window where there is one: in VS mode through the window of its own tables or of the second stage's.
  const paged = mode === 'M' ? false : virtual ? vsatp !== 0n : satp !== 0n;
  const stageTwo = virtual && hgatp !== 0n;
  const byWindow = (paged || stageTwo) && random.chance(50);
  const codePhysical =
    layout.code + (random.chance(15) ? pageBytes - 8 * (1 + random.below(12)) : 8 * random.below(400));
  const offset = codePhysical - layout.code;
  return {
    mode,
    csrs,
    timers,
    pmp: physicalProtection(random),
    codeVirtual: BigInt(byWindow ? windowBase + offset : codePhysical),
    codePhysical,
  };
}

function delegation(random: Random): bigint {
  return random.weighted([
    [2, 0n],
    [3, everyBit],
    [4, random.value()],
  ]);
}

/**
 * Exceptions that QEMU 7.2 takes for each other (knownDifferences: amo-as-load, implicit-as-load, vu-illegal) go the
 * same way.
 */
function alike(delegated: bigint): bigint {
  let value = delegated;
  for (const [one, ...others] of [
    [4, 6],
    [5, 7],
    [13, 15],
    [20, 21, 23],
    [2, 22],
  ] as const) {
    for (const other of others)
      value = (delegated & bit(one)) === 0n ? value & ~bit(other) : value | bit(other);
  }
  return value;
}

/** A value of satp, vsatp or hgatp that leads to our tables, in any scheme that the machine has. */
export function translationRegister(random: Random, stage: Stage, name: string): bigint {
  const mode = random.pick(schemes(name).filter((value) => value !== 0));
  const identifier = random.chance(50) ? 0 : random.below(stage === 'G' ? 0x4000 : 0x1_0000);
  return (BigInt(mode) << 60n) | (BigInt(identifier) << 44n) | BigInt(rootPage(stage, mode));
}

/** Values that the MODE field takes, by the description. */
function schemes(name: string): readonly number[] {
  const field = (csrByName.get(name) as Csr).fields.find((each) => each.name === 'MODE');
  return field?.legal ?? [0, 8];
}

/** pmpcfg0 and pmpaddr0 to pmpaddr6: the handlers, then entries of any kind, then the arena by the last. */
function physicalProtection(random: Random): readonly bigint[] {
  let configuration = 0x1dn | (0x1fn << 56n);
  const addresses = [napot(layout.stubs, pageBytes)];
  const some = random.chance(15);
  for (let entry = 1; entry < 7; entry++) {
    if (!some || random.chance(50)) {
      // Where a range that ends at the next entry begins.
      addresses.push(BigInt(layout.arena) >> 2n);
      continue;
    }
    const page = random.pick(protectedPages);
    // Tables that lead to the handlers stay in reach.
    const isTable = page >= layout.tables;
    // knownDifferences: usage-unchecked.
    const permission = random.pick(isTable ? [0, 4, 3, 7] : [0, 1, 3, 4, 5, 7]);
    const top = !isTable && random.chance(30);
    const size = isTable ? pageBytes : pageBytes << random.below(3);
    addresses.push(top ? BigInt(page) >> 2n : napot(page, size));
    configuration |= BigInt(permission | (top ? 0x08 : 0x18)) << BigInt(8 * entry);
  }
  return [configuration, ...addresses];
}

const protectedPages = [
  layout.data,
  layout.data + pageBytes,
  layout.code,
  layout.code + pageBytes,
  windowTable('S'),
  windowTable('VS'),
];

function napot(address: number, size: number): bigint {
  return (BigInt(address) + BigInt(size / 2 - 1)) >> 2n;
}
