import { csrByName } from '../../../src/isa/csrs/index.ts';
import { writableBits } from '../generate/writable.ts';
import { stub } from '../layout.ts';
import {
  families,
  family,
  isAtomic,
  isFault,
  isFloatingPoint,
  isGuestAccess,
  isIllegal,
  isLoadFault,
  isStoreFault,
  isUsage,
  loads,
  pseudoInstructions,
  secondStageEntries,
  stores,
  told,
  wasVirtual,
  type Parting,
  type TrapPair,
} from './traps.ts';

/** Where QEMU and the specification part, or where the specification leaves open what they do differently. */
export interface KnownDifference {
  readonly id: string;
  /** What QEMU does, and what Strata. */
  readonly what: string;
  /** What the specification says about it. */
  readonly clause: string;
  /** Bits of CSRs that generated code does not write. */
  readonly notWritten?: Readonly<Record<string, bigint>>;
  /** Bits of CSRs that are not compared; generated code does not read such a CSR. */
  readonly notCompared?: Readonly<Record<string, bigint>>;
  /** Whether this is why a CSR differs after a trap. */
  readonly tolerates?: (csr: string, trap: TrapPair) => boolean;
  /** Whether this is why a case goes another way from an instruction on. */
  readonly explains?: (parting: Parting) => boolean;
}

const everyBit = (1n << 64n) - 1n;
/** mstatus.GVA. */
const machineGva = 1n << 38n;
const reserved = (name: string): bigint => {
  const csr = csrByName.get(name);
  return csr === undefined ? 0n : ~writableBits(csr) & everyBit;
};

const dirty = 3n << 13n;
/** FS and SD. */
const floatState = dirty | (1n << 63n);

/** Status registers that differ in FS and SD alone: Dirty, and not. */
function isDirtyAgainstClean(ours = 0n, theirs = 0n): boolean {
  return ((ours ^ theirs) & ~floatState) === 0n && (ours & dirty) === dirty && (theirs & dirty) !== 0n;
}

function isStatus(csr: string): boolean {
  return /^(?:v?s|m)status$/.test(csr);
}

/** `next` is the page after the one in whose last bytes an access at `first` begins. */
function isNextPage(next = 0n, first = 0n): boolean {
  return (next & 0xfffn) === 0n && next > first && next - first < 8n;
}

/** An access fault here, a misaligned address there: of a load, or as amo-as-load. */
function isMisalignedAtomic(ours: bigint, theirs: bigint): boolean {
  const [, load, store] = families[0];
  return family(ours) === families[1] && (theirs === load || theirs === store);
}

export const knownDifferences: readonly KnownDifference[] = [
  {
    id: 'mideleg-sgei',
    what: 'QEMU 7.2 has mideleg bit 12 read-only one; ours is zero, as there are no guest external interrupts.',
    clause: 'Priv. hypervisor, mideleg: bit 12 is read-only one if GEILEN is nonzero.',
    notCompared: { mideleg: 1n << 12n },
    notWritten: { mideleg: reserved('mideleg') },
  },
  {
    id: 'misa-b',
    what: 'QEMU 7.2 has no B in misa where Zba, Zbb and Zbs are there.',
    clause: 'Unpriv. B: misa bit 1 tells of the three.',
    notCompared: { misa: 1n << 1n },
  },
  {
    id: 'vsstatus-sd',
    what: 'vsstatus.SD stays zero in QEMU 7.2 while vsstatus.FS is Dirty.',
    clause: 'Priv. hypervisor, vsstatus: SD summarizes FS, VS and XS of vsstatus.',
    notCompared: { vsstatus: 1n << 63n },
  },
  {
    id: 'flags-not-dirty',
    what: 'Comparisons and conversions to integers leave FS as it is in QEMU 7.2 where they raise flags.',
    clause: 'Priv. machine level, mstatus.FS: Dirty where the state was modified; fcsr is part of it.',
    tolerates: (csr, { ours, theirs }) => isStatus(csr) && isDirtyAgainstClean(ours(csr), theirs(csr)),
    // What was read differs so; then what CSRRC left of it may, too.
    explains: ({ mnemonic, values }) =>
      mnemonic.startsWith('csrr') &&
      values.some(({ what }) => what.startsWith('x')) &&
      values.every(({ what, ours = 0n, theirs = 0n }) =>
        what.startsWith('x')
          ? isDirtyAgainstClean(ours, theirs)
          : isStatus(what) && ((ours ^ theirs) & ~floatState) === 0n,
      ),
  },
  {
    id: 'ctzw-of-zero',
    what: 'CTZW counts on into the upper half in QEMU 7.2 where the lower is zero.',
    clause: 'Unpriv. Zbb, ctzw: 32 where the word is zero.',
    explains: ({ mnemonic, values }) =>
      mnemonic === 'ctzw' && values.every(({ what, ours }) => what.startsWith('x') && ours === 32n),
  },
  {
    id: 'cache-block-enables',
    what: 'QEMU 7.2 keeps any CBIE in menvcfg, henvcfg and senvcfg, the reserved value 2, too, and has no Zicbom and Zicboz.',
    clause: 'Unpriv. Zicbom: CBIE = 2 is reserved.',
    notWritten: { menvcfg: 0xf0n, henvcfg: 0xf0n, senvcfg: 0xf0n },
  },
  {
    id: 'htinst-constant',
    what: 'QEMU 7.2 ignores writes of htinst; ours keeps what is written.',
    clause: 'Priv. hypervisor, htinst: WARL, need only hold what traps write.',
    notWritten: { htinst: everyBit },
    explains: ({ mnemonic, word, values }) =>
      mnemonic.startsWith('csrr') &&
      (word ?? 0) >>> 20 === csrByName.get('htinst')?.address &&
      values.every(({ what }) => what.startsWith('x')),
  },
  {
    id: 'vs-trap-clears-htval',
    what: 'A trap into VS mode overwrites htval and htinst in QEMU 7.2.',
    clause: 'Priv. hypervisor, htval: written when a trap is taken into HS mode.',
    tolerates: (csr, { level }) => (csr === 'htval' || csr === 'htinst') && level !== 'HS',
  },
  {
    id: 'status-keeps-reserved-bits',
    what: 'QEMU 7.2 keeps whatever is written to hstatus and vsstatus, reserved bits and unsupported VSXL, UXL and VSBE among it.',
    clause:
      'Priv. hypervisor, hstatus and vsstatus: WPRI fields are read-only zero, WARL fields hold legal values.',
    notWritten: { hstatus: reserved('hstatus'), vsstatus: reserved('vsstatus') },
  },
  {
    id: 'no-svade',
    what: 'QEMU 7.2 has no ADUE in menvcfg and henvcfg: it always sets A and D bits. With ADUE set, which cases begin with, ours does, too.',
    clause: 'Priv. Svadu.',
    notWritten: { menvcfg: 1n << 61n, henvcfg: 1n << 61n },
    notCompared: { menvcfg: 1n << 61n, henvcfg: 1n << 61n },
  },
  {
    id: 'reserved-entry-bits',
    what: 'With Svnapot or Svpbmt QEMU 7.2 does not look at bits 60:54 of page-table entries.',
    clause: 'Priv. supervisor level, Sv39: reserved bits that are set cause a page fault.',
  },
  {
    id: 'memory-types-always',
    what: 'QEMU 7.2 takes memory types in page-table entries whatever PBMTE is, and the reserved type 3, too.',
    clause: 'Priv. Svpbmt: without PBMTE the bits are reserved; type 3 causes a page fault.',
    notWritten: { menvcfg: 1n << 62n, henvcfg: 1n << 62n },
  },
  {
    id: 'usage-before-contiguous',
    what: 'QEMU 7.2 sets A and D of an entry with N before it finds that it is none of 64 KiB.',
    clause: 'Priv. Svnapot: reserved encodings cause a page fault.',
    explains: ({ values }) => values.every((value) => isUsage(value) && (value.ours ?? 0n) >> 63n === 1n),
  },
  {
    id: 'svinval-in-user',
    what: 'U and VU mode may execute SFENCE.W.INVAL and SFENCE.INVAL.IR in QEMU 7.2.',
    clause: 'Priv. Svinval: illegal-instruction and virtual-instruction exceptions, as for SFENCE.VMA.',
    explains: ({ mnemonic, ours }) =>
      /^sfence\.(w\.inval|inval\.ir)$/.test(mnemonic) && (ours?.cause === 2n || ours?.cause === 22n),
  },
  {
    id: 'counter-enables-of-64-bits',
    what: 'mcounteren, scounteren and hcounteren keep 64 bits in QEMU 7.2.',
    clause: 'Priv. machine level, mcounteren: a 32-bit register.',
    notWritten: Object.fromEntries(
      ['mcounteren', 'scounteren', 'hcounteren'].map((name) => [name, reserved(name)]),
    ),
  },
  {
    id: 'inhibits-time',
    what: 'mcountinhibit keeps bit 1 in QEMU 7.2, and bits of counters that are not there.',
    clause: 'Priv. machine level, mcountinhibit: bit 1 is read-only zero.',
    notWritten: { mcountinhibit: reserved('mcountinhibit') | ~0xffff_ffffn },
  },
  {
    id: 'environment-of-more-extensions',
    what: 'QEMU 7.2 lets software write fields of menvcfg, henvcfg and senvcfg whose extensions the hart does not have.',
    clause: 'Priv. machine level, menvcfg: such fields are read-only zero.',
    notWritten: Object.fromEntries(['menvcfg', 'henvcfg', 'senvcfg'].map((name) => [name, reserved(name)])),
  },
  {
    id: 'odd-epc',
    what: 'sepc and vsepc keep bit 0 in QEMU 7.2, and SRET goes there.',
    clause: 'Priv. supervisor level, sepc: bit 0 is always zero.',
    notWritten: { sepc: 1n, vsepc: 1n, mepc: 1n },
  },
  {
    id: 'status-of-absent-extensions',
    what: 'mstatus.VS and UXL, and the local counter-overflow interrupt, can be written in QEMU 7.2 on a hart without V, other XLEN and Sscofpmf.',
    clause:
      'Priv. machine level, mstatus and mip: fields of extensions that are not there are read-only zero.',
    notWritten: Object.fromEntries(
      ['mstatus', 'sstatus', 'mip', 'mie', 'hie', 'hip'].map((name) => [name, reserved(name)]),
    ),
  },
  {
    id: 'usage-before-second-stage',
    what: 'QEMU sets A and D in the guest’s table before the second stage refuses the access.',
    clause: 'Priv. supervisor level, A and D bits: the order of the two is left open.',
    explains: ({ taken, values }) =>
      values.every(isUsage) && taken.some(({ cause }) => cause === 23n || cause === 7n),
  },
  {
    id: 'zero-mask',
    what: 'CSRRS and CSRRC of a read-only CSR are no writes for QEMU 7.2 where the register holds zero.',
    clause: 'Unpriv. Zicsr: they are writes wherever rs1 is not x0.',
  },
  {
    id: 'mprv-stale',
    what: 'QEMU 7.2 keeps translations of loads with MPRV set when a trap or MRET changes MPP.',
    clause: 'Priv. machine level, memory privilege: MPP decides at once.',
  },
  {
    id: 'mpv-of-machine',
    what: 'With MPRV set and MPP = 3, QEMU 7.2 goes by MPV nevertheless.',
    clause: 'Priv. hypervisor, mstatus.MPV: MPRV with MPP = 3 has no effect.',
    explains: ({ ours, theirs, read }) =>
      isFault(theirs) &&
      theirs?.epc !== ours?.epc &&
      ((read('mstatus') >> 11n) & 3n) === 3n &&
      ((read('mstatus') >> 17n) & 1n) === 1n,
  },
  {
    id: 'guest-page-fault-of-machine',
    what: 'Where MPRV makes a load or store of M mode a guest’s, QEMU 7.2 raises a page fault for what the second stage denies.',
    clause: 'Priv. hypervisor, MPRV: translated and protected as though V were MPV.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === 'mcause' &&
      level === 'M' &&
      (ours('mstatus') & (1n << 17n)) !== 0n &&
      family(ours(csr)) === families[3] &&
      family(theirs(csr)) === families[2],
  },
  {
    id: 'guest-interrupt-bits',
    what: 'vsie and vsip, and sie and sip in VS mode, take and give bits at the places that mie has them in QEMU 7.2.',
    clause: 'Priv. hypervisor, vsip and vsie: bit 10 of hip is bit 9 of vsip, and so on.',
  },
  {
    id: 'guest-interrupts-by-mideleg',
    what: 'sie and sip show VS mode only what mideleg delegates of bits 1, 5 and 9 in QEMU 7.2, which are those of HS mode.',
    clause:
      'Priv. hypervisor, vsip and vsie: with bit 10 of hideleg set, vsie.SEIE is an alias of hie.VSEIE, and so on; with V = 1 sie is vsie.',
    explains: (parting) =>
      parting.mnemonic.startsWith('csrr') &&
      ['sie', 'sip'].some((name) => (parting.word ?? 0) >>> 20 === csrByName.get(name)?.address) &&
      wasVirtual(parting) &&
      parting.values.every(
        ({ what, ours = 0n, theirs }) =>
          what.startsWith('x') && theirs === (ours & parting.read('mideleg') & 0x222n),
      ),
  },
  {
    id: 'usage-unchecked-in-second-stage',
    what: 'The second stage does not deny QEMU 7.2 the write of A and D bits.',
    clause:
      'Priv. hypervisor, two-stage translation: implicit writes of the guest’s tables need write permission in the second stage.',
    explains: ({ ours, values }) =>
      ours?.instruction === 0x3020n ||
      values.every(
        (value) => isUsage(value) && secondStageEntries.some((address) => value.what.endsWith(address)),
      ),
  },
  {
    id: 'pmp-of-first-part',
    what: 'QEMU 7.2 asks PMP for all of an access that crosses pages where it translates its first part.',
    clause: 'Priv. machine level, PMP: an access across pages is of parts, each for itself.',
    explains: ({ ours, theirs }) =>
      isFault(ours) && isFault(theirs) && ours?.epc === theirs?.epc && isNextPage(ours?.value, theirs?.value),
  },
  {
    id: 'hvip-shows-mip',
    what: 'QEMU 10.0 shows bits 1, 5 and 9 of mip in hvip.',
    clause:
      'Priv. hypervisor, hvip: of the standard bits VSEIP, VSTIP and VSSIP are writable, the others zero.',
    tolerates: (csr, { ours, theirs }) =>
      csr === 'hvip' && ((ours('hvip') ^ theirs('hvip')) & ~0x222n) === 0n,
  },
  {
    id: 'pmp-of-whole',
    what: 'QEMU 7.2 takes an access across pages for a whole, which no PMP entry may match in part; with a second stage it raises a guest-page fault then.',
    clause:
      'Priv. machine level, PMP: an entry has to match all bytes of an access; a misaligned one may be of parts.',
    explains: ({ ours, theirs }) =>
      theirs !== undefined &&
      (family(theirs.cause) === families[1] || family(theirs.cause) === families[3]) &&
      (theirs.value & 0xfffn) > 0xff8n &&
      ours?.epc !== theirs.epc,
  },
  {
    id: 'virtual-without-floats',
    what: 'In a block of code after an instruction that is a virtual one, QEMU 7.2 takes those of floating point with FS = Off for such, too.',
    clause: 'Priv. hypervisor, trap cause codes: with FS zero always an illegal-instruction exception.',
    tolerates: (csr, { ours, theirs, level, word }) =>
      csr === told[level].cause && isFloatingPoint(word) && ours(csr) === 2n && theirs(csr) === 22n,
    explains: ({ word, ours, theirs }) =>
      isFloatingPoint(word) && ours?.cause === 2n && theirs?.cause === 22n && ours.epc === theirs.epc,
  },
  {
    id: 'mip-writes-hvip',
    what: 'A write of mip changes hvip.VSEIP and VSTIP in QEMU 7.2.',
    clause: 'Priv. hypervisor, hvip: VSEIP and VSTIP are written there; in mip they are read-only.',
    notWritten: { mip: 0x440n },
  },
  {
    id: 'pmp-grain',
    what: 'pmpaddr keeps its low bits in QEMU, whose entries protect four bytes; ours protect pages.',
    clause: 'Priv. machine level, PMP: the grain is the implementation’s.',
  },
  {
    id: 'pmp-reserved',
    what: 'pmpcfg keeps reserved bits, and W without R, in QEMU 7.2.',
    clause: 'Priv. machine level, PMP: WARL; the combination is reserved.',
  },
  {
    id: 'usage-unchecked',
    what: 'PMP does not deny QEMU 7.2 the write of A and D bits.',
    clause: 'Priv. machine level, PMP: checks apply to implicit writes of page tables.',
  },
  {
    id: 'code-changed-without-fence',
    what: 'QEMU goes on with instructions that it fetched before a store changed them; ours fetches anew.',
    clause: 'Unpriv. Zifencei: stores are seen by fetches after FENCE.I.',
    explains: ({ mnemonic, overwritten, ours, theirs }) =>
      overwritten ||
      (/^(c\.)?(f?s[bhwdq](sp)?$|sc|amo|hsv|cbo\.zero)/.test(mnemonic) &&
        ours?.epc === theirs?.epc &&
        ours?.cause !== theirs?.cause &&
        (isIllegal(ours) || isIllegal(theirs))),
  },
  {
    id: 'later-exceptions',
    what: 'hedeleg bits 18 and 19 cannot be set in QEMU 7.2, which is of an older specification.',
    clause: 'Priv. 1.13 hypervisor, hedeleg: software check and hardware error shall be writable.',
    notWritten: { hedeleg: 3n << 18n },
    tolerates: (csr, { ours, theirs }) =>
      csr === 'hedeleg' && ((ours(csr) ^ theirs(csr)) & ~(3n << 18n)) === 0n,
  },
  {
    id: 'medeleg-machine-call',
    what: 'medeleg bit 11 can be set in QEMU 7.2.',
    clause: 'Priv. machine level, medeleg: read-only zero for exceptions that no mode below M raises.',
    notWritten: { medeleg: reserved('medeleg') },
  },
  {
    id: 'vs-cause-less-one',
    what: 'Of exceptions, too, QEMU 7.2 shows codes 2, 6 and 10 less one in vscause, as of interrupts.',
    clause: 'Priv. hypervisor, vscause: only interrupt codes are translated.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === 'vscause' &&
      level === 'VS' &&
      [2n, 6n, 10n].includes(ours(csr)) &&
      theirs(csr) === ours(csr) - 1n,
  },
  {
    id: 'any-atp',
    what: 'QEMU 7.2 keeps whatever is written to hgatp and vsatp, unsupported modes among it.',
    clause: 'Priv. hypervisor, hgatp and vsatp: WARL; ours keep the old MODE, or void the write.',
  },
  {
    id: 'vector-mode-voids',
    what: 'QEMU 7.2 ignores a write of [v]stvec or mtvec with a reserved MODE; ours takes BASE and keeps MODE.',
    clause: 'Priv. machine level, mtvec: MODE is WARL.',
    notWritten: { mtvec: 2n, stvec: 2n, vstvec: 2n },
  },
  {
    id: 'sstc-software',
    what: 'While menvcfg.STCE is set, M mode cannot write hvip.VSTIP in QEMU 7.2; nor do menvcfg, henvcfg and htimedelta take part in a comparison that is made only when [v]stimecmp is written.',
    clause: 'Priv. Sstc: hvip.VSTIP stays writable; the comparison is continuous.',
    notWritten: { menvcfg: 1n << 63n, henvcfg: 1n << 63n },
  },
  {
    id: 'xret-keeps-mprv',
    what: 'MRET and SRET to a mode below M leave mstatus.MPRV set in QEMU 7.2.',
    clause:
      'Priv. machine level, memory privilege in mstatus: an xRET to a less privileged mode sets MPRV = 0.',
  },
  {
    id: 'interrupt-priority',
    what: 'Of several interrupts QEMU 7.2 takes the one with the lowest code.',
    clause:
      'Priv. supervisor and hypervisor level: decreasing priority SEI, SSI, STI, SGEI, VSEI, VSSI, VSTI.',
  },
  {
    id: 'illegal-without-word',
    what: 'For some instructions QEMU 7.2 leaves xtval zero when they are illegal or virtual instructions, or puts an earlier instruction there.',
    clause: 'Priv. machine level, mtval: the faulting instruction bits, or zero.',
    tolerates: (csr, { ours, level, word }) => {
      const { cause, value } = told[level];
      const code = ours(cause);
      return (
        csr === value && (code === 2n || code === 22n) && (word === undefined || ours(csr) === BigInt(word))
      );
    },
  },
  {
    id: 'no-transformed-instruction',
    what: 'QEMU 7.2 often gives zero where ours gives a transformed instruction.',
    clause: 'Priv. hypervisor, transformed instruction: zero is always allowed but for implicit accesses.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === told[level].instruction && theirs(csr) === 0n && !pseudoInstructions.includes(ours(csr)),
  },
  {
    id: 'gva-of-virtual',
    what: 'Traps into M mode set mstatus.GVA in QEMU 7.2 where V was 1 and mtval is not zero, whatever mtval is; those of HLV and HSV never set it.',
    clause: 'Priv. hypervisor, mstatus.GVA: set where mtval is a guest virtual address, clear otherwise.',
    tolerates: (csr, { ours, theirs }) => {
      const differing = ours(csr) ^ theirs(csr);
      return (
        csr === 'mstatus' &&
        (differing & machineGva) !== 0n &&
        (differing === machineGva || isDirtyAgainstClean(ours(csr) & ~machineGva, theirs(csr) & ~machineGva))
      );
    },
  },
  {
    id: 'vs-trap-writes-gva',
    what: 'A trap into VS mode writes hstatus.GVA in QEMU 7.2.',
    clause: 'Priv. hypervisor, trap entry: a trap into VS mode does not modify hstatus.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === 'hstatus' && level !== 'HS' && (ours(csr) ^ theirs(csr)) === 1n << 6n,
  },
  {
    id: 'amo-as-load',
    what: 'The load of an AMO, and an SC, raise the exceptions of loads in QEMU 7.2.',
    clause: 'Unpriv. A and Priv. machine level, mcause: AMOs and SC raise store/AMO exceptions.',
    tolerates: (csr, { ours, theirs, level, word }) => {
      if (csr !== told[level].cause || !isAtomic(word)) return false;
      const codes = family(ours(csr));
      return codes !== undefined && ours(csr) === codes[stores] && theirs(csr) === codes[loads];
    },
  },
  {
    id: 'implicit-as-load',
    what: 'A guest-page fault of a walk through the guest’s tables is that of a load in QEMU 7.2.',
    clause: 'Priv. hypervisor, guest-page faults: they are reported by the original access type.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === told[level].cause &&
      told[level].instruction !== '' &&
      pseudoInstructions.includes(ours(told[level].instruction)) &&
      theirs(csr) === 21n &&
      (ours(csr) === 20n || ours(csr) === 23n),
  },
  {
    id: 'second-stage-access-fault',
    what: 'Where the second stage leads to memory that PMP denies, QEMU 7.2 raises a guest-page fault.',
    clause: 'Priv. machine level, PMP: violations raise access-fault exceptions.',
    tolerates: (csr, { ours, theirs, level, word }) => {
      const { cause, value2, instruction } = told[level];
      const codes = family(ours(cause));
      const denied = codes === families[1] && family(theirs(cause)) === families[3];
      const same = codes?.indexOf(ours(cause) as never) === families[3].indexOf(theirs(cause) as never);
      return (
        denied &&
        (same || isAtomic(word) || isGuestAccess(word)) &&
        (csr === cause || csr === value2 || csr === instruction)
      );
    },
  },
  {
    id: 'stale-guest-address',
    what: 'mtval2 and htval keep the address of an earlier guest-page fault in QEMU 7.2.',
    clause: 'Priv. hypervisor, mtval2 and htval: zero for traps that are no guest-page faults.',
    tolerates: (csr, { ours, level }) =>
      (csr === 'mtval2' && level !== 'M') ||
      (csr === told[level].value2 && ours(csr) === 0n && family(ours(told[level].cause)) !== families[3]),
  },
  {
    id: 'misaligned-value',
    what: 'For a misaligned load that crosses pages QEMU 7.2 has the address aligned in xtval.',
    clause: 'Priv. machine level, mtval: the address of the portion of the access that caused the fault.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === told[level].value &&
      family(ours(told[level].cause)) !== undefined &&
      [~1n, ~3n, ~7n].some((mask) => theirs(csr) === (ours(csr) & mask)),
  },
  {
    id: 'misaligned-atomic',
    what: 'A misaligned LR, SC or AMO raises an address-misaligned exception in QEMU, an access-fault exception here.',
    clause:
      'Priv. machine level, PMA, alignment: an address-misaligned exception only where loads and stores raise it, too.',
    tolerates: (csr, { ours, theirs, level, word }) =>
      (csr === told[level].cause || csr === told[level].instruction) &&
      isAtomic(word) &&
      isMisalignedAtomic(ours(told[level].cause), theirs(told[level].cause)),
  },
  {
    id: 'vu-illegal',
    what: 'QEMU 7.2 raises an illegal-instruction exception for what VU mode may not do of VS mode.',
    clause: 'Priv. hypervisor, trap cause codes: a virtual-instruction exception, where HS mode could do it.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === told[level].cause && ours(csr) === 22n && theirs(csr) === 2n,
  },
  {
    id: 'sc-without-reservation',
    what: 'An SC without a reservation does not touch memory in QEMU; ours translates its address first, with A and D bits and faults.',
    clause: 'Unpriv. Zalrsc: whether an SC that fails raises faults or sets D is left open.',
    explains: ({ mnemonic, ours, values }) =>
      mnemonic.startsWith('sc.') && (isStoreFault(ours) || values.every(isUsage)),
  },
  {
    id: 'sc-of-other-size',
    what: 'An SC after an LR of the other size fails in QEMU where the two values differ; ours succeeds at the same address.',
    clause: 'Unpriv. Zalrsc: an SC may succeed where the reservation set holds its bytes, and may fail.',
    explains: ({ mnemonic, values }) =>
      mnemonic.startsWith('sc.') &&
      values.every(({ what, ours, theirs }) =>
        what.startsWith('x') ? ours === 0n && theirs === 1n : what.startsWith('memory'),
      ),
  },
  {
    id: 'amo-as-load-elsewhere',
    what: 'Where the exceptions of loads and stores are delegated differently, AMOs go another way in QEMU 7.2; and D is not set.',
    clause: 'As amo-as-load.',
    explains: ({ mnemonic, ours, values }) =>
      /^(amo|sc\.)/.test(mnemonic) && (values.every(isUsage) || isStoreFault(ours)),
  },
  {
    id: 'misaligned-atomic-elsewhere',
    what: 'As misaligned-atomic, delegated differently; or after a translation that faults first here.',
    clause: 'As there.',
    explains: ({ mnemonic, ours, theirs }) =>
      /^(amo|lr\.|sc\.)/.test(mnemonic) &&
      isFault(ours) &&
      theirs !== undefined &&
      family(theirs.cause) === families[0],
  },
  {
    id: 'faults-by-satp',
    what: 'QEMU 7.2 goes by satp, not vsatp, to tell page faults of HLV and HSV, and of M mode with MPRV and MPV, from access faults.',
    clause: 'Priv. hypervisor, HLV and MPRV: as though V = 1.',
    tolerates: (csr, { ours, theirs, level }) =>
      csr === 'mcause' &&
      level === 'M' &&
      (ours('mstatus') & (1n << 17n)) !== 0n &&
      ours('satp') === 0n &&
      ((ours(csr) === 13n && theirs(csr) === 5n) || (ours(csr) === 15n && theirs(csr) === 7n)),
    explains: ({ mnemonic, ours, theirs }) =>
      /^h[ls]v/.test(mnemonic) && isFault(ours) && isFault(theirs) && ours?.epc === theirs?.epc,
  },
  {
    id: 'hlv-ignores-sum',
    what: 'HLV and HSV reach pages of VU mode in QEMU 7.2 whatever vsstatus.SUM is.',
    clause: 'Priv. hypervisor, HLV: vsstatus.SUM applies.',
    explains: ({ mnemonic, ours, theirs }) =>
      /^h[ls]v/.test(mnemonic) && (ours?.cause === 13n || ours?.cause === 15n) && ours.epc !== theirs?.epc,
  },
  {
    id: 'second-stage-access-fault-elsewhere',
    what: 'As second-stage-access-fault, delegated differently.',
    clause: 'As there.',
    explains: ({ ours, theirs }) =>
      ours !== undefined &&
      theirs !== undefined &&
      family(ours.cause) === families[1] &&
      family(theirs.cause) === families[3],
  },
  {
    id: 'traps-in-guest',
    what: 'mstatus.TSR and TVM trap in VS mode, too, in QEMU 7.2; hstatus.VTVM does not trap satp, nor TVM hgatp.',
    clause: 'Priv. hypervisor, mstatus and hstatus: TVM and TSR affect HS mode only, VTVM is for VS mode.',
    explains: ({ mnemonic, ours, theirs }) =>
      (isIllegal(theirs) && theirs?.epc === BigInt(stub.vs + stub.call + 4)) ||
      (/^(sret|sfence.vma|sinval.vma|csrr..?)$/.test(mnemonic) &&
        isIllegal(theirs) &&
        theirs?.epc !== ours?.epc) ||
      (mnemonic.startsWith('csrr') && ours?.cause === 22n && ours.value >> 20n === 0x180n) ||
      (mnemonic.startsWith('csrr') && ours?.cause === 2n && ours.value >> 20n === 0x680n),
  },
  {
    id: 'wfi-of-guest',
    what: 'WFI with mstatus.TW set raises a virtual-instruction exception in VU mode, and with hstatus.VTW too in VS mode, in QEMU 7.2.',
    clause:
      'Priv. hypervisor, trap cause codes: a virtual-instruction exception where mstatus.TW = 0; else illegal.',
    explains: ({ mnemonic, ours, theirs }) =>
      mnemonic === 'wfi' && ours?.cause === 2n && theirs?.cause === 22n && ours.epc === theirs.epc,
  },
  {
    id: 'hlvx-as-load',
    what: 'HLVX needs read permission in QEMU 7.2, not that to execute.',
    clause: 'Priv. hypervisor, HLVX: execute permission takes the place of read permission in both stages.',
    explains: ({ mnemonic, ours, theirs, values }) =>
      mnemonic.startsWith('hlvx') && (isFault(ours) || isFault(theirs) || values.every(isUsage)),
  },
  {
    id: 'mxr-of-guest',
    what: 'With V = 1 QEMU 7.2 goes by vsstatus.MXR in both stages, and not by mstatus.MXR.',
    clause:
      'Priv. hypervisor, vsstatus: MXR of HS level affects both stages, that of VS level the first alone.',
    explains: ({ ours, theirs, read }) =>
      ((read('mstatus') ^ read('vsstatus')) & (1n << 19n)) !== 0n &&
      (isLoadFault(ours) || isLoadFault(theirs) || ours?.instruction === 0x3000n),
  },
  {
    id: 'interrupt-priority-chosen',
    what: 'As interrupt-priority.',
    clause: 'As there.',
    explains: ({ ours, theirs }) =>
      ours !== undefined &&
      theirs !== undefined &&
      ours.cause >> 63n === 1n &&
      theirs.cause >> 63n === 1n &&
      ours.cause !== theirs.cause,
  },
  {
    id: 'vu-illegal-elsewhere',
    what: 'As vu-illegal, delegated differently.',
    clause: 'As there.',
    explains: ({ ours, theirs }) => ours?.cause === 22n && isIllegal(theirs) && ours.epc === theirs?.epc,
  },
];
