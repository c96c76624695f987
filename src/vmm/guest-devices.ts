import type { AddressMap, Region } from '../machine/bus.ts';
import type { DeviceRegister } from '../machine/device.ts';

/** Numbers for a guest's devices and their registers, so that exits can be written down without names. */
export class DeviceNumbers {
  readonly #regions: readonly Region[];
  readonly #ofRegion: ReadonlyMap<Region, number>;
  readonly #ofRegister: ReadonlyMap<DeviceRegister, number>;

  constructor(bus: AddressMap) {
    this.#regions = bus.regions;
    this.#ofRegion = new Map(bus.regions.map((region, number) => [region, number]));
    this.#ofRegister = new Map(
      bus.regions.flatMap(({ device }) =>
        device.registers.map((register, number) => [register, number] as const),
      ),
    );
  }

  ofRegion(region: Region): number {
    return this.#ofRegion.get(region) ?? 0;
  }

  ofRegister(register: DeviceRegister): number {
    return this.#ofRegister.get(register) ?? 0;
  }

  region(number: number): Region | undefined {
    return this.#regions[number];
  }
}
