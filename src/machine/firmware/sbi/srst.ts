import { failure, noReturn, resetReason, resetType, type SbiArguments, type SbiExtension } from './sbi.ts';

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
        const request = systemResetRequest(args);
        if (request === undefined) return failure('invalidParam');
        target.reset(request.type, request.reason);
        return noReturn;
      },
    },
  ],
};

/** What the arguments of `sbi_system_reset` ask for; undefined for what is reserved. */
export function systemResetRequest(
  args: SbiArguments,
): { readonly type: number; readonly reason: number } | undefined {
  const type = Number(BigInt.asUintN(32, args[0]));
  const reason = Number(BigInt.asUintN(32, args[1]));
  return type > resetType.warmReboot || reason > resetReason.systemFailure ? undefined : { type, reason };
}
