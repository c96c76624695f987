import type { Clock } from '../hart/clock.ts';
import type { Region } from './bus.ts';
import { GoldfishRtc } from './devices/goldfish-rtc.ts';
import { VirtioMmio } from './devices/virtio-mmio.ts';
import { virtioSlotCount, virtMemoryMap } from './memory-map.ts';
import type { HostFolder } from './host-folder.ts';
import { Virtio9p } from './virtio/9p/virtio-9p.ts';
import { VirtioBlock, type DiskOptions } from './virtio/block/virtio-block.ts';
import type { DirectMemory } from './virtio/direct-memory.ts';
import { VirtioNet } from './virtio/net/virtio-net.ts';
import type { NetworkCard, NetworkConfiguration } from './network/create-networks.ts';
import { VirtioConsole } from './virtio/virtio-console.ts';
import { VirtioEntropy } from './virtio/virtio-entropy.ts';
import type { VirtioFunction } from './virtio/virtio-function.ts';
import { StrataError } from '../common/errors.ts';

/** What a machine or a guest has beyond what every board has. */
export interface PeripheralsConfiguration {
  /** Disks, plugged into the first slots: the first one is at 0x10001000. */
  readonly disks?: readonly DiskOptions[];
  /** Seed of the entropy device; none where it is left out. */
  readonly randomSeed?: number;
  /** The network that it has a card for; no card where it is left out. */
  readonly network?: NetworkConfiguration;
  /** Folders of the host, each by its tag (9P). */
  readonly shares?: readonly {
    readonly tag: string;
    readonly folder: HostFolder;
    readonly access: 'read-write' | 'read-only';
  }[];
  /** A console beside the UART: `hvc0` of Linux. */
  readonly console?: 'virtio';
  /** What the real-time clock shows at power-on: nanoseconds since 1970. */
  readonly clockStart?: bigint;
}

/** The name of the virtio console, for those who read and type. */
export const virtioConsolePort = 'hvc0';

/** The input port by which the host's end of a network comes in. */
export const networkInputPort = 'network';

/** What peripherals are wired to. */
export interface PeripheralsWiring {
  readonly configuration: PeripheralsConfiguration;
  /** Its place at the network that the configuration names. */
  readonly card: NetworkCard | undefined;
  /** RAM as the board's software addresses it, for a device of this name. */
  readonly memoryFor: (device: string) => DirectMemory;
  /** The board's time, in ticks. */
  readonly clock: Clock;
  /** The line of a source of the board's PLIC. */
  readonly setLine: (source: number, raised: boolean) => void;
  /** A byte goes out on the virtio console. */
  readonly output: (byte: number) => void;
  /** The alarm of the real-time clock is due at another time. */
  readonly alarmChanged: () => void;
}

/** Peripherals at their places on a board: the bare machine's, or a guest's. */
export interface Peripherals {
  readonly regions: readonly Region[];
  readonly rtc: GoldfishRtc;
  /** Where the configuration has one. */
  readonly console: VirtioConsole | undefined;
}

/** 2026-01-01T00:00:00Z: a run that nobody gave a time shows the same every time. */
const defaultClockStart = 1_767_225_600_000_000_000n;
/** Of a tick of the 10 MHz timebase. */
export const nanosecondsPerTick = 100n;

/** Makes the real-time clock, and the virtio slots with what is plugged into them. */
export function createPeripherals(wiring: PeripheralsWiring): Peripherals {
  const { configuration, memoryFor, clock, setLine, alarmChanged } = wiring;
  const { base, size, interrupt } = virtMemoryMap.rtc;
  const rtc = new GoldfishRtc({
    now: () => clock.ticks() * nanosecondsPerTick,
    start: configuration.clockStart ?? defaultClockStart,
    interrupt: (raised) => setLine(interrupt, raised),
    alarmChanged,
  });
  const nowSeconds = (): number => Number(rtc.time / 1_000_000_000n);
  const plugged = createFunctions(wiring, nowSeconds);
  const slots = Array.from({ length: virtioSlotCount }, (_, slot): Region => {
    const source = virtMemoryMap.virtio.interrupt + slot;
    const name = `virtio${slot}`;
    return {
      name,
      base: virtMemoryMap.virtio.base + slot * virtMemoryMap.virtio.size,
      size: virtMemoryMap.virtio.size,
      interrupt: source,
      device: new VirtioMmio({
        memory: memoryFor(`${name} (${plugged[slot]?.model ?? 'nothing'})`),
        interrupt: (raised) => setLine(source, raised),
        plugged: plugged[slot],
      }),
    };
  });
  return {
    regions: [{ name: 'rtc', base, size, interrupt, device: rtc }, ...slots],
    rtc,
    console: plugged.find((each) => each instanceof VirtioConsole),
  };
}

function createFunctions(
  { configuration, card, output }: PeripheralsWiring,
  nowSeconds: () => number,
): readonly VirtioFunction[] {
  const { disks = [], shares = [], randomSeed } = configuration;
  const functions = [
    ...disks.map((disk) => new VirtioBlock(disk)),
    ...(randomSeed === undefined ? [] : [new VirtioEntropy({ seed: randomSeed })]),
    ...(card ? [new VirtioNet(card)] : []),
    ...(configuration.console === 'virtio' ? [new VirtioConsole({ output })] : []),
    ...shares.map((share) => new Virtio9p({ ...share, nowSeconds })),
  ];
  if (functions.length > virtioSlotCount) {
    throw new StrataError(
      'too-many-devices',
      'user',
      `${functions.length} virtio devices: a machine has ${virtioSlotCount} slots for them.`,
    );
  }
  return functions;
}
