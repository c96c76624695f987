import { formatAddress } from '../../common/address.ts';
import { assert } from '../../common/errors.ts';
import type { Hart } from '../../hart/hart.ts';
import { trapFromCsrs } from '../../hart/hosted.ts';
import { exceptionCode, interruptCode, type TakenTrap } from '../../hart/trap.ts';
import { callFromRegisters, callSbi } from './sbi/call.ts';
import { firmwareSbiExtensions } from './sbi/extensions.ts';
import { firmwareEvent } from './sbi/pmu-events.ts';
import { hsmState } from './sbi/sbi.ts';
import { setUpMachineLevel } from './boot.ts';
import { redirectTrap } from './redirect.ts';
import { MachineSbiTarget, type FirmwareState, type FirmwareWiring } from './machine-target.ts';

/** What came of a trap to M mode. */
export type FirmwareProgress =
  /** The hart goes on at its pc (or waits, or is stopped, as its states say). */
  | { readonly kind: 'resumed' }
  /** Nothing can go on: a defect of the guest, in words. */
  | { readonly kind: 'fatal'; readonly message: string };

/**
 * The built-in firmware: M mode as TypeScript. It sets a hart up as OpenSBI does, answers SBI calls, and hands on
 * to the supervisor what it does not handle, all through the CSRs, as firmware in memory would.
 */
export class BuiltinFirmware {
  readonly #harts: readonly Hart[];
  readonly #target: MachineSbiTarget;
  readonly #wiring: FirmwareWiring;
  /** The hart whose trap it handles. */
  #hart: number | undefined;

  constructor(wiring: FirmwareWiring) {
    this.#harts = wiring.harts;
    this.#wiring = wiring;
    this.#target = new MachineSbiTarget(wiring);
  }

  /** Power-on, once the harts are reset: hart 0 enters S mode at `entry`; the others are stopped. */
  boot(entry: bigint, argument: bigint): void {
    for (const hart of this.#harts) setUpMachineLevel(hart);
    this.#target.forget();
    this.#target.startHart(0, entry, argument);
  }

  /** May the hart execute? Stopped ones may not, until they are started. */
  isStarted(hart: number): boolean {
    return this.#target.hartState(hart) !== hsmState.stopped;
  }

  /** The wait of a hart has ended: one that was suspended goes on, perhaps elsewhere. */
  wake(hart: Hart): void {
    this.#target.wake(hart);
  }

  /** A trap has entered M mode. Its handling is one stage, whose name this returns. */
  beginExit(hart: number): string {
    this.#hart = hart;
    return 'firmware';
  }

  /** Handles the trap. */
  advance(): FirmwareProgress {
    const hart = this.#harts.find(({ id }) => id === this.#hart);
    assert(hart !== undefined, 'firmware handles a trap that has begun');
    return this.#handle(hart, trapFromCsrs(hart.state, 'machine'));
  }

  /** Likewise. */
  finish(): FirmwareProgress {
    return this.advance();
  }

  save(): FirmwareState {
    return this.#target.save();
  }

  restore(state: FirmwareState): void {
    this.#target.restore(state);
  }

  #handle(hart: Hart, taken: TakenTrap): FirmwareProgress {
    const { trap, from } = taken;
    if (from.privilege === 3) return unexpected(taken);
    if (trap.interrupt) {
      if (trap.code === interruptCode.machineSoftware) this.#forwardSoftwareInterrupt(hart);
      else if (trap.code === interruptCode.machineTimer) forwardTimerInterrupt(hart);
      else return unexpected(taken);
    } else if (trap.code === exceptionCode.ecallFromS) {
      this.#answerCall(hart);
      return resumed;
    } else if (redirected.has(trap.code)) {
      this.#target.beginCall(hart);
      const event = redirected.get(trap.code);
      if (event !== undefined) this.#target.counters.tally(event);
      redirectTrap(hart, trap, from);
    } else {
      return unexpected(taken);
    }
    hart.returnFromMachine();
    return resumed;
  }

  /** An interrupt from another hart is meant for the supervisor (SBI 7). */
  #forwardSoftwareInterrupt(hart: Hart): void {
    this.#wiring.setSoftwareInterrupt(hart.id, false);
    hart.csrs.poke('mip', hart.csrs.peek('mip') | supervisorSoftware);
  }

  #answerCall(hart: Hart): void {
    const { state, csrs } = hart;
    const call = callFromRegisters(state);
    this.#target.beginCall(hart);
    const outcome = callSbi(firmwareSbiExtensions, this.#target, call);
    switch (outcome.kind) {
      case 'return':
        state.setX(10, BigInt.asUintN(64, outcome.error));
        state.setX(11, BigInt.asUintN(64, outcome.value));
        break;
      case 'legacy-return':
        state.setX(10, BigInt.asUintN(64, outcome.value));
        break;
      case 'fault':
        redirectTrap(hart, outcome.trap, { privilege: 1, virtual: false });
        hart.returnFromMachine();
        return;
      case 'no-return':
        // The hart stays in M mode, until it is started, woken or reset.
        return;
    }
    csrs.poke('mepc', csrs.peek('mepc') + 4n);
    hart.returnFromMachine();
  }
}

/** M mode's timer stands in for the supervisor's where there is no Sstc (SBI 6). */
function forwardTimerInterrupt({ csrs }: Hart): void {
  csrs.poke('mie', csrs.peek('mie') & ~machineTimer);
  csrs.poke('mip', csrs.peek('mip') | supervisorTimer);
}

const machineTimer = 1n << BigInt(interruptCode.machineTimer);
const supervisorTimer = 1n << BigInt(interruptCode.supervisorTimer);
const resumed: FirmwareProgress = { kind: 'resumed' };
const supervisorSoftware = 1n << BigInt(interruptCode.supervisorSoftware);

/** What OpenSBI neither delegates nor emulates goes to the supervisor as its own trap; and the event that it is. */
const redirected: ReadonlyMap<number, number | undefined> = new Map([
  [exceptionCode.instructionAccessFault, undefined],
  [exceptionCode.illegalInstruction, firmwareEvent.illegalInstruction],
  [exceptionCode.loadAddressMisaligned, firmwareEvent.misalignedLoad],
  [exceptionCode.loadAccessFault, firmwareEvent.loadAccess],
  [exceptionCode.storeAddressMisaligned, firmwareEvent.misalignedStore],
  [exceptionCode.storeAccessFault, firmwareEvent.storeAccess],
]);

function unexpected({ trap, pc, from }: TakenTrap): FirmwareProgress {
  const what = `${trap.interrupt ? 'interrupt' : 'exception'} ${trap.code}`;
  const where = `pc ${formatAddress(pc)}, mode ${from.virtual ? 'V' : ''}${'US?M'[from.privilege]}`;
  return {
    kind: 'fatal',
    message: `The firmware has no answer to ${what} at ${where} (mtval ${formatAddress(trap.tval)}).`,
  };
}
