import assert from 'node:assert/strict';
import type { Machine } from '../../src/machine/machine.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import type { HostedVmm } from '../../src/vmm/vmm.ts';
import { loadSample } from './sample-image.ts';

const kernel = loadSample('kernel/build/pebble.elf');

/** Sample kernels side by side, in 16 MiB each, and what their consoles printed. */
export interface SideBySide {
  readonly machine: Machine;
  readonly vmm: HostedVmm;
  /** By the guest's name; without returns. */
  readonly printed: (guest: string) => string;
  /** Runs until this guest has ended. */
  readonly runToEndOf: (guest: string) => void;
}

/** Starts a guest for each name, with this command line. */
export function startSideBySide(guests: Readonly<Record<string, string>>): SideBySide {
  const printed = new Map(Object.keys(guests).map((name) => [name, '']));
  const { machine, vmm } = createHostedMachine({
    guests: Object.entries(guests).map(([name, bootArguments]) => ({
      name,
      memoryBytes: 16 * 0x10_0000,
      software: { image: kernel, bootArguments },
    })),
    output: (port, byte) => printed.set(port, (printed.get(port) ?? '') + String.fromCharCode(byte)),
  });
  return {
    machine,
    vmm,
    printed: (guest) => (printed.get(guest) ?? '').replaceAll('\r', ''),
    runToEndOf: (name) => {
      const hasEnded = (): boolean =>
        vmm.guests.some((guest) => guest.name === name && guest.exitCode !== undefined);
      while (!hasEnded()) {
        assert.ok(machine.steps < mostSteps, `${name} ends`);
        machine.run({ budget: 500_000 });
      }
    },
  };
}

/** More than any of these guests needs. */
const mostSteps = 500_000_000;
