import { exceptionCode } from '../../hart/trap.ts';
import { interceptedException } from './exception.ts';
import type { ExitHandler } from './exit.ts';
import { hypercall } from './hypercall.ts';
import { supervisorInterrupt } from './interrupts.ts';
import { mapping } from './mapping.ts';
import { mmio } from './mmio.ts';
import { virtualInstruction } from './virtual-instruction.ts';

/**
 * Who handles an exit: by its cause (scause and its interrupt bit) and, for guest-page faults, whether a device
 * is at the faulting address.
 */
export function handlerOf(
  code: number,
  kind: 'interrupt' | 'exception',
  place: 'device' | 'elsewhere',
): ExitHandler {
  if (kind === 'interrupt') return supervisorInterrupt;
  switch (code) {
    case exceptionCode.ecallFromVs:
      return hypercall;
    case exceptionCode.virtualInstruction:
      return virtualInstruction;
    case exceptionCode.instructionGuestPageFault:
      return mapping;
    case exceptionCode.loadGuestPageFault:
    case exceptionCode.storeGuestPageFault:
      return place === 'device' ? mmio : mapping;
    default:
      return interceptedException;
  }
}
