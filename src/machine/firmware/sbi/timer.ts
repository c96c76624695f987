import { success, type SbiExtension } from './sbi.ts';

/** SBI 6: the supervisor's timer. */
export const timer: SbiExtension = {
  id: 0x5449_4d45,
  name: 'TIME',
  legacy: false,
  functions: [
    {
      id: 0,
      name: 'sbi_set_timer',
      parameters: ['stime_value'],
      summary: "Sets the time of the caller's next timer interrupt.",
      call: (target, [deadline]) => {
        target.setTimer(deadline);
        return success();
      },
    },
  ],
};
