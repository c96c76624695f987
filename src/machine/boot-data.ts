import type { Board } from './board.ts';
import { timebaseHertz, type CheckedConfiguration } from './configuration.ts';
import { describeBoard } from './device-tree.ts';
import { flattenDeviceTree } from './flattened-device-tree.ts';
import { placeBootData, type MachineImage, type Placement } from './image.ts';

/** What the harts' registers say at power-on. */
export interface BootRegisters {
  /** a1: the device tree. */
  readonly deviceTree: bigint;
  /** a2: where OpenSBI's `fw_dynamic` finds what to start next. */
  readonly nextStage: bigint;
}

/** Puts image, firmware, initrd and device tree into RAM, which is all zero. */
export function loadBootData(board: Board, configuration: CheckedConfiguration): BootRegisters {
  const { isa, image, firmware, initrd, bootArguments, kaslrSeed, harts, ramBytes } = configuration;
  const ram = { base: board.memory.ramBase, size: ramBytes };
  const tree = (initrdPlace?: Placement): Uint8Array =>
    flattenDeviceTree(
      describeBoard({
        harts,
        isa,
        timebaseHertz,
        ram,
        regions: board.bus.regions,
        ...(bootArguments !== undefined && { bootArguments }),
        ...(kaslrSeed !== undefined && { kaslrSeed }),
        ...(initrdPlace && { initrd: initrdPlace }),
      }),
    );
  // Where the initrd lies changes no length, so a first writing tells how long the tree is.
  const treeBytes = align8(tree(initrd && { base: 0, size: 0 }).length);
  const places = placeBootData({
    image,
    ram,
    deviceTreeBytes: treeBytes + nextStageBytes,
    initrdBytes: initrd?.length,
  });
  const { base } = places.deviceTree;
  const poke = (address: number, bytes: Uint8Array): number => board.physical.poke(address, bytes);
  const programs: readonly MachineImage[] = typeof firmware === 'string' ? [image] : [firmware, image];
  for (const { segments } of programs) {
    for (const { address, bytes } of segments) board.physical.loadFile(Number(address), bytes);
  }
  if (initrd && places.initrd) board.physical.loadFile(places.initrd.base, initrd);
  poke(base, tree(places.initrd));
  poke(base + treeBytes, nextStage(image.entry));
  return { deviceTree: BigInt(base), nextStage: BigInt(base + treeBytes) };
}

const nextStageBytes = 48;
/** "OSBI" */
const nextStageMagic = 0x4942_534fn;
const supervisorMode = 1n;

/** OpenSBI's `fw_dynamic_info`, version 2: magic, version, address, mode, options, boot hart. */
function nextStage(entry: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(nextStageMagic, 2n, entry, supervisorMode, 0n, 0n).buffer);
}

function align8(length: number): number {
  return Math.ceil(length / 8) * 8;
}
