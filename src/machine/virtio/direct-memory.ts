import type { PhysicalMemory } from '../../hart/physical-memory.ts';

/**
 * RAM as a device reaches it: by the addresses that its driver uses, which in a guest of the VMM are
 * guest-physical. Nothing else can be reached through it.
 */
export interface DirectMemory {
  /** Is all of it RAM? */
  contains(address: number, length: number): boolean;
  /** A copy; undefined where not all of it is RAM. */
  read(address: number, length: number): Uint8Array | undefined;
  /** false, and nothing written, where not all of it is RAM. */
  write(address: number, bytes: Uint8Array): boolean;
}

/** The RAM of a bare machine, as a device of this name reaches it. */
export function machineMemory(physical: PhysicalMemory, device: string): DirectMemory {
  return {
    contains: (address, length) => physical.isRam(address, length),
    read: (address, length) =>
      physical.isRam(address, length) ? physical.readFor(device, address, length) : undefined,
    write: (address, bytes) => {
      if (!physical.isRam(address, bytes.length)) return false;
      physical.writeFor(device, address, bytes);
      return true;
    },
  };
}
