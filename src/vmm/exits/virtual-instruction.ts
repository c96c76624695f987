import { csrSlot } from '../../hart/state-layout.ts';
import { sstatusLow } from '../../hart/status-bits.ts';
import { exceptionCode } from '../../hart/trap.ts';
import { decode as decodeInstruction } from '../../isa/decode.ts';
import type { DecodedInstruction } from '../../isa/instruction.ts';
import { actionNumber } from './actions.ts';
import {
  instructionLength,
  setAction,
  setReason,
  skipInstruction,
  type Exit,
  type ExitHandler,
  type ExitSight,
} from './exit.ts';
import { injectException } from './inject.ts';
import type { ExitReason } from './reasons.ts';
import { column } from './row.ts';
import { explainVirtualInstruction } from './virtual-instruction-explained.ts';

/**
 * An instruction that HS mode may execute and the guest may not. WFI of the guest's kernel is the VMM's to
 * emulate; the others are illegal instructions on the machine that the guest believes to have, which has no
 * hypervisor extension.
 */
export const virtualInstruction: ExitHandler = {
  decode: decodeVirtualInstruction,

  find(exit) {
    setAction(exit, isWait(exit) ? 'schedule' : 'inject');
  },

  act(exit) {
    const { row, vcpu } = exit;
    const word = row.get(column.instruction);
    if (row.get(column.action) === actionNumber.inject) {
      return injectException(exit, exceptionCode.illegalInstruction, BigInt(word));
    }
    skipInstruction(exit, instructionLength(word));
    vcpu.wait();
    exit.guest.scheduleChanged();
  },

  explain: explainVirtualInstruction,
};

/** Which instruction it was, and which CSR it names. */
export function decodeVirtualInstruction(exit: ExitSight): void {
  const { row } = exit;
  // Priv. 18.6.1: stval is written as for an illegal instruction: with its bits, or zero.
  const word = exit.state.low(csrSlot.stval) || exit.trappedWord;
  row.set(column.instruction, word);
  const decoded = decodeInstruction(word);
  const reason = decoded === undefined ? 'virtual-hypervisor' : reasonOf(decoded);
  setReason(exit, reason);
  if (decoded && reason === 'virtual-csr') row.set(column.csr, decoded.csr + 1);
}

/** WFI in user mode is as illegal as on the bare machine. */
function isWait({ row, state }: Exit): boolean {
  const fromKernel = (state.low(csrSlot.mstatus) & sstatusLow.SPP) !== 0;
  return fromKernel && decodeInstruction(row.get(column.instruction))?.instruction.mnemonic === 'wfi';
}

function reasonOf({ instruction }: DecodedInstruction): ExitReason {
  for (const statement of instruction.semantics) {
    if (statement.kind !== 'operation') continue;
    switch (statement.name) {
      case 'csrrw':
      case 'csrrs':
      case 'csrrc':
      case 'csrrwi':
      case 'csrrsi':
      case 'csrrci':
        return 'virtual-csr';
      case 'wfi':
        return 'virtual-wfi';
      case 'sret':
        return 'virtual-sret';
      case 'sfence.vma':
        return 'virtual-sfence';
      case 'ecall':
      case 'ebreak':
      case 'mret':
      case 'fence':
      case 'fence.i':
      case 'hfence.vvma':
      case 'hfence.gvma':
      case 'cbo.manage':
      case 'cbo.zero':
      case 'amocas.w':
      case 'amocas.d':
      case 'amocas.q':
      case 'illegal':
        return 'virtual-hypervisor';
    }
  }
  return 'virtual-hypervisor';
}
