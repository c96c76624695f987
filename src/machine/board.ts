import type { Breakpoints } from '../hart/breakpoints.ts';
import type { Hart } from '../hart/hart.ts';
import { MemoryHash } from '../hart/engine/memory-hash.ts';
import { createHarts, type Harts } from '../hart/harts.ts';
import type { HostedLevels } from '../hart/hosted.ts';
import { createMachineMemory } from '../hart/layout.ts';
import type { MachineMemory } from '../hart/memory.ts';
import { PhysicalMemory } from '../hart/physical-memory.ts';
import { interruptCode } from '../hart/trap.ts';
import { AddressMap, type Region } from './bus.ts';
import { timebaseHertz, type CheckedConfiguration } from './configuration.ts';
import { Clint } from './devices/clint.ts';
import type { GoldfishRtc } from './devices/goldfish-rtc.ts';
import { Htif } from './devices/htif.ts';
import { Ns16550a } from './devices/ns16550a.ts';
import { Plic, type PlicContext } from './devices/plic.ts';
import { TestFinisher, type FinisherRequest } from './devices/test-finisher.ts';
import { MachineClock } from './machine-clock.ts';
import { virtMemoryMap, virtPlicSources } from './memory-map.ts';
import { createNetworks, type NetworkCard } from './network/create-networks.ts';
import { createPeripherals, virtioConsolePort } from './peripherals.ts';
import type { VirtioConsole } from './virtio/virtio-console.ts';
import { machineMemory } from './virtio/direct-memory.ts';

/** The parts of a machine, wired as on QEMU's `virt` board. */
export interface Board {
  readonly memory: MachineMemory;
  readonly memoryHash: MemoryHash;
  readonly physical: PhysicalMemory;
  readonly harts: readonly Hart[];
  readonly breakpoints: Breakpoints;
  readonly translation: Harts['translation'];
  readonly clock: MachineClock;
  readonly bus: AddressMap;
  readonly uart: Ns16550a;
  readonly clint: Clint;
  readonly plic: Plic;
  readonly rtc: GoldfishRtc;
  readonly virtioConsole: VirtioConsole | undefined;
  /** Its place at a network. */
  readonly card: NetworkCard | undefined;
  readonly finisher: TestFinisher;
  /** Where the image has the words for it. */
  readonly htif: Htif | undefined;
}

/** What the parts ask of the machine. */
export interface BoardRequests {
  readonly output: (port: string, byte: number) => void;
  readonly finish: (request: FinisherRequest) => void;
  readonly exitByHtif: (code: number) => void;
  /** mtime, an mtimecmp or an alarm was written: the time of the next timer interrupt may be another. */
  readonly timersChanged: () => void;
}

/** Makes the parts and wires them; `hosted` is what harts ask for as they run. */
export function createBoard(
  configuration: CheckedConfiguration,
  hosted: HostedLevels,
  requests: BoardRequests,
): Board {
  const { isa, harts: hartCount, ramBytes, clockHertz, engine } = configuration;
  // Wires lead from devices to harts, which are made last, because they need the bus.
  let harts: readonly Hart[] = [];
  const setLine = (hart: number, code: number, raised: boolean): void =>
    harts[hart]?.setInterruptLine(code, raised ? 1 : 0);
  const clock = new MachineClock({
    steps: () => {
      let steps = 0;
      for (const { state } of harts) steps += state.steps;
      return steps;
    },
    stepsPerTick: clockHertz / timebaseHertz,
  });
  const plic = new Plic({
    sources: virtPlicSources,
    contexts: plicContexts(hartCount),
    externalInterrupt: ({ hart, level }, raised) =>
      setLine(hart, level === 'M' ? interruptCode.machineExternal : interruptCode.supervisorExternal, raised),
  });
  const clint = new Clint({
    harts: hartCount,
    clock,
    setTime: (ticks) => {
      clock.setTicks(ticks);
      requests.timersChanged();
    },
    softwareInterrupt: (hart, raised) => setLine(hart, interruptCode.machineSoftware, raised),
    timerInterrupt: (hart, raised) => setLine(hart, interruptCode.machineTimer, raised),
    comparisonChanged: requests.timersChanged,
  });
  const uart = new Ns16550a({
    interrupt: (raised) => plic.setLine(virtMemoryMap.uart0.interrupt, raised),
    output: (byte) => requests.output('uart0', byte),
  });
  const finisher = new TestFinisher({ request: requests.finish });
  const memory = createMachineMemory({
    harts: hartCount,
    ramBase: virtMemoryMap.ram.base,
    ramSize: ramBytes,
    ...(engine === 'reference' && { predecodedPages: 0 }),
  });
  const regions: Region[] = [
    { name: 'finisher', ...virtMemoryMap.finisher, device: finisher },
    { name: 'clint', ...virtMemoryMap.clint, device: clint },
    { name: 'plic', ...virtMemoryMap.plic, device: plic },
    { name: 'uart0', ...virtMemoryMap.uart0, device: uart },
  ];
  // Devices reach memory, and memory what is on the bus.
  let bus = new AddressMap(regions);
  const physical = new PhysicalMemory({
    memory,
    bus: {
      load: (address, size) => bus.load(address, size),
      store: (address, size, value) => bus.store(address, size, value),
    },
  });
  const [card] = createNetworks([{ name: 'machine', configuration: configuration.peripherals?.network }]);
  const {
    regions: peripherals,
    rtc,
    console: virtioConsole,
  } = createPeripherals({
    configuration: configuration.peripherals ?? {},
    card,
    memoryFor: (device) => machineMemory(physical, device),
    clock,
    setLine: (source, raised) => plic.setLine(source, raised),
    output: (byte) => requests.output(virtioConsolePort, byte),
    alarmChanged: requests.timersChanged,
  });
  bus = new AddressMap([...regions, ...peripherals]);
  const created = createHarts({ isa, memory, physical, clock, hosted, engine });
  harts = created.harts;
  const htif = createHtif(configuration, physical, requests);
  if (htif) created.watchStores(Number(htif.toHost));
  return {
    memory,
    memoryHash: new MemoryHash(memory.wasm),
    physical,
    harts,
    breakpoints: created.breakpoints,
    translation: created.translation,
    clock,
    bus,
    uart,
    clint,
    plic,
    rtc,
    virtioConsole,
    card,
    finisher,
    htif,
  };
}

function plicContexts(harts: number): readonly PlicContext[] {
  return Array.from({ length: harts }, (_, hart): PlicContext[] => [
    { hart, level: 'M' },
    { hart, level: 'S' },
  ]).flat();
}

function createHtif(
  { image }: CheckedConfiguration,
  physical: PhysicalMemory,
  requests: BoardRequests,
): Htif | undefined {
  // A symbol of that name that is no word of RAM (a virtual address, say) is something else.
  if (!image.htif || !physical.isRam(Number(image.htif.toHost), 8)) return undefined;
  const { toHost, fromHost } = image.htif;
  const htif = new Htif({
    toHost,
    fromHost,
    readWord: (address) => {
      const at = Number(address);
      return physical.isRam(at, 8) ? (physical.load(at, 8) ?? 0n) : 0n;
    },
    writeWord: (address, value) => {
      if (physical.isRam(Number(address), 8)) physical.store(Number(address), 8, value);
    },
    output: (byte) => requests.output('htif', byte),
    exit: requests.exitByHtif,
  });
  return htif;
}
