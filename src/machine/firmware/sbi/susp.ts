import { isEntryAddress } from './entry-address.ts';
import { failure, hsmState, noReturn, type SbiExtension } from './sbi.ts';

const suspendToRam = 0n;

/** SBI 13: the whole system sleeps. */
export const susp: SbiExtension = {
  id: 0x5355_5350,
  name: 'SUSP',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_system_suspend',
      parameters: ['sleep_type', 'resume_addr', 'opaque'],
      summary: 'Puts the system to sleep until an interrupt is pending; all other harts are stopped by then.',
      call: (target, [type, address, opaque]) => {
        if (BigInt.asUintN(32, type) !== suspendToRam) return failure('invalidParam');
        if (!isEntryAddress(target, address)) return failure('invalidAddress');
        const others = target.harts.filter((hart) => hart !== target.callingHart);
        if (others.some((hart) => target.hartState(hart) !== hsmState.stopped)) return failure('denied');
        target.suspendCaller({ address, opaque });
        return noReturn;
      },
    },
  ],
};
