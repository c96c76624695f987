import { isEntryAddress } from './entry-address.ts';
import { failure, hsmState, noReturn, success, type SbiExtension } from './sbi.ts';

const retentiveSuspend = 0n;
const nonRetentiveSuspend = 0x8000_0000n;

/** SBI 9: starting, stopping and suspending harts. */
export const hsm: SbiExtension = {
  id: 0x48_534d,
  name: 'HSM',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_hart_start',
      parameters: ['hartid', 'start_addr', 'opaque'],
      summary: 'Starts a stopped hart in S mode.',
      call: (target, [id, address, opaque]) => {
        const hart = target.harts.find((candidate) => BigInt(candidate) === id);
        if (hart === undefined) return failure('invalidParam');
        if (target.hartState(hart) !== hsmState.stopped) return failure('alreadyAvailable');
        if (!isEntryAddress(target, address)) return failure('invalidAddress');
        target.startHart(hart, address, opaque);
        return success();
      },
    },
    {
      id: 1,
      name: 'sbi_hart_stop',
      parameters: [],
      summary: 'Stops the calling hart.',
      call: (target) => {
        target.stopCaller();
        return noReturn;
      },
    },
    {
      id: 2,
      name: 'sbi_hart_get_status',
      parameters: ['hartid'],
      summary: 'State of a hart: 0 started, 1 stopped, 4 suspended.',
      call: (target, [id]) => {
        const hart = target.harts.find((candidate) => BigInt(candidate) === id);
        return hart === undefined ? failure('invalidParam') : success(BigInt(target.hartState(hart)));
      },
    },
    {
      id: 3,
      name: 'sbi_hart_suspend',
      parameters: ['suspend_type', 'resume_addr', 'opaque'],
      summary: 'Suspends the calling hart until an interrupt is pending.',
      call: (target, [type, address, opaque]) => {
        switch (BigInt.asUintN(32, type)) {
          case retentiveSuspend:
            target.suspendCaller();
            return success();
          case nonRetentiveSuspend:
            if (!isEntryAddress(target, address)) return failure('invalidAddress');
            target.suspendCaller({ address, opaque });
            return noReturn;
          default:
            return failure('invalidParam');
        }
      },
    },
  ],
};
