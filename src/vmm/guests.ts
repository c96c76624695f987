import { StrataError } from '../common/errors.ts';
import { isaOf, type Isa } from '../isa/configuration/isa.ts';
import type { Hart } from '../hart/hart.ts';
import { timebaseHertz } from '../machine/configuration.ts';
import type { SupervisorHost } from '../machine/hosted-supervisor.ts';
import { virtMemoryMap } from '../machine/memory-map.ts';
import { createNetworks } from '../machine/network/create-networks.ts';
import type { PeripheralsConfiguration } from '../machine/peripherals.ts';
import { Guest } from './guest.ts';
import type { GuestSoftware } from './guest-boot.ts';
import { type Frames, frameSize, megapageSize } from './memory/frames.ts';
import { GuestMemory } from './memory/guest-memory.ts';
import { SecondStage } from './memory/second-stage.ts';
import { Vcpu } from './vcpu.ts';

/** A guest to be made. */
export interface GuestConfiguration {
  /** Unique among the guests; its console's name, too. */
  readonly name: string;
  readonly software: GuestSoftware;
  /** Bytes of guest RAM, whole 4 KiB frames; 128 MiB unless told. */
  readonly memoryBytes?: number;
  /** 1 unless told. */
  readonly vcpus?: number;
  /** When frames are given to it: all at the start (unless told), or each when it is first touched. */
  readonly population?: 'at-start' | 'on-demand';
  /** Disks and other devices beyond those that every guest has. */
  readonly peripherals?: PeripheralsConfiguration;
}

/** Makes the guests. They have no memory before they are created at power-on (`Guest.create`). */
export function makeGuests(
  host: SupervisorHost,
  hart: Hart,
  frames: Frames,
  configurations: readonly GuestConfiguration[],
  scheduleChanged: () => void,
): readonly Guest[] {
  requireDistinct(configurations);
  const { memory, physical, clock } = host;
  const cards = createNetworks(
    configurations.map(({ name, peripherals }) => ({ name, configuration: peripherals?.network })),
  );
  let index = 0;
  return configurations.map((configuration, number) => {
    const tables = new SecondStage({ memory, frames, guest: number });
    const guestMemory = new GuestMemory({
      base: virtMemoryMap.ram.base,
      size: configuration.memoryBytes ?? defaultMemoryBytes,
      guest: number,
      frames,
      tables,
      physical,
    });
    const vcpus = Array.from(
      { length: configuration.vcpus ?? 1 },
      (_, id) => new Vcpu({ id, index: index++, hart }),
    );
    const { name, software, population = 'at-start' } = configuration;
    const virtualHarts = { isa: guestIsa(host.isa), timebaseHertz };
    return new Guest({
      number,
      name,
      memory: guestMemory,
      tables,
      vcpus,
      software,
      population,
      peripherals: configuration.peripherals ?? {},
      card: cards[number],
      virtualHarts,
      hart,
      physical,
      clock,
      scheduleChanged,
    });
  });
}

const defaultMemoryBytes = 128 * 0x10_0000;

/** The machine's harts without the hypervisor extension: guests of guests are not offered. */
function guestIsa(machine: Isa): Isa {
  return isaOf(machine.names.filter((name) => name !== 'H'));
}

/** Bytes of RAM that a machine needs for these guests, their page tables and the VMM. */
export function ramNeeded(configurations: readonly GuestConfiguration[]): number {
  const guestBytes = configurations.map(({ memoryBytes = defaultMemoryBytes }) => memoryBytes);
  const whole = guestBytes.reduce((sum, bytes) => sum + alignUp(bytes, megapageSize), 0);
  // A root, and for each table below it at most one for a begun GiB and one for a begun megapage.
  const tables = guestBytes.reduce((sum, bytes) => sum + (8 + Math.ceil(bytes / 2 ** 30)) * frameSize, 0);
  return whole + alignUp(frameSize + tables, megapageSize);
}

function requireDistinct(configurations: readonly GuestConfiguration[]): void {
  if (configurations.length === 0) throw invalid('There is no guest to run: name one at least.');
  const names = new Set<string>();
  for (const { name, memoryBytes = defaultMemoryBytes, vcpus = 1 } of configurations) {
    if (names.has(name)) throw invalid(`Two guests are called ${name}: give each a name of its own.`);
    names.add(name);
    if (taken.has(name))
      throw invalid(`${name} is a console of the machine itself: call the guest something else.`);
    if (memoryBytes < megapageSize || memoryBytes % frameSize !== 0) {
      throw invalid(
        `Guest ${name} has ${memoryBytes} bytes of memory: give it 2 MiB or more, in whole 4 KiB.`,
      );
    }
    if (!Number.isInteger(vcpus) || vcpus < 1 || vcpus > 8) {
      throw invalid(`Guest ${name} has ${vcpus} vCPUs: a guest has 1 to 8.`);
    }
  }
}

/** Ports of the machine, among which guests' consoles are. */
const taken = new Set(['uart0', 'htif']);

function invalid(message: string): StrataError {
  return new StrataError('invalid-guests', 'user', message);
}

function alignUp(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
