import type { SavedHart } from '../hart/hart.ts';
import type { Board } from './board.ts';
import type { SavedState } from './device.ts';
import type { HtifState } from './devices/htif.ts';
import type { FirmwareState } from './firmware/machine-target.ts';
import type { RotationState } from './hart-rotation.ts';
import type { MachineClockState } from './machine-clock.ts';
import type { FinalStop } from './machine-stop.ts';
import type { StateHash } from './state-hash.ts';
import { restoreRam, saveRam, type HashedRam, type RamSnapshot } from './ram-snapshot.ts';

/** What the parts of a board hold. */
interface SavedBoard {
  readonly ram: RamSnapshot;
  readonly harts: readonly SavedHart[];
  /** By the name of their region. */
  readonly devices: Readonly<Record<string, SavedState>>;
  readonly htif: HtifState | undefined;
  readonly clock: MachineClockState;
}

/** A whole machine at one moment between two instructions: plain data, for machines of the same configuration. */
export interface SavedMachine extends SavedBoard {
  readonly rotation: RotationState;
  readonly inputPosition: number;
  readonly firmware: FirmwareState | undefined;
  readonly supervisor: SavedState | undefined;
  /** The account of exits, where one is kept of guests whose VMM is guest software. */
  readonly exits: SavedState | undefined;
  readonly ended: FinalStop | undefined;
}

/** What `Machine.save` keeps of its board; `former` as there. */
export function saveBoard(board: Board, former: SavedBoard | undefined): SavedBoard {
  const { harts, bus, htif, clock } = board;
  return {
    ram: saveRam(hashedRam(board), former?.ram),
    harts: harts.map((hart) => hart.save()),
    devices: Object.fromEntries(bus.regions.map(({ name, device }) => [name, device.save()])),
    htif: htif?.save(),
    clock: clock.save(),
  };
}

/** The inverse of `saveBoard`. */
export function restoreBoard(board: Board, saved: SavedBoard): void {
  const { memory, physical, harts, bus, htif, clock } = board;
  restoreRam(hashedRam(board), saved.ram, (offset, length) =>
    physical.ramChanged(memory.ramBase + offset, length),
  );
  harts.forEach((hart, index) => {
    const state = saved.harts[index];
    if (state) hart.restore(state);
  });
  for (const { name, device } of bus.regions) {
    const state = saved.devices[name];
    if (state !== undefined) device.restore(state);
  }
  if (saved.htif !== undefined) htif?.restore(saved.htif);
  clock.restore(saved.clock);
}

/** Takes a board's state into a hash. */
export function hashBoard(board: Board, hash: StateHash): void {
  const { memory, memoryHash, harts, bus, htif, clock } = board;
  hash.state(memoryHash.hash(memory.ramOffset, memory.ramSize));
  for (const hart of harts) hash.bytes(hart.stateBytes);
  for (const { device } of bus.regions) hash.state(device.save());
  hash.state([clock.save(), htif?.save() ?? null]);
}

function hashedRam({ memory, memoryHash, physical }: Board): HashedRam {
  return { memory, hash: memoryHash, loaded: physical.loaded.runs };
}
