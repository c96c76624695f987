import type { DecodedInstruction } from '../isa/instruction.ts';
import { exception, exceptionCode, type Trap } from './trap.ts';
import { transformedInstruction, walkPseudoinstruction } from './transformed-instruction.ts';
import type { AccessFault } from './virtual-memory.ts';

/** The original access, whatever the walk did on its way (Priv. 18.5.1): it names the exception. */
export type FaultingAccess = 'fetch' | 'load' | 'store';

/**
 * The trap that a fault of an access is. `start` is the first byte of the whole access, and `decoded` the
 * instruction that made it, where it is known.
 */
export function faultTrap(
  fault: AccessFault,
  access: FaultingAccess,
  start: bigint,
  decoded?: DecodedInstruction,
): Trap {
  const { cause, address, virtual, guestPhysical = 0n, implicit } = fault;
  return {
    kind: 'trap',
    interrupt: false,
    code: codes[access][cause],
    tval: address,
    tval2: guestPhysical >> 2n,
    tinst: implicit
      ? walkPseudoinstruction(implicit)
      : decoded
        ? transformedInstruction(decoded, Number(BigInt.asUintN(5, address - start)))
        : 0n,
    gva: virtual,
  };
}

/** The trap of a jump to an address where no instruction may begin; `virtual`: V was 1. */
export function misalignedJump(target: bigint, virtual: boolean): Trap {
  return { ...exception(exceptionCode.instructionAddressMisaligned, target), gva: virtual };
}

const codes: Readonly<Record<FaultingAccess, Readonly<Record<AccessFault['cause'], number>>>> = {
  fetch: {
    page: exceptionCode.instructionPageFault,
    'guest-page': exceptionCode.instructionGuestPageFault,
    access: exceptionCode.instructionAccessFault,
  },
  load: {
    page: exceptionCode.loadPageFault,
    'guest-page': exceptionCode.loadGuestPageFault,
    access: exceptionCode.loadAccessFault,
  },
  store: {
    page: exceptionCode.storePageFault,
    'guest-page': exceptionCode.storeGuestPageFault,
    access: exceptionCode.storeAccessFault,
  },
};
