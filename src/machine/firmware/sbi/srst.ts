import { failure, noReturn, resetReason, resetType, type SbiExtension } from './sbi.ts';

/** SBI 10: shutdown and reboot. */
export const srst: SbiExtension = {
  id: 0x5352_5354,
  name: 'SRST',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_system_reset',
      parameters: ['reset_type', 'reset_reason'],
      summary: 'Shuts down or reboots the system.',
      call: (target, args) => {
        const type = Number(BigInt.asUintN(32, args[0]));
        const reason = Number(BigInt.asUintN(32, args[1]));
        if (type > resetType.warmReboot || reason > resetReason.systemFailure) return failure('invalidParam');
        target.reset(type, reason);
        return noReturn;
      },
    },
  ],
};
