import assert from 'node:assert/strict';
import type { Machine } from '../../src/machine/machine.ts';
import type { MachineStop } from '../../src/machine/machine-stop.ts';
import type { GuestConfiguration } from '../../src/vmm/guests.ts';
import { createHostedMachine, type HostedMachineConfiguration } from '../../src/vmm/hosted-machine.ts';
import type { HostedVmm } from '../../src/vmm/vmm.ts';
import type { TinyGuest } from './tiny-guest.ts';

const mebibyte = 0x10_0000;

/** A machine with tiny guests, and what their consoles printed. */
export class Laboratory {
  readonly machine: Machine;
  readonly vmm: HostedVmm;
  readonly #printed = new Map<string, string>();

  constructor(
    guests: Readonly<
      Record<string, TinyGuest | (Partial<GuestConfiguration> & { readonly guest: TinyGuest })>
    >,
    options: Omit<HostedMachineConfiguration, 'guests' | 'output'> = {},
  ) {
    const { machine, vmm } = createHostedMachine({
      logCapacity: 1024,
      ...options,
      guests: Object.entries(guests).map(([name, configuration]) => {
        const { guest, ...rest } = 'guest' in configuration ? configuration : { guest: configuration };
        return { name, memoryBytes: 6 * mebibyte, software: guest.software(), ...rest };
      }),
      output: (port, byte) =>
        this.#printed.set(port, (this.#printed.get(port) ?? '') + String.fromCharCode(byte)),
    });
    this.machine = machine;
    this.vmm = vmm;
  }

  printed(guest: string): string {
    return this.#printed.get(guest) ?? '';
  }

  /** Runs until all guests have ended; fails where that takes more than `budget` steps. */
  runToEnd(budget = 1_000_000): number {
    const stop = this.machine.run({ budget });
    assert.equal(stop.kind, 'exit', `stopped by ${JSON.stringify(stop, replacer)}`);
    return stop.kind === 'exit' ? stop.code : -1;
  }

  run(budget: number): MachineStop {
    return this.machine.run({ budget });
  }

  /** Counts of exits by reason. */
  reasons(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.vmm.statistics.by(({ reason }) => reason).map(({ key, count }) => [key, count]),
    );
  }
}

function replacer(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `0x${value.toString(16)}` : value;
}
