import type { Hart } from '../../hart/hart.ts';
import type { TakenTrap } from '../../hart/trap.ts';
import type { SavedState } from '../../machine/device.ts';
import type { ExitObserver } from '../../machine/exit-observer.ts';
import { ExitLog } from '../exits/log.ts';
import { ExitRecord, type ExitNames } from '../exits/record.ts';
import { column, copyTrapRegisters } from '../exits/row.ts';
import { ExitStatistics, type ExitStatisticsState } from '../exits/statistics.ts';
import { decodeExit } from './decode-exit.ts';
import { guestNameOf, vmidOf, type ObservedGuest } from './observed-guest.ts';

/** An exit that software of the machine is handling, until it enters a guest on that hart again. */
interface UnderWay {
  readonly sequence: number;
  /** satp of the VMM at the exit: of a type 2 VMM the space of the process whose vCPU it is. */
  readonly root: bigint;
}

/**
 * The exits of guests whose VMM is software of the machine, in HS mode: KVM, or any other. Seen from outside, by
 * the traps that leave VS and VU mode and the SRETs that enter them, with no help from that software.
 */
export class ObservedExits implements ExitObserver {
  readonly statistics = new ExitStatistics();
  readonly #ramBase: number;
  readonly #log: ExitLog;
  readonly #guests = new Map<number, ObservedGuest>();
  readonly #underWay = new Map<number, UnderWay>();
  /** By hart: the step of its last entry into a guest. */
  readonly #entered = new Map<number, number>();

  /** `ramBase` is where the board has RAM, `logCapacity` a number of exits. */
  constructor({
    ramBase,
    logCapacity = 0x1_0000,
  }: {
    readonly ramBase: number;
    readonly logCapacity?: number;
  }) {
    this.#ramBase = ramBase;
    this.#log = new ExitLog(logCapacity);
  }

  /** Every guest that had an exit, in the order of their first. */
  get guests(): readonly ObservedGuest[] {
    return [...this.#guests.values()];
  }

  /** The exit that the VMM on a hart handles now, and the root of the space (satp) in which it began to. */
  underWay(hart: Hart): { readonly record: ExitRecord; readonly root: bigint } | undefined {
    const exit = this.#underWay.get(hart.id);
    const record = exit && this.exit(exit.sequence);
    return exit && record && { record, root: exit.root };
  }

  /** The exit with this number, if it is still held. */
  exit(sequence: number): ExitRecord | undefined {
    const row = this.#log.row(sequence);
    return row && new ExitRecord(row, names, 'unseen');
  }

  /** The newest exits that are held, newest first. */
  *newestExits(limit?: number): Generator<ExitRecord> {
    for (const row of this.#log.newest(limit)) yield new ExitRecord(row, names, 'unseen');
  }

  left(hart: Hart, { step, from }: TakenTrap): void {
    const { state } = hart;
    const row = this.#log.begin();
    const hgatp = state.getCsr('hgatp');
    const vmid = vmidOf(hgatp);
    row.setCount(column.step, step);
    row.set(column.hart, hart.id);
    row.set(column.guest, vmid);
    row.set(column.vcpu, hart.id);
    row.set(column.fromKernel, from.privilege === 1 ? 1 : 0);
    copyTrapRegisters(row, state);
    decodeExit({ row, state, hart, trappedWord: hart.trappedWord, ramBase: this.#ramBase });
    const [low, high] = [row.getLow(column.pc), row.getHigh(column.pc)];
    this.statistics.count(vmid, row.get(column.reason), 0, low, high);
    this.#underWay.set(hart.id, { sequence: row.getCount(column.sequence), root: state.getCsr('satp') });
    this.#noteGuest(vmid, hgatp, hart.id, step - (this.#entered.get(hart.id) ?? step));
  }

  entered({ id, state }: Hart): void {
    this.#entered.set(id, state.steps);
    const exit = this.#underWay.get(id);
    const row = exit && this.#log.live(exit.sequence);
    this.#underWay.delete(id);
    if (row === undefined) return;
    row.set(column.resumed, vcpuNumber(vmidOf(state.getCsr('hgatp')), id) + 1);
    row.setCount(column.cost, state.steps - row.getCount(column.step));
  }

  clear(): void {
    this.#log.restore(0);
    this.statistics.clear();
    this.#guests.clear();
    this.#underWay.clear();
    this.#entered.clear();
  }

  save(): SavedState {
    return {
      exits: this.#log.total,
      statistics: this.statistics.save(),
      guests: this.guests.map(({ vmid, hgatp, hart, exits, steps }) => ({ vmid, hgatp, hart, exits, steps })),
      underWay: [...this.#underWay].map(([hart, { sequence, root }]) => ({ hart, sequence, root })),
      entered: [...this.#entered].map(([hart, step]) => ({ hart, step })),
    } satisfies ObservedState;
  }

  restore(saved: SavedState): void {
    const { exits, statistics, guests, underWay, entered } = saved as ObservedState;
    this.clear();
    this.#log.restore(exits);
    this.statistics.restore(statistics);
    for (const guest of guests) this.#guests.set(guest.vmid, { name: guestNameOf(guest.vmid), ...guest });
    for (const { hart, sequence, root } of underWay) this.#underWay.set(hart, { sequence, root });
    for (const { hart, step } of entered) this.#entered.set(hart, step);
  }

  #noteGuest(vmid: number, hgatp: bigint, hart: number, ran: number): void {
    const known = this.#guests.get(vmid);
    const exits = (known?.exits ?? 0) + 1;
    const steps = (known?.steps ?? 0) + ran;
    this.#guests.set(vmid, { name: guestNameOf(vmid), vmid, hgatp, hart, exits, steps });
  }
}

/** A vCPU shows itself by nothing but the hart that runs it. */
const names: ExitNames = {
  guest: guestNameOf,
  device: () => ({ name: 'device', registers: [] }),
  vcpu: (index) => ({ guest: guestNameOf(index >>> 3), id: index & 7 }),
};

/** A machine has 8 harts at most. */
function vcpuNumber(vmid: number, hart: number): number {
  return (vmid << 3) | hart;
}

interface ObservedState {
  readonly [name: string]: SavedState;
  /** How many there were. */
  readonly exits: number;
  readonly statistics: ExitStatisticsState;
  readonly guests: readonly SavedGuest[];
  readonly underWay: readonly {
    readonly [name: string]: SavedState;
    readonly hart: number;
    readonly sequence: number;
    readonly root: bigint;
  }[];
  readonly entered: readonly {
    readonly [name: string]: SavedState;
    readonly hart: number;
    readonly step: number;
  }[];
}

interface SavedGuest {
  readonly [name: string]: SavedState;
  readonly vmid: number;
  readonly hgatp: bigint;
  readonly hart: number;
  readonly exits: number;
  readonly steps: number;
}
