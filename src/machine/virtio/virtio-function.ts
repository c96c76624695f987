import type { DeviceDetail, DeviceRegister, SavedState } from '../device.ts';
import type { Virtqueue } from './virtqueue.ts';

/** A feature bit that a device offers. */
export interface VirtioFeature {
  readonly name: string;
  /** Its number, from 0. */
  readonly bit: number;
  readonly summary: string;
}

/** What a function has of the transport that it is plugged into. */
export interface VirtioHost {
  readonly queues: readonly Virtqueue[];
  /** DRIVER_OK is set, and the device needs no reset: buffers may be used (Virtio 3.1.1). */
  readonly isLive: boolean;
  /** Did the driver accept a feature? */
  accepts(bit: number): boolean;
  /** Used buffers were put outside of `serve`: the driver is told if it wants to be. */
  settle(queue: Virtqueue): void;
  /** The driver broke a rule of this kind of device: DEVICE_NEEDS_RESET. */
  fail(problem: string): void;
}

/**
 * What a virtio device does, apart from how it is reached: its features, its queues, its configuration. Plugged
 * into a transport (behind `VirtioMmio`), it is a device.
 */
export interface VirtioFunction {
  /** Virtio 5: what kind of device it is. */
  readonly deviceId: number;
  /** `virtio-block`. */
  readonly model: string;
  readonly summary: string;
  /** Those of this kind of device; the transport adds its own. */
  readonly features: readonly VirtioFeature[];
  readonly queues: readonly { readonly name: string; readonly size: number }[];
  /** Its configuration space; offsets from the space's start, in order, without overlap. */
  readonly configuration: readonly DeviceRegister[];
  /** The value of a register of the configuration space. */
  peek(register: string): bigint;
  /** The driver writes a register of the configuration space that can be written. */
  write?(register: string, value: bigint): void;
  /** Called once, by the transport. */
  attach(host: VirtioHost): void;
  /** The driver made buffers available in a queue, or may have. Only while the device is live. */
  serve(queue: Virtqueue): void;
  /** The driver resets the device, or the machine is powered on. */
  reset(): void;
  /** As it was made: without what outlives a reset, such as what was written. */
  renew?(): void;
  save(): SavedState;
  restore(state: SavedState): void;
  /** More about its state, for views. */
  inspect?(): readonly DeviceDetail[];
}
