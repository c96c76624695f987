import { csrByName } from '../../../src/isa/csrs/index.ts';
import { isReadOnly, type Csr } from '../../../src/isa/csr.ts';
import type { Random } from '../../hart/engine/differential/random.ts';
import { notCompared, writeMasks } from '../differences/judge.ts';
import type { Repertoire } from '../repertoire.ts';
import { translationRegister, type Setting } from './setting.ts';
import { writableBits } from './writable.ts';
import type { Stage } from './tables.ts';

/** What a Zicsr instruction is to do. */
export type CsrChoice = { readonly csr: number; readonly readable: boolean } & CsrWrite;

const everyBit = (1n << 64n) - 1n;
const setters = ['csrrw', 'csrrs', 'csrrc'] as const;

export function chooseCsrAccess(
  random: Random,
  setting: Setting,
  { csrs, noCsrs }: Pick<Repertoire, 'csrs' | 'noCsrs'>,
): CsrChoice {
  if (noCsrs.length > 0 && random.chance(12)) {
    return { csr: random.pick(noCsrs), readable: true, ...anyWrite(random, random.value()) };
  }
  const described = csrByName.get(random.pick([...csrs])) as Csr;
  return {
    csr: described.address,
    readable:
      !isTime(described) &&
      !isGuestInterrupts(setting, described) &&
      !notCompared.has(described.name) &&
      !described.name.startsWith('pmpaddr'),
    ...writeTo(random, setting, described),
  };
}

type CsrWrite =
  | { readonly write: 'no' }
  | { readonly write: 'small'; readonly mnemonics: readonly string[]; readonly zimm: number }
  | { readonly write: 'value'; readonly mnemonics: readonly string[]; readonly value: bigint }
  /** Followed by the fence that makes it count. */
  | { readonly write: 'fenced'; readonly value: bigint }
  /** Written, and at once written back, because the machine would not find its way with the value. */
  | { readonly write: 'swap'; readonly value: bigint };

/** knownDifferences: guest-interrupt-bits. */
function isGuestInterrupts({ mode }: Setting, { name }: Csr): boolean {
  return /^vsi[ep]$/.test(name) || (/^si[ep]$/.test(name) && (mode === 'VS' || mode === 'VU'));
}

/** Reads of these give what depends on how long the host took (ADR 1: ours count steps). */
export function isTime({ name }: Csr): boolean {
  return /^(m?(cycle|instret|hpmcounter\d+)|mhpmevent\d+|time)$/.test(name);
}

function writeTo(random: Random, { mode, timers }: Setting, csr: Csr): CsrWrite {
  if (random.chance(40) || isGuestInterrupts({ mode, timers } as Setting, csr)) return { write: 'no' };
  // knownDifferences: zero-mask.
  if (isReadOnly(csr)) return { write: 'value', mnemonics: setters, value: random.value() | 1n };
  // By the name that V = 1 gives it.
  const name = mode === 'VS' || mode === 'VU' ? (csr.virtualAlias ?? csr.name) : csr.name;
  switch (name) {
    case 'misa':
      // A swap would show what is not to be read: knownDifferences, misa-b.
      return { write: 'no' };
    case 'mtvec':
    case 'mscratch':
    case 'stvec':
    case 'vstvec':
    case 'medeleg':
      return { write: 'swap', value: masked(random, csr) };
    case 'satp':
    case 'vsatp':
    case 'hgatp': {
      const stages: Readonly<Record<string, Stage>> = { satp: 'S', vsatp: 'VS', hgatp: 'G' };
      const ours = random.chance(20) ? 0n : translationRegister(random, stages[name] ?? 'S', name);
      // The code itself goes through satp in HS mode, and what satp shows in VS mode; and knownDifferences: any-atp.
      if (name !== 'satp') return { write: 'fenced', value: ours };
      if (random.chance(50) || mode !== 'M') return { write: 'value', mnemonics: ['csrrw'], value: ours };
      // A scheme that neither has, or one that both have.
      return {
        write: 'swap',
        value: (masked(random, csr) & ~(0xfn << 60n)) | (random.pick([0n, 1n, 5n, 8n, 15n]) << 60n),
      };
    }
    case 'stimecmp':
    case 'vstimecmp':
      if (timers !== 'both' && mode === 'M') return { write: 'no' };
      return {
        write: 'value',
        mnemonics: ['csrrw'],
        value: random.chance(50) && timers === 'both' ? 0n : everyBit,
      };
    case 'htimedelta':
      return { write: 'value', mnemonics: ['csrrw'], value: BigInt(random.below(1 << 20)) };
    case 'mip':
      // knownDifferences: mip-writes-hvip.
      return anyWrite(random, masked(random, csr) & ~(timers === 'none' ? 0n : 0x60n), ~0x460n, true);
    case 'hvip':
      return timers === 'none'
        ? anyWrite(random, masked(random, csr))
        : anyWrite(random, masked(random, csr) & ~0x60n, ~0x60n);
    case 'mstatus':
      return status(random, csr);
    default:
      if (name.startsWith('pmpcfg')) return { write: 'swap', value: protectionConfiguration(random) };
      if (name.startsWith('pmp')) return { write: 'swap', value: masked(random, csr) };
      return anyWrite(
        random,
        masked(random, csr) & (writeMasks.get(name) ?? everyBit),
        (writeMasks.get(csr.name) ?? everyBit) & (writeMasks.get(name) ?? everyBit),
        csr.name.endsWith('envcfg'),
      );
  }
}

/** Eight entries, none locked, none that writes but does not read (knownDifferences: pmp-reserved). */
function protectionConfiguration(random: Random): bigint {
  let value = 0n;
  for (let entry = 0; entry < 8; entry++) {
    const mode = random.pick([0, 0x08, 0x18]);
    value |= BigInt(mode | random.pick([0, 1, 3, 4, 5, 7])) << BigInt(8 * entry);
  }
  return value;
}

/** MPP is not left at 2, which is reserved. */
function status(random: Random, csr: Csr): CsrWrite {
  const mpp = 3n << 11n;
  const mpv = 1n << 39n;
  const value = masked(random, csr) & ~mpp;
  if (random.chance(50)) return { write: 'value', mnemonics: ['csrrs', 'csrrc'], value: value & ~mpv };
  // knownDifferences: mpv-of-machine.
  const machine = random.chance(60);
  return {
    write: 'value',
    mnemonics: ['csrrw'],
    value: machine ? (value & ~mpv) | mpp : value | random.pick([0n, 1n << 11n]),
  };
}

/** Most often bits that the description lets software write; else any, where no difference is known. */
function masked(random: Random, csr: Csr): bigint {
  const value = random.chance(30) ? everyBit : random.value();
  const mask = writeMasks.get(csr.name) ?? everyBit;
  return value & mask & (random.chance(70) ? writableBits(csr) : everyBit);
}

function anyWrite(random: Random, value: bigint, mask = everyBit, kept = false): CsrWrite {
  if (random.chance(70)) return { write: 'value', mnemonics: kept ? setters.slice(1) : setters, value };
  const zimm = random.below(32) & Number(mask & 31n);
  return { write: 'small', mnemonics: ['csrrwi', 'csrrsi', 'csrrci'].slice(kept ? 1 : 0), zimm };
}
