import { Emitter } from '../common/event.ts';
import type { AccessSize } from '../isa/semantics.ts';
import type { Bus } from './bus.ts';
import { LoadedBytes } from './loaded-bytes.ts';
import type { MachineMemory } from './memory.ts';
import { pteBit } from './translation/page-table.ts';
import { Watchpoints, type MemoryTouch } from './watchpoints.ts';

/** RAM that TypeScript wrote: whoever keeps predecoded code of it, or translations by it, has to drop that. */
export interface RamWrite {
  /** Host-physical address of the first byte, within RAM. */
  readonly address: number;
  readonly length: number;
  /**
   * `usage`: a walk set A and D bits, which leaves translations as they are. `new`: as page tables see it, what was
   * replaced was an entry that was not valid, of which no translation came.
   */
  readonly kind: 'data' | 'usage' | 'new';
}

/**
 * Everything that has a host-physical address: RAM, and the bus for the rest. All harts of a machine, its DMA
 * and its debugger write RAM through one of these, so that code that changes is noticed (the engine's own
 * stores apart: it keeps pages with code out of its write TLB).
 */
export class PhysicalMemory {
  readonly #ram: Uint8Array;
  readonly #view: DataView;
  readonly #ramBase: number;
  readonly #ramSize: number;
  readonly #bus: Bus;
  readonly #written = new Emitter<RamWrite>();

  readonly watchpoints: Watchpoints;
  /** What `loadFile` put into RAM. */
  readonly loaded = new LoadedBytes();
  readonly onDidWriteRam = this.#written.event;

  constructor({ memory, bus }: { readonly memory: MachineMemory; readonly bus: Bus }) {
    this.#ram = memory.ram;
    this.#view = memory.ramView;
    this.#ramBase = memory.ramBase;
    this.#ramSize = memory.ramSize;
    this.#bus = bus;
    this.watchpoints = new Watchpoints(memory);
  }

  /** Whether all of `length` bytes are RAM. */
  isRam(address: number, length: number): boolean {
    return address >= this.#ramBase && address + length <= this.#ramBase + this.#ramSize;
  }

  /** A guest access with side effects. Unsigned; `undefined` where nothing answers (an access fault). */
  load(address: number, size: AccessSize): bigint | undefined {
    if (this.isRam(address, size)) {
      if (this.watchpoints.areSet) this.#noteRead(address, size);
      return this.#loadRam(address - this.#ramBase, size);
    }
    // Unpriv. 2.6: an I/O region need not do misaligned accesses; ours are access faults.
    if (address % size !== 0 || !Number.isSafeInteger(address)) return undefined;
    return this.#bus.load(address, size);
  }

  /** A guest access with side effects; `value` is taken modulo 2^(8 size). `false`: an access fault. */
  store(address: number, size: AccessSize, value: bigint): boolean {
    if (this.isRam(address, size)) {
      const offset = address - this.#ramBase;
      const isOneEntry = (offset & (entryBytes - 1)) + size <= entryBytes;
      const wasValid = (this.#view.getUint8(offset - (offset % entryBytes)) & pteBit.valid) !== 0;
      const note = this.watchpoints.areSet ? this.#noteWrite(address, size, { by: 'access' }) : undefined;
      this.#storeRam(offset, size, value);
      note?.();
      this.#written.fire({ address, length: size, kind: isOneEntry && !wasValid ? 'new' : 'data' });
      return true;
    }
    if (address % size !== 0 || !Number.isSafeInteger(address)) return false;
    return this.#bus.store(address, size, BigInt.asUintN(8 * size, value));
  }

  /** 16 bits of an instruction; `undefined` where nothing answers. */
  loadParcel(address: number): number | undefined {
    if (this.isRam(address, 2)) return this.#view.getUint16(address - this.#ramBase, true);
    const parcel = this.load(address, 2);
    return parcel === undefined ? undefined : Number(parcel);
  }

  /** A 32-bit half of a page-table entry, which must be in RAM (see `isRam`). */
  readHalf(address: number): number {
    return this.#view.getUint32(address - this.#ramBase, true);
  }

  /** Likewise written, as when A and D bits are set. */
  writeHalf(address: number, value: number): void {
    const note = this.watchpoints.areSet ? this.#noteWrite(address, 4, { by: 'walk' }) : undefined;
    this.#view.setUint32(address - this.#ramBase, value, true);
    note?.();
    this.#written.fire({ address, length: 4, kind: 'usage' });
  }

  /** Bytes of RAM from `address` on, without effects; fewer than `length` where RAM ends. */
  peek(address: number, length: number): Uint8Array {
    const count = this.#ramBytesFrom(address, length);
    const start = address - this.#ramBase;
    return count === 0 ? new Uint8Array() : this.#ram.slice(start, start + count);
  }

  /** As `peek`, by a device: a watch tells of it. */
  readFor(device: string, address: number, length: number): Uint8Array {
    const bytes = this.peek(address, length);
    if (this.watchpoints.areSet && this.watchpoints.concern(address, bytes.length, 'read'))
      this.watchpoints.tell({ kind: 'read', by: 'outside', device, address, before: bytes, after: bytes });
    return bytes;
  }

  /** As `poke`, by a device: a watch tells of it by its name. */
  writeFor(device: string, address: number, bytes: Uint8Array): number {
    return this.#put(address, bytes, { by: 'outside', device });
  }

  /** Writes RAM; returns how many bytes fitted. `by` a view it is no part of what happens, and no watch tells of it. */
  poke(address: number, bytes: Uint8Array, by: 'machine' | 'view' = 'machine'): number {
    return this.#put(address, bytes, by === 'machine' ? { by: 'outside' } : undefined);
  }

  #put(address: number, bytes: Uint8Array, by: Writer | undefined): number {
    const count = this.#ramBytesFrom(address, bytes.length);
    if (count === 0) return 0;
    const note =
      by !== undefined && this.watchpoints.areSet ? this.#noteWrite(address, count, by) : undefined;
    this.#ram.set(bytes.subarray(0, count), address - this.#ramBase);
    note?.();
    this.#written.fire({ address, length: count, kind: 'data' });
    return count;
  }

  /** As `poke` by the machine, for bytes that nobody changes as long as the machine is there. */
  loadFile(address: number, bytes: Uint8Array): number {
    const count = this.poke(address, bytes);
    this.loaded.add(address, bytes.subarray(0, count));
    return count;
  }

  /** RAM was written by other means (a snapshot, `ram` itself): tells those who listen. */
  ramChanged(address: number, length: number): void {
    this.#written.fire({ address, length, kind: 'data' });
  }

  #noteRead(address: number, length: number): void {
    if (!this.watchpoints.concern(address, length, 'read')) return;
    const before = this.peek(address, length);
    this.watchpoints.tell({ kind: 'read', by: 'access', address, before, after: before });
  }

  /** To be called before a write; what it gives, after. */
  #noteWrite(address: number, length: number, by: Writer): (() => void) | undefined {
    if (!this.watchpoints.concern(address, length, 'write')) return undefined;
    const before = this.peek(address, length);
    return () =>
      this.watchpoints.tell({ kind: 'write', ...by, address, before, after: this.peek(address, length) });
  }

  #ramBytesFrom(address: number, length: number): number {
    if (!this.isRam(address, 1)) return 0;
    return Math.min(length, this.#ramBase + this.#ramSize - address);
  }

  #loadRam(offset: number, size: AccessSize): bigint {
    switch (size) {
      case 1:
        return BigInt(this.#view.getUint8(offset));
      case 2:
        return BigInt(this.#view.getUint16(offset, true));
      case 4:
        return BigInt(this.#view.getUint32(offset, true));
      case 8:
        return this.#view.getBigUint64(offset, true);
    }
  }

  #storeRam(offset: number, size: AccessSize, value: bigint): void {
    switch (size) {
      case 1:
        this.#view.setUint8(offset, Number(value & 0xffn));
        break;
      case 2:
        this.#view.setUint16(offset, Number(value & 0xffffn), true);
        break;
      case 4:
        this.#view.setUint32(offset, Number(value & 0xffff_ffffn), true);
        break;
      case 8:
        this.#view.setBigUint64(offset, value, true);
        break;
    }
  }
}

/** Who writes. */
type Writer = Pick<MemoryTouch, 'by' | 'device'>;

/** Of a page table. */
const entryBytes = 8;
