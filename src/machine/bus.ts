import { assert } from '../common/errors.ts';
import type { Bus } from '../hart/bus.ts';
import type { AccessSize } from '../isa/semantics.ts';
import type { Device, DeviceRegister } from './device.ts';

/** A device at its place in an address map. */
export interface Region {
  /** Unique in the map: `uart0`. */
  readonly name: string;
  readonly base: number;
  /** Bytes of the address map that it takes. */
  readonly size: number;
  readonly device: Device;
  /** The interrupt controller's source that its line is wired to. */
  readonly interrupt?: number;
}

/** What lies at an address, for views and records of exits. */
export interface Location {
  readonly region: Region;
  /** Bytes from the region's base. */
  readonly offset: number;
  /** The register that such an access would reach now; undefined between registers. */
  readonly register: DeviceRegister | undefined;
}

/** Everything but RAM, by address: the machine's bus, and a guest's in the VMM. */
export class AddressMap implements Bus {
  readonly regions: readonly Region[];
  #last: Region | undefined;

  constructor(regions: readonly Region[]) {
    this.regions = regions.toSorted((left, right) => left.base - right.base);
    this.regions.reduce((end, region) => {
      assert(region.base >= end, `${region.name} overlaps the region below it`);
      return region.base + region.size;
    }, 0);
  }

  load(address: number, size: AccessSize): bigint | undefined {
    const region = this.regionAt(address);
    return region?.device.load(address - region.base, size);
  }

  store(address: number, size: AccessSize, value: bigint): boolean {
    const region = this.regionAt(address);
    return region !== undefined && region.device.store(address - region.base, size, value);
  }

  /** What a guest's access to `address` would reach, without touching it. */
  describe(address: number, access: 'read' | 'write'): Location | undefined {
    const region = this.regionAt(address);
    if (!region) return undefined;
    const offset = address - region.base;
    return { region, offset, register: region.device.registerAt(offset, access) };
  }

  /** The region of that name, or undefined. */
  region(name: string): Region | undefined {
    return this.regions.find((region) => region.name === name);
  }

  /** The region that holds `address`, or undefined. */
  regionAt(address: number): Region | undefined {
    const last = this.#last;
    if (last && address >= last.base && address < last.base + last.size) return last;
    const found = this.regions.find(({ base, size }) => address >= base && address < base + size);
    if (found) this.#last = found;
    return found;
  }
}
