import { countsEvents, settleEvents } from '../event-counters.ts';
import { interruptEndsWait } from '../interrupts.ts';
import { returnFromMachine, returnFromSupervisor } from '../traps.ts';
import { exception, exceptionCode } from '../trap.ts';
import { refusalTrap } from '../guards.ts';
import type { HartState } from '../state.ts';
import type { Operation } from './operation.ts';

/** Unpriv. 2.8 and Priv. 3.3.1: the cause tells the mode that calls. */
export const ecall: Operation = ({ state }) => {
  switch (state.privilege) {
    case 0:
      return exception(exceptionCode.ecallFromU);
    case 1:
      return exception(state.virtual ? exceptionCode.ecallFromVs : exceptionCode.ecallFromS);
    case 3:
      return exception(exceptionCode.ecallFromM);
  }
};

/** Priv. 3.1.16 leaves tval 0 or pc; 0, as QEMU has it. */
export const ebreak: Operation = () => exception(exceptionCode.breakpoint);

/** Priv. 3.3.2: back from M mode, as mstatus says. */
export const mret: Operation = ({ state, records, contextChanged }) => {
  settleWithThis(state);
  returnFromMachine(state, records);
  contextChanged();
  return 'jumped';
};

/** Priv. 3.3.2 and 18.6.4: back from S mode, as its status registers say. */
export const sret: Operation = ({ state, records, contextChanged }) => {
  settleWithThis(state);
  returnFromSupervisor(state, records);
  contextChanged();
  return 'jumped';
};

/** Retires at once; the hart then waits, unless there is something to wake it already. */
export const wfi: Operation = ({ state }) => {
  state.waiting = !interruptEndsWait(state);
  return 'next';
};

/** The instruction that returns is counted in the mode that it leaves. */
function settleWithThis(state: HartState): void {
  if (!countsEvents(state)) return;
  state.steps++;
  settleEvents(state);
  state.steps--;
}

/** Unpriv. 2.2: what is defined to be no instruction. */
export const illegal: Operation = (_, { word }) => refusalTrap('illegal-instruction', word);
