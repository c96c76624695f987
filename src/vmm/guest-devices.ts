import type { AddressMap, Region } from '../machine/bus.ts';
import type { DeviceRegister } from '../machine/device.ts';

/** Numbers for a guest's devices and their registers, so that exits can be written down without names. */
export class DeviceNumbers {
  readonly #regions: readonly Region[];
  readonly #ofRegion: ReadonlyMap<Region, number>;
  readonly #ofRegister: ReadonlyMap<DeviceRegister, number>;
  // What was asked for last: a driver waits at one register.
  #lastRegion: Region | undefined;
  #lastRegionNumber = 0;
  #lastRegister: DeviceRegister | undefined;
  #lastRegisterNumber = 0;

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
    if (region !== this.#lastRegion) {
      this.#lastRegion = region;
      this.#lastRegionNumber = this.#ofRegion.get(region) ?? 0;
    }
    return this.#lastRegionNumber;
  }

  ofRegister(register: DeviceRegister): number {
    if (register !== this.#lastRegister) {
      this.#lastRegister = register;
      this.#lastRegisterNumber = this.#ofRegister.get(register) ?? 0;
    }
    return this.#lastRegisterNumber;
  }

  region(number: number): Region | undefined {
    return this.#regions[number];
  }
}
