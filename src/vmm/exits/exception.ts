import { csrSlot } from '../../hart/state-layout.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { setAction, setReason, type ExitHandler } from './exit.ts';
import { explainException } from './exception-explained.ts';
import { injectException } from './inject.ts';
import { column } from './row.ts';

/** An exception that the guest itself could take, had the VMM not chosen to see it first (hedeleg). */
export const interceptedException: ExitHandler = {
  decode(exit) {
    const { row } = exit;
    const illegal = row.get(column.cause) === exceptionCode.illegalInstruction;
    setReason(exit, illegal ? 'illegal-instruction' : 'breakpoint');
    row.set(column.instruction, exit.trappedWord);
  },

  find(exit) {
    setAction(exit, 'inject');
  },

  act(exit) {
    injectException(exit, exit.row.get(column.cause), exit.state.slot(csrSlot.stval));
  },

  explain: explainException,
};
