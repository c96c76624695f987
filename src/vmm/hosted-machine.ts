import { assert, StrataError } from '../common/errors.ts';
import { timebaseHertz, type MachineConfiguration } from '../machine/configuration.ts';
import { createMachine, type Machine } from '../machine/machine.ts';
import { ramNeeded } from './guests.ts';
import { HostedVmm, type VmmOptions } from './vmm.ts';

/** A machine with the hosted VMM in HS mode, and guests above it. */
export interface HostedMachineConfiguration
  extends
    Pick<VmmOptions, 'guests' | 'intercept' | 'logCapacity'>,
    Pick<MachineConfiguration, 'clockHertz' | 'isa' | 'input' | 'output' | 'engine'> {
  /** Steps that a vCPU runs before others get their turn; 100,000 unless told. */
  readonly sliceSteps?: number;
}

/**
 * Makes a machine with RAM enough for the guests and for what the VMM needs to run them, and powers it on. Consoles
 * and input ports have the guests' names. Throws a `StrataError` where the configuration cannot be.
 */
export function createHostedMachine(configuration: HostedMachineConfiguration): {
  readonly machine: Machine;
  readonly vmm: HostedVmm;
} {
  const { guests, intercept, logCapacity, sliceSteps = 100_000, clockHertz = 100_000_000 } = configuration;
  const { isa, input, output, engine } = configuration;
  const needed = ramNeeded(guests);
  if (needed > largestRam) {
    throw new StrataError(
      'guests-too-large',
      'user',
      `The guests need ${Math.ceil(needed / mebibyte)} MiB of RAM together, with what the VMM needs to run them; a machine has at most ${largestRam / mebibyte} MiB: take ${Math.ceil((needed - largestRam) / mebibyte)} MiB of their memory away, or run a single guest on the bare machine (vmm "none").`,
    );
  }
  let vmm: HostedVmm | undefined;
  const machine = createMachine({
    clockHertz,
    ramBytes: Math.max(smallestRam, Math.ceil(needed / mebibyte) * mebibyte),
    ...(isa && { isa }),
    ...(input && { input }),
    ...(output && { output }),
    ...(engine && { engine }),
    supervisor: (host) => {
      vmm = new HostedVmm(host, {
        guests,
        sliceTicks: BigInt(Math.max(1, Math.round((sliceSteps * timebaseHertz) / clockHertz))),
        ...(intercept && { intercept }),
        ...(logCapacity !== undefined && { logCapacity }),
      });
      return vmm;
    },
  });
  assert(vmm !== undefined, 'the machine makes its supervisor');
  return { machine, vmm };
}

const mebibyte = 0x10_0000;
const smallestRam = 16 * mebibyte;
const largestRam = 2048 * mebibyte;
