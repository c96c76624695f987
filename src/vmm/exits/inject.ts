import { csrSlot } from '../../hart/state-layout.ts';
import { virtualSupervisorMode } from '../../hart/hart-mode.ts';
import { sstatusLow } from '../../hart/status-bits.ts';
import { setAction, type Exit } from './exit.ts';
import { column } from './row.ts';

/**
 * Makes the guest take an exception (a code of `exceptionCode`) in VS mode, by writing what the hart would have
 * written had it taken it there itself (Priv. 18.6.2): software in HS mode can do no other. Delegation below VS
 * mode does not exist, so this is where it goes whichever mode the guest was in.
 */
export function injectException(exit: Exit, code: number, tval: bigint): void {
  const { state, row } = exit;
  setAction(exit, 'inject');
  row.set(column.injected, 1);
  row.set(column.injectedCause, code);
  row.setWide(column.injectedValue, tval);

  exit.trapRecords.passOn(virtualSupervisorMode, code);
  const fromKernel = state.low(csrSlot.mstatus) & sstatusLow.SPP;
  const status = state.low(csrSlot.vsstatus);
  const wasEnabled = status & sstatusLow.SIE;
  state.setLow(
    csrSlot.vsstatus,
    (status & ~(sstatusLow.SPP | sstatusLow.SPIE | sstatusLow.SIE)) |
      fromKernel |
      (wasEnabled === 0 ? 0 : sstatusLow.SPIE),
  );
  state.copy(csrSlot.sepc, csrSlot.vsepc);
  state.setCsr('vscause', BigInt(code));
  state.setCsr('vstval', tval);

  // Exceptions go to BASE in vectored mode, too.
  state.copy(csrSlot.vstvec, csrSlot.sepc);
  state.setLow(csrSlot.sepc, state.low(csrSlot.vstvec) & ~3);
  state.setLow(csrSlot.mstatus, state.low(csrSlot.mstatus) | sstatusLow.SPP);
}
