import type { Hart } from '../hart/hart.ts';
import type { Board } from './board.ts';
import { loadBootData } from './boot-data.ts';
import type { CheckedConfiguration } from './configuration.ts';
import type { BuiltinFirmware } from './firmware/builtin-firmware.ts';

/**
 * Puts every part of a board into its first state and loads what is to run. The steps of the harts go on: a
 * reboot is part of history. RAM is zeroed unless it `isNew`: new memory is zero already, and writing to it would
 * make the host provide all of it.
 */
export function powerOn(
  board: Board,
  configuration: CheckedConfiguration,
  firmware: BuiltinFirmware | undefined,
  { isNew }: { readonly isNew: boolean },
): void {
  const { harts, memory, physical, clock, bus, htif } = board;
  if (!isNew) {
    memory.ram.fill(0);
    physical.ramChanged(memory.ramBase, memory.ramSize);
  }
  for (const { device } of bus.regions) device.reset();
  htif?.reset();
  const { image, firmware: choice } = configuration;
  const { deviceTree, nextStage } = loadBootData(board, configuration);
  const entry = typeof choice === 'string' ? image.entry : choice.entry;
  for (const hart of harts) {
    resetHart(hart, entry);
    hart.state.setX(10, BigInt(hart.id));
    hart.state.setX(11, deviceTree);
    hart.state.setX(12, nextStage);
  }
  clock.reset();
  clock.setTicks(0n);
  firmware?.boot(image.entry, deviceTree);
}

function resetHart(hart: Hart, entry: bigint): void {
  const { steps, trapsTaken } = hart.state;
  hart.reset(entry);
  hart.state.steps = steps;
  hart.state.trapsTaken = trapsTaken;
  // The counters that software sees begin at zero, whatever was counted before.
  hart.csrs.poke('mcycle', 0n);
  hart.csrs.poke('minstret', 0n);
}
