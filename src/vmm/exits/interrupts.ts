import { interruptCode } from '../../hart/trap.ts';
import { setAction, setReason, type Exit, type ExitHandler } from './exit.ts';
import { explainInterrupt } from './interrupts-explained.ts';
import type { ExitReason } from './reasons.ts';
import { column } from './row.ts';

/** An interrupt for the VMM itself, which came while a guest ran. It has nothing to do with that guest. */
export const supervisorInterrupt: ExitHandler = {
  decode: decodeInterrupt,

  find(exit) {
    setAction(exit, exit.row.get(cause) === timer ? 'schedule' : 'deliver');
  },

  act(exit) {
    if (exit.row.get(cause) !== timer) exit.deliverInput();
    exit.guest.scheduleChanged();
  },

  explain: explainInterrupt,
};

/** Which interrupt it was. */
export function decodeInterrupt(exit: Pick<Exit, 'row'>): void {
  setReason(exit, reasonOf(exit.row.get(cause)));
}

// Looked up here once, for a timer may be due often.
const { cause } = column;
const timer = interruptCode.supervisorTimer;

function reasonOf(code: number): ExitReason {
  switch (code) {
    case timer:
      return 'timer-interrupt';
    case interruptCode.supervisorSoftware:
      return 'software-interrupt';
    default:
      return 'external-interrupt';
  }
}
