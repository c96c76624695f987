import type { Clock } from '../hart/clock.ts';
import { AddressMap } from '../machine/bus.ts';
import { Clint } from '../machine/devices/clint.ts';
import { Ns16550a } from '../machine/devices/ns16550a.ts';
import { Plic } from '../machine/devices/plic.ts';
import { TestFinisher, type FinisherRequest } from '../machine/devices/test-finisher.ts';
import { virtMemoryMap, virtPlicSources } from '../machine/memory-map.ts';
import type { NetworkCard } from '../machine/network/create-networks.ts';
import { createPeripherals, type PeripheralsConfiguration } from '../machine/peripherals.ts';
import type { VirtioConsole } from '../machine/virtio/virtio-console.ts';
import type { DirectMemory } from '../machine/virtio/direct-memory.ts';
import type { GoldfishRtc } from '../machine/devices/goldfish-rtc.ts';

/** The virtual devices of a guest, at the addresses where the bare machine has its own. */
export interface GuestBoard {
  readonly bus: AddressMap;
  readonly uart: Ns16550a;
  readonly rtc: GoldfishRtc;
  readonly virtioConsole: VirtioConsole | undefined;
}

/** What the virtual devices are wired to. */
export interface GuestBoardWiring {
  /** Hart ids of the guest, from 0. */
  readonly harts: number;
  /** The guest's own time, in ticks. */
  readonly clock: Clock;
  /** It writes mtime. */
  readonly setTime: (ticks: bigint) => void;
  /** The supervisor external interrupt of a vCPU changed. */
  readonly externalInterrupt: (hart: number, raised: boolean) => void;
  /** A byte went out on the serial line. */
  readonly output: (byte: number) => void;
  /** A byte went out on the virtio console. */
  readonly virtioOutput: (byte: number) => void;
  /** The guest asked the finisher to power it off or reset it. */
  readonly power: (request: FinisherRequest) => void;
  /** The guest's RAM, by guest-physical address, for a device of this name. */
  readonly memoryFor: (device: string) => DirectMemory;
  readonly peripherals: PeripheralsConfiguration;
  readonly card: NetworkCard | undefined;
  /** The alarm of the guest's clock is due at another time. */
  readonly alarmChanged: () => void;
}

/** Builds the devices of a guest: the same classes as the machine's, each guest its own. */
export function createGuestBoard(wiring: GuestBoardWiring): GuestBoard {
  const { finisher, clint, plic, uart0 } = virtMemoryMap;
  const interrupts = new Plic({
    sources: virtPlicSources,
    contexts: Array.from({ length: wiring.harts }, (_, hart) => [
      { hart, level: 'M' } as const,
      { hart, level: 'S' } as const,
    ]).flat(),
    // A guest has no M mode: what its PLIC says there reaches nobody.
    externalInterrupt: ({ hart, level }, raised) => {
      if (level === 'S') wiring.externalInterrupt(hart, raised);
    },
  });
  const uart = new Ns16550a({
    interrupt: (raised) => interrupts.setLine(uart0.interrupt, raised),
    output: wiring.output,
  });
  const {
    regions,
    rtc,
    console: virtioConsole,
  } = createPeripherals({
    configuration: wiring.peripherals,
    card: wiring.card,
    memoryFor: wiring.memoryFor,
    clock: wiring.clock,
    setLine: (source, raised) => interrupts.setLine(source, raised),
    output: wiring.virtioOutput,
    alarmChanged: wiring.alarmChanged,
  });
  const bus = new AddressMap([
    ...regions,
    {
      name: 'finisher',
      base: finisher.base,
      size: finisher.size,
      device: new TestFinisher({ request: wiring.power }),
    },
    {
      name: 'clint',
      base: clint.base,
      size: clint.size,
      // Its interrupts are M mode's: a kernel can read the time here, and no more.
      device: new Clint({
        harts: wiring.harts,
        clock: wiring.clock,
        setTime: wiring.setTime,
        softwareInterrupt: () => {},
        timerInterrupt: () => {},
        comparisonChanged: () => {},
      }),
    },
    { name: 'plic', base: plic.base, size: plic.size, device: interrupts },
    { name: 'uart0', base: uart0.base, size: uart0.size, device: uart, interrupt: uart0.interrupt },
  ]);
  return { bus, uart, rtc, virtioConsole };
}
