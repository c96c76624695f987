import type { CsrFile } from '../hart/csr-file.ts';
import { exceptionCode, interruptCode } from '../hart/trap.ts';

/** Exceptions that a guest may take in VS mode, and that the VMM may choose to see first. */
export type Interception = 'breakpoint' | 'illegal-instruction';

/**
 * Writes the CSRs that say what leaves a guest: all that a bare kernel handles itself stays in the guest, as with
 * KVM, so that system calls and page faults go straight from process to kernel.
 */
export function setUpSupervisor(
  csrs: CsrFile,
  options: { readonly trapVector: bigint; readonly intercept: readonly Interception[] },
): void {
  const intercepted: readonly number[] = options.intercept.map((what) =>
    what === 'breakpoint' ? exceptionCode.breakpoint : exceptionCode.illegalInstruction,
  );
  csrs.poke('hedeleg', bits(guestExceptions.filter((code) => !intercepted.includes(code))));
  csrs.poke('hideleg', bits(guestInterrupts));
  csrs.poke('henvcfg', environment);
  for (const name of ['hstateen0', 'hstateen1', 'hstateen2', 'hstateen3'])
    if (csrs.has(name)) csrs.poke(name, allState);
  csrs.poke('hcounteren', counterTime | counterCycle | counterRetired);
  csrs.poke('stvec', options.trapVector);
  csrs.poke(
    'sie',
    bits([interruptCode.supervisorSoftware, interruptCode.supervisorTimer, interruptCode.supervisorExternal]),
  );
}

const guestExceptions: readonly number[] = [
  exceptionCode.instructionAddressMisaligned,
  exceptionCode.instructionAccessFault,
  exceptionCode.illegalInstruction,
  exceptionCode.breakpoint,
  exceptionCode.loadAddressMisaligned,
  exceptionCode.loadAccessFault,
  exceptionCode.storeAddressMisaligned,
  exceptionCode.storeAccessFault,
  exceptionCode.ecallFromU,
  exceptionCode.instructionPageFault,
  exceptionCode.loadPageFault,
  exceptionCode.storePageFault,
];

const guestInterrupts: readonly number[] = [
  interruptCode.virtualSupervisorSoftware,
  interruptCode.virtualSupervisorTimer,
  interruptCode.virtualSupervisorExternal,
];

/** hstateen: a guest may use all that there is. */
const allState = 0xffff_ffff_ffff_ffffn;
/** henvcfg.CBIE, CBCFE and CBZE: the guest may manage and zero cache blocks. */
const cacheBlocks = 0xf0n;
/** henvcfg.STCE, PBMTE and ADUE: vstimecmp raises the guest's timer interrupt without the VMM, and page tables are as on the bare machine. */
const environment = (7n << 61n) | cacheBlocks;
const counterCycle = 1n << 0n;
const counterTime = 1n << 1n;
const counterRetired = 1n << 2n;

function bits(codes: readonly number[]): bigint {
  return codes.reduce((set, code) => set | (1n << BigInt(code)), 0n);
}
