import { failure, success, type SbiExtension } from './sbi.ts';

/** Bytes of the structure through which a guest learns of its steal time; also its alignment. */
export const stealTimeBytes = 64;

/** SBI 16: how long a virtual hart was ready and did not run. Only what shares harts among others offers it. */
export const sta: SbiExtension = {
  id: 0x53_5441,
  name: 'STA',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_steal_time_set_shmem',
      parameters: ['shmem_phys_lo', 'shmem_phys_hi', 'flags'],
      summary: 'Says where the caller’s steal time is to be written; all ones: nowhere.',
      call: (target, [low, high, flags]) => {
        if (target.reportStealTime === undefined) return failure('notSupported');
        if (flags !== 0n) return failure('invalidParam');
        if (low === allOnes && high === allOnes) {
          target.reportStealTime(undefined);
          return success();
        }
        if (low % BigInt(stealTimeBytes) !== 0n) return failure('invalidParam');
        if (high !== 0n || !target.writeMemory(low, new Uint8Array(stealTimeBytes)))
          return failure('invalidAddress');
        target.reportStealTime(low);
        return success();
      },
    },
  ],
};

const allOnes = 0xffff_ffff_ffff_ffffn;
