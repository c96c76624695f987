import { hartsOfMask } from './hart-mask.ts';
import { failure, success, type SbiExtension } from './sbi.ts';

/** SBI 7: interrupts from hart to hart. */
export const ipi: SbiExtension = {
  id: 0x73_5049,
  name: 'IPI',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_send_ipi',
      parameters: ['hart_mask', 'hart_mask_base'],
      summary: 'Makes the supervisor software interrupt of other harts pending.',
      call: (target, [mask, maskBase]) => {
        const harts = hartsOfMask(target.harts, mask, maskBase);
        if (!harts) return failure('invalidParam');
        for (const hart of harts) target.sendInterrupt(hart);
        return success();
      },
    },
  ],
};
