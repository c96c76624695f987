import { assert } from '../../common/errors.ts';
import type { Clock } from '../../hart/clock.ts';
import { Device, type AccessRules, type DeviceRegister } from '../device.ts';

/** Registers of the core-local interruptor, by what they are and for which hart. */
export type ClintRegister = DeviceRegister &
  ({ readonly kind: 'msip' | 'mtimecmp'; readonly hart: number } | { readonly kind: 'mtime' });

/** What is saved of a CLINT, by hart: mtime is the clock’s own. */
export interface ClintState {
  readonly [name: string]: readonly boolean[] | readonly bigint[];
  readonly msip: readonly boolean[];
  readonly mtimecmp: readonly bigint[];
}

/** What a CLINT is connected to. */
export interface ClintWiring {
  /** Number of harts, with ids from 0. */
  readonly harts: number;
  readonly clock: Pick<Clock, 'ticks'>;
  /** A guest writes `mtime`: time goes on from there. */
  readonly setTime: (ticks: bigint) => void;
  /** MSIP of a hart changed. */
  readonly softwareInterrupt: (hart: number, raised: boolean) => void;
  /** MTIP of a hart may have changed: time was set, or its comparison. */
  readonly timerInterrupt: (hart: number, raised: boolean) => void;
  /** An mtimecmp was written: the next deadline may be another. */
  readonly comparisonChanged: () => void;
}

/** No timer is due, ever: reset value of `mtimecmp`. */
export const noDeadline = 0xffff_ffff_ffff_ffffn;

/** SiFive's core-local interruptor: software interrupts and timers of the harts, and `mtime`. */
export class Clint extends Device<ClintRegister, ClintState> {
  readonly model = 'clint';
  readonly summary = 'Core-local interruptor: software interrupts between harts, and their timers.';
  readonly compatible = ['sifive,clint0', 'riscv,clint0'];
  readonly registers: readonly ClintRegister[];
  protected readonly rules: AccessRules = { sizes: [4, 8], undefinedOffsets: 'zero' };
  readonly #wiring: ClintWiring;
  #msip: boolean[] = [];
  #mtimecmp: bigint[] = [];

  constructor(wiring: ClintWiring) {
    super();
    this.#wiring = wiring;
    this.registers = describe(wiring.harts);
    this.reset();
  }

  /** `mtimecmp` of a hart: its MTIP is pending from this time on. */
  deadline(hart: number): bigint {
    const value = this.#mtimecmp[hart];
    assert(value !== undefined, `hart ${hart} has no mtimecmp`);
    return value;
  }

  /** Sets `mtimecmp` of a hart: firmware's way. */
  setDeadline(hart: number, deadline: bigint): void {
    this.#mtimecmp[hart] = deadline;
    this.#wiring.timerInterrupt(hart, this.#wiring.clock.ticks() >= deadline);
    this.#wiring.comparisonChanged();
  }

  /** Sets `msip` of a hart: firmware's way. */
  setSoftwareInterrupt(hart: number, raised: boolean): void {
    this.#msip[hart] = raised;
    this.#wiring.softwareInterrupt(hart, raised);
  }

  /** Compares with the time again, because it has moved on. */
  update(): void {
    this.#mtimecmp.forEach((deadline, hart) => {
      this.#wiring.timerInterrupt(hart, this.#wiring.clock.ticks() >= deadline);
    });
  }

  peek(register: ClintRegister): bigint {
    switch (register.kind) {
      case 'msip':
        return this.#msip[register.hart] === true ? 1n : 0n;
      case 'mtimecmp':
        return this.deadline(register.hart);
      case 'mtime':
        return this.#wiring.clock.ticks();
    }
  }

  reset(): void {
    this.#msip = Array.from({ length: this.#wiring.harts }, () => false);
    this.#mtimecmp = Array.from({ length: this.#wiring.harts }, () => noDeadline);
  }

  save(): ClintState {
    return { msip: [...this.#msip], mtimecmp: [...this.#mtimecmp] };
  }

  restore(state: ClintState): void {
    this.#msip = [...state.msip];
    this.#mtimecmp = [...state.mtimecmp];
  }

  protected read(register: ClintRegister): bigint {
    return this.peek(register);
  }

  protected write(register: ClintRegister, value: bigint): void {
    switch (register.kind) {
      case 'msip':
        this.setSoftwareInterrupt(register.hart, (value & 1n) === 1n);
        return;
      case 'mtimecmp':
        this.setDeadline(register.hart, value);
        return;
      case 'mtime':
        this.#wiring.setTime(value);
        this.update();
    }
  }
}

function describe(harts: number): readonly ClintRegister[] {
  const registers: ClintRegister[] = [];
  for (let hart = 0; hart < harts; hart++) {
    registers.push({
      kind: 'msip',
      hart,
      name: `msip${hart}`,
      offset: hart * 4,
      width: 4,
      access: 'read-write',
      reset: 0n,
      summary: `Machine software interrupt of hart ${hart}.`,
      fields: [{ name: 'MSIP', high: 0, low: 0, summary: 'Pending in mip.MSIP of the hart.' }],
    });
  }
  for (let hart = 0; hart < harts; hart++) {
    registers.push({
      kind: 'mtimecmp',
      hart,
      name: `mtimecmp${hart}`,
      offset: 0x4000 + hart * 8,
      width: 8,
      access: 'read-write',
      reset: noDeadline,
      summary: `mip.MTIP of hart ${hart} is set while mtime is at least this.`,
      fields: [],
    });
  }
  registers.push({
    kind: 'mtime',
    name: 'mtime',
    offset: 0xbff8,
    width: 8,
    access: 'read-write',
    reset: 0n,
    summary: 'Time since power-on, in ticks of the timebase.',
    fields: [],
  });
  return registers;
}
