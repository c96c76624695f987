import type { DeviceDetail, SavedState } from '../../device.ts';
import type { DescriptorChain } from '../descriptor-chain.ts';
import type { VirtioFunction, VirtioHost } from '../virtio-function.ts';
import type { Virtqueue } from '../virtqueue.ts';
import { Overlay, type OverlayState } from './overlay.ts';
import {
  blockConfiguration,
  blockFeatures,
  blockQueueSize,
  mostSectors,
  mostSegments,
  readOnlyFeature,
} from './registers.ts';
import type { BlockStorage } from './storage.ts';

/** A disk of a machine or a guest. */
export interface DiskOptions {
  readonly storage: BlockStorage;
  readonly access: 'read-write' | 'read-only';
  /** Up to 20 characters: what GET_ID answers. */
  readonly serial: string;
}

interface BlockState {
  readonly [name: string]: SavedState;
  readonly writeback: number;
  readonly overlay: OverlayState;
}

/** Virtio 5.2.6. */
const requestType = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 } as const;
const requestStatus = { ok: 0, ioError: 1, unsupported: 2 } as const;
const sectorBytes = 512;
const headerBytes = 16;
const identifierBytes = 20;
const segmentBytes = 16;
/** More in one request is answered with an error: a guest cannot make us work for minutes. */
const mostBytes = 64 * 2 ** 20;

/** A virtio block device (Virtio 5.2) over storage that nobody writes: its writes stay in an overlay. */
export class VirtioBlock implements VirtioFunction {
  readonly deviceId = 2;
  readonly model = 'virtio-block';
  readonly summary = 'Disk.';
  readonly features;
  readonly queues = [{ name: 'requests', size: blockQueueSize }];
  readonly configuration = blockConfiguration;
  readonly overlay: Overlay;
  readonly #options: DiskOptions;
  #host: VirtioHost | undefined;
  #writeback = 1;

  constructor(options: DiskOptions) {
    this.#options = options;
    this.overlay = new Overlay(options.storage);
    this.features =
      options.access === 'read-only' ? [readOnlyFeature, ...blockFeatures.slice(0, 4)] : blockFeatures;
  }

  attach(host: VirtioHost): void {
    this.#host = host;
  }

  peek(register: string): bigint {
    if (register === 'capacity') return BigInt(this.overlay.size / sectorBytes);
    if (register === 'writeback') return BigInt(this.#writeback);
    return blockConfiguration.find(({ name }) => name === register)?.reset ?? 0n;
  }

  write(_register: string, value: bigint): void {
    this.#writeback = Number(value & 1n);
  }

  serve(queue: Virtqueue): void {
    for (const chain of queue.pending()) {
      // Virtio 5.2.6: a header to read, and at least the status to write.
      if (chain.readableBytes < headerBytes || chain.writableBytes < 1) {
        this.#host?.fail(
          `a disk request of ${chain.readableBytes} bytes to read and ${chain.writableBytes} to write`,
        );
        return;
      }
      queue.put(chain, this.#handle(chain));
    }
  }

  /** The driver's reset leaves the disk as it is, and so does the machine's. */
  reset(): void {
    this.#writeback = 1;
  }

  renew(): void {
    this.overlay.clear();
  }

  save(): BlockState {
    return { writeback: this.#writeback, overlay: this.overlay.save() };
  }

  restore(state: SavedState): void {
    const { writeback, overlay } = state as BlockState;
    this.#writeback = writeback;
    this.overlay.restore(overlay);
  }

  inspect(): readonly DeviceDetail[] {
    const { access, serial } = this.#options;
    return [
      { label: 'size', value: `${this.overlay.size / 1024} KiB, ${access}` },
      { label: 'serial', value: serial },
      { label: 'written', value: `${this.overlay.writtenBytes / 1024} KiB, kept in memory` },
    ];
  }

  /** Does a request; how many bytes were written for the driver, its status among them. */
  #handle(chain: DescriptorChain): number {
    const header = new DataView(chain.read(0, headerBytes).buffer);
    const type = header.getUint32(0, true);
    const start = Number(header.getBigUint64(8, true)) * sectorBytes;
    const room = chain.writableBytes - 1;
    let written = 0;
    let outcome: number = requestStatus.unsupported;
    switch (type) {
      case requestType.in:
        if (this.#isWithin(start, room)) {
          written = chain.write(0, this.overlay.read(start, room));
          outcome = requestStatus.ok;
        } else outcome = requestStatus.ioError;
        break;
      case requestType.out:
        outcome = this.#write(chain, start);
        break;
      case requestType.flush:
        outcome = requestStatus.ok;
        break;
      case requestType.getId:
        if (room < identifierBytes) outcome = requestStatus.ioError;
        else {
          written = chain.write(0, identifier(this.#options.serial));
          outcome = requestStatus.ok;
        }
        break;
      case requestType.discard:
      case requestType.writeZeroes:
        outcome = this.#clear(chain, type);
        break;
    }
    // The status is the last byte; what lies between it and the data is counted as written, as on QEMU.
    chain.write(room, Uint8Array.of(outcome));
    return written === room ? room + 1 : Math.max(written, 1);
  }

  #write(chain: DescriptorChain, start: number): number {
    const length = chain.readableBytes - headerBytes;
    if (this.#options.access === 'read-only' || !this.#isWithin(start, length)) return requestStatus.ioError;
    this.overlay.write(start, chain.read(headerBytes, length));
    return requestStatus.ok;
  }

  /** DISCARD and WRITE_ZEROES (Virtio 5.2.6.2): here both leave zeroes. */
  #clear(chain: DescriptorChain, type: number): number {
    const bytes = chain.readableBytes - headerBytes;
    // What was not offered is not supported; what may not be written gives an error first.
    if (this.#options.access === 'read-only') return requestStatus.ioError;
    if (bytes === 0 || bytes % segmentBytes !== 0 || bytes > mostSegments * segmentBytes)
      return requestStatus.ioError;
    const view = new DataView(chain.read(headerBytes, bytes).buffer);
    const segments: { readonly start: number; readonly length: number }[] = [];
    for (let at = 0; at < bytes; at += segmentBytes) {
      const start = Number(view.getBigUint64(at, true)) * sectorBytes;
      const sectors = view.getUint32(at + 8, true);
      const flags = view.getUint32(at + 12, true);
      const knownFlags = type === requestType.writeZeroes ? 1 : 0;
      if ((flags & ~knownFlags) !== 0) return requestStatus.unsupported;
      const length = sectors * sectorBytes;
      if (sectors > mostSectors || !this.#isOnDisk(start, length)) return requestStatus.ioError;
      segments.push({ start, length });
    }
    for (const { start, length } of segments) this.overlay.zero(start, length);
    return requestStatus.ok;
  }

  #isWithin(start: number, length: number): boolean {
    return length % sectorBytes === 0 && length <= mostBytes && this.#isOnDisk(start, length);
  }

  #isOnDisk(start: number, length: number): boolean {
    return start + length <= this.overlay.size;
  }
}

function identifier(serial: string): Uint8Array {
  const bytes = new Uint8Array(identifierBytes);
  for (let index = 0; index < Math.min(serial.length, identifierBytes); index++)
    bytes[index] = serial.charCodeAt(index) & 0x7f;
  return bytes;
}
