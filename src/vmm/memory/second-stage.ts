import { assert, StrataError } from '../../common/errors.ts';
import type { MachineMemory } from '../../hart/memory.ts';
import { frameSize, megapageSize, type Frames } from './frames.ts';

/** What a guest may do with a page of its physical memory. */
export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

/** Those of RAM. */
export const allPermissions: Permissions = { read: true, write: true, execute: true };

/** Where a guest-physical address leads. Addresses and sizes are numbers of bytes below 2^53. */
export interface Mapping extends Permissions {
  /** Host-physical address that the guest-physical one becomes. */
  readonly hpa: number;
  /** Bytes that its leaf entry maps: 4 KiB, 2 MiB or 1 GiB. */
  readonly pageSize: number;
}

/**
 * The second-stage (G-stage) page tables of one guest, Sv39x4, as real entries in the machine's RAM: what
 * `hgatp` points at (Priv. 18.5.1). Whoever changes an entry that the hart may have cached owes an HFENCE.GVMA.
 */
export class SecondStage {
  #root = 0;
  readonly #memory: Pick<MachineMemory, 'ramBase' | 'ramView'>;
  readonly #frames: Frames;
  readonly #guest: number;

  constructor(options: {
    readonly memory: Pick<MachineMemory, 'ramBase' | 'ramView'>;
    readonly frames: Frames;
    readonly guest: number;
  }) {
    this.#memory = options.memory;
    this.#frames = options.frames;
    this.#guest = options.guest;
    this.create();
  }

  /** Host-physical address of the root table: four frames, aligned to their size. */
  get root(): number {
    return this.#root;
  }

  /** Begins anew with an empty root, in frames that are free now: what it had before is forgotten. */
  create(): void {
    this.#root = this.#newTable(rootSize);
  }

  /** The value for `hgatp`: mode Sv39x4, the guest's VMID, and the root's page number. */
  hgatp(vmid: number): bigint {
    return (8n << 60n) | (BigInt(vmid) << 44n) | BigInt(this.#root / frameSize);
  }

  /** Maps `size` bytes; all three numbers are multiples of 4 KiB. A megapage where both addresses allow it. */
  map(gpa: number, hpa: number, size: number, permissions: Permissions): void {
    assert(
      gpa % frameSize === 0 && hpa % frameSize === 0 && size % frameSize === 0,
      'pages are mapped whole',
    );
    let done = 0;
    while (done < size) {
      const large =
        (gpa + done) % megapageSize === 0 && (hpa + done) % megapageSize === 0 && size - done >= megapageSize;
      const slot = this.#slot(gpa + done, large ? 1 : 0);
      this.#writeEntry(slot, leaf(hpa + done, permissions));
      done += large ? megapageSize : frameSize;
    }
  }

  /** Changes the permissions of a mapped page; `gpa` lies anywhere in it. */
  protect(gpa: number, permissions: Permissions): void {
    const found = this.#walk(gpa);
    assert(found !== undefined, 'only a mapped page can be protected');
    const hpa = pageOf(found.entry);
    this.#writeEntry(found.slot, leaf(hpa, permissions));
  }

  /** Where `gpa` leads, without a trace of the looking. Undefined where it is not mapped. */
  lookup(gpa: number): Mapping | undefined {
    const found = this.#walk(gpa);
    if (found === undefined) return undefined;
    const { entry, pageSize } = found;
    return {
      hpa: pageOf(entry) + (gpa % pageSize),
      pageSize,
      read: (entry & pte.r) !== 0n,
      write: (entry & pte.w) !== 0n,
      execute: (entry & pte.x) !== 0n,
    };
  }

  /** Every leaf, in order of guest-physical address. */
  *mappings(): Generator<Mapping & { readonly gpa: number }> {
    yield* this.#leaves(this.#root, rootSize / 8, 2, 0);
  }

  *#leaves(
    table: number,
    entries: number,
    level: number,
    gpa: number,
  ): Generator<Mapping & { readonly gpa: number }> {
    const span = pageSizeOf(level);
    for (let index = 0; index < entries; index++) {
      const entry = this.#readEntry(table + index * 8);
      if ((entry & pte.v) === 0n) continue;
      const at = gpa + index * span;
      if ((entry & anyAccess) === 0n) yield* this.#leaves(pageOf(entry), 512, level - 1, at);
      else {
        const mapping = this.lookup(at);
        assert(mapping !== undefined, 'a leaf can be looked up');
        yield { ...mapping, gpa: at };
      }
    }
  }

  #walk(gpa: number): { slot: number; entry: bigint; pageSize: number } | undefined {
    // Priv. 18.5.1: a guest-physical address of Sv39x4 has 41 bits.
    if (gpa < 0 || gpa >= 2 ** 41) return undefined;
    let table = this.#root;
    for (let level = 2; level >= 0; level--) {
      const slot = table + indexOf(gpa, level) * 8;
      const entry = this.#readEntry(slot);
      if ((entry & pte.v) === 0n) return undefined;
      if ((entry & anyAccess) !== 0n) return { slot, entry, pageSize: pageSizeOf(level) };
      table = pageOf(entry);
    }
    return undefined;
  }

  /** The address of the entry for `gpa` at `level`, with the tables above it made where they are missing. */
  #slot(gpa: number, level: number): number {
    let table = this.#root;
    for (let above = 2; above > level; above--) {
      const slot = table + indexOf(gpa, above) * 8;
      const entry = this.#readEntry(slot);
      assert((entry & anyAccess) === 0n, 'a mapped large page is not split');
      if ((entry & pte.v) === 0n) {
        table = this.#newTable(frameSize);
        this.#writeEntry(slot, pointer(table));
      } else table = pageOf(entry);
    }
    return table + indexOf(gpa, level) * 8;
  }

  #newTable(bytes: number): number {
    const table = this.#frames.allocate(bytes, { kind: 'page-table', guest: this.#guest });
    if (table === undefined)
      throw new StrataError(
        'out-of-frames',
        'internal',
        'no free frame of RAM is left for a second-stage table',
      );
    for (let offset = 0; offset < bytes; offset += 8) this.#writeEntry(table + offset, 0n);
    return table;
  }

  #readEntry(hpa: number): bigint {
    return this.#memory.ramView.getBigUint64(hpa - this.#memory.ramBase, true);
  }

  #writeEntry(hpa: number, entry: bigint): void {
    this.#memory.ramView.setBigUint64(hpa - this.#memory.ramBase, entry, true);
  }
}

// Priv. 18.5.1: the root of Sv39x4 is four times as large as other tables, for two more bits of address.
const rootSize = 4 * frameSize;

const pte = { v: 1n, r: 2n, w: 4n, x: 8n, u: 16n, a: 64n, d: 128n } as const;
const anyAccess = pte.r | pte.w | pte.x;

/**
 * Priv. 18.5.1: G-stage access is always checked as though in U mode, hence U. A and D are set beforehand, so
 * that a hart which traps for them has no reason to.
 */
function leaf(hpa: number, permissions: Permissions): bigint {
  return (
    (BigInt(hpa / frameSize) << 10n) |
    pte.v |
    pte.u |
    pte.a |
    pte.d |
    (permissions.read ? pte.r : 0n) |
    (permissions.write ? pte.w : 0n) |
    (permissions.execute ? pte.x : 0n)
  );
}

function pointer(table: number): bigint {
  return (BigInt(table / frameSize) << 10n) | pte.v;
}

function pageOf(entry: bigint): number {
  return Number(BigInt.asUintN(44, entry >> 10n)) * frameSize;
}

function pageSizeOf(level: number): number {
  return frameSize * 512 ** level;
}

function indexOf(gpa: number, level: number): number {
  return Math.floor(gpa / pageSizeOf(level)) % (level === 2 ? 2048 : 512);
}
