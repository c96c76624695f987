import type { Isa } from '../isa/configuration/isa.ts';
import { interruptCode } from '../hart/trap.ts';
import type { Region } from './bus.ts';
import { Clint } from './devices/clint.ts';
import { Ns16550a } from './devices/ns16550a.ts';
import { Plic } from './devices/plic.ts';
import { TestFinisher } from './devices/test-finisher.ts';
import { VirtioMmio } from './devices/virtio-mmio.ts';
import { cells64, type DeviceTreeNode, type DeviceTreeValue } from './flattened-device-tree.ts';

/** What a device tree tells a guest. */
export interface BoardDescription {
  /** Number of harts, with ids from 0. */
  readonly harts: number;
  /** The instruction set of the harts, of which `mmu-type` is part. */
  readonly isa: Isa;
  readonly timebaseHertz: number;
  readonly ram: { readonly base: number; readonly size: number };
  readonly regions: readonly Region[];
  /** The kernel's command line. */
  readonly bootArguments?: string;
  /** `kaslr-seed` of the device tree: Linux chooses by it where it runs. Without one it runs where it was linked. */
  readonly kaslrSeed?: bigint;
  readonly initrd?: { readonly base: number; readonly size: number };
}

const phandle = {
  plic: 1,
  finisher: 2,
  /** The interrupt controller within hart n has this plus n. */
  firstHart: 3,
} as const;

/** QEMU's input clock of the UART, in hertz; guests compute the divisor from it. */
const uartClockHertz = 3_686_400;

/** The device tree of a board in the manner of QEMU's `virt`: for the machine and for guests of the VMM. */
export function describeBoard(board: BoardDescription): DeviceTreeNode {
  const serial = board.regions.find(({ device }) => device instanceof Ns16550a);
  return {
    name: '',
    properties: {
      '#address-cells': [2],
      '#size-cells': [2],
      compatible: 'riscv-virtio',
      model: 'riscv-virtio,strata',
    },
    children: [
      chosen(board, serial && `/soc/${nodeName(serial)}`),
      {
        name: `memory@${board.ram.base.toString(16)}`,
        properties: {
          device_type: 'memory',
          reg: [...cells64(board.ram.base), ...cells64(board.ram.size)],
        },
      },
      cpus(board),
      ...powerNodes(board.regions),
      {
        name: 'soc',
        properties: { '#address-cells': [2], '#size-cells': [2], compatible: 'simple-bus', ranges: true },
        children: board.regions.map((region) => deviceNode(region, board)),
      },
    ],
  };
}

function chosen(board: BoardDescription, console: string | undefined): DeviceTreeNode {
  const { initrd, bootArguments, kaslrSeed } = board;
  return {
    name: 'chosen',
    properties: {
      ...(bootArguments !== undefined && { bootargs: bootArguments }),
      ...(console !== undefined && { 'stdout-path': console }),
      ...(kaslrSeed !== undefined && {
        'kaslr-seed': [Number(kaslrSeed >> 32n), Number(BigInt.asUintN(32, kaslrSeed))],
      }),
      'rng-seed': rngSeed,
      ...(initrd && {
        'linux,initrd-start': cells64(initrd.base),
        'linux,initrd-end': cells64(initrd.base + initrd.size),
      }),
    },
  };
}

/**
 * Without it Linux never has its source of random numbers ready, and computes each of them anew: nearly a fifth of the
 * instructions of its boot. The same in every machine, as all else that is not configured: what is random here is for
 * nobody's secrets.
 */
const rngSeed: readonly number[] = [
  0x8f1b_62d3, 0x24c7_0ae9, 0xd35e_9b14, 0x6a80_f7c5, 0x19e4_5d2b, 0xb7c3_8e60, 0x42f9_1da7, 0xec06_73b8,
];

function cpus(board: BoardDescription): DeviceTreeNode {
  return {
    name: 'cpus',
    properties: { '#address-cells': [1], '#size-cells': [0], 'timebase-frequency': [board.timebaseHertz] },
    children: hartIds(board).map((hart) => ({
      name: `cpu@${hart.toString(16)}`,
      properties: {
        device_type: 'cpu',
        reg: [hart],
        status: 'okay',
        compatible: 'riscv',
        'riscv,isa': board.isa.text,
        'riscv,isa-base': 'rv64i',
        'riscv,isa-extensions': board.isa.names.map((name) => name.toLowerCase()),
        ...cacheBlockSizes(board.isa),
        'mmu-type': `riscv,${widestTranslation(board.isa)}`,
      },
      children: [
        {
          name: 'interrupt-controller',
          properties: {
            '#interrupt-cells': [1],
            'interrupt-controller': true,
            compatible: 'riscv,cpu-intc',
            phandle: [phandle.firstHart + hart],
          },
        },
      ],
    })),
  };
}

/** Zic64b. */
function cacheBlockSizes(isa: Isa): Readonly<Record<string, DeviceTreeValue>> {
  return {
    ...(isa.has('Zicbom') && { 'riscv,cbom-block-size': [64] }),
    ...(isa.has('Zicbop') && { 'riscv,cbop-block-size': [64] }),
    ...(isa.has('Zicboz') && { 'riscv,cboz-block-size': [64] }),
  };
}

/** `mmu-type` names the largest of the page-table schemes, each of which includes the smaller ones. */
function widestTranslation({ names }: Isa): string {
  return (
    names
      .filter((name) => /^Sv\d+$/.test(name))
      .toSorted()
      .at(-1) ?? 'none'
  ).toLowerCase();
}

/** How an operating system powers off and reboots: values written to the finisher. */
function powerNodes(regions: readonly Region[]): readonly DeviceTreeNode[] {
  if (!regions.some(({ device }) => device instanceof TestFinisher)) return [];
  return [syscon('poweroff', 0x5555), syscon('reboot', 0x7777)];
}

function syscon(name: string, value: number): DeviceTreeNode {
  return {
    name,
    properties: { value: [value], offset: [0], regmap: [phandle.finisher], compatible: `syscon-${name}` },
  };
}

function deviceNode(region: Region, board: BoardDescription): DeviceTreeNode {
  return {
    name: nodeName(region),
    properties: {
      compatible: region.device.compatible,
      reg: [...cells64(region.base), ...cells64(region.size)],
      ...(region.interrupt !== undefined && {
        interrupts: [region.interrupt],
        'interrupt-parent': [phandle.plic],
      }),
      ...particulars(region, board),
    },
  };
}

/** What a device's binding asks for beyond `compatible`, `reg` and `interrupts`. */
function particulars(region: Region, board: BoardDescription): Readonly<Record<string, DeviceTreeValue>> {
  const { device } = region;
  if (device instanceof Ns16550a) return { 'clock-frequency': [uartClockHertz] };
  if (device instanceof TestFinisher) return { phandle: [phandle.finisher] };
  if (device instanceof Clint) {
    const { machineSoftware, machineTimer } = interruptCode;
    return {
      'interrupts-extended': hartIds(board).flatMap((hart) => [
        phandle.firstHart + hart,
        machineSoftware,
        phandle.firstHart + hart,
        machineTimer,
      ]),
    };
  }
  if (device instanceof Plic) {
    return {
      phandle: [phandle.plic],
      '#address-cells': [0],
      '#interrupt-cells': [1],
      'interrupt-controller': true,
      'riscv,ndev': [device.sources],
      'interrupts-extended': device.contexts.flatMap(({ hart, level }) => [
        phandle.firstHart + hart,
        level === 'M' ? interruptCode.machineExternal : interruptCode.supervisorExternal,
      ]),
    };
  }
  return {};
}

const nodeNames: Readonly<Record<string, string>> = {
  ns16550a: 'serial',
  'sifive-test': 'test',
  'goldfish-rtc': 'rtc',
};

/** Devicetree Specification 2.2.2: the name says what kind of device it is, the unit address where. */
function nodeName({ device, base }: Region): string {
  const name = device instanceof VirtioMmio ? 'virtio_mmio' : (nodeNames[device.model] ?? device.model);
  return `${name}@${base.toString(16)}`;
}

function hartIds({ harts }: BoardDescription): readonly number[] {
  return Array.from({ length: harts }, (_, hart) => hart);
}
