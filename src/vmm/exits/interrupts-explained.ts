import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';

/** Interrupts for the VMM in words. */
export function explainInterrupt(record: ExitRecord): Explanation {
  if (record.reason === 'timer-interrupt') {
    return {
      decode: `The VMM's own timer (stimecmp) is due. Guest ${record.guest} was merely running when it came.`,
      find: 'Either the time slice is over, or the timer of a vCPU that waits is due.',
      act: 'The scheduler looks at all vCPUs: who waits for what has come can run again, and turns change.',
    };
  }
  return {
    decode: `The machine asks for the VMM. Guest ${record.guest} was merely running when it came.`,
    find: 'There is input from outside, for the console of a guest.',
    act: 'The input goes to the virtual UART of the guest that it is for; that raises its line at the virtual PLIC.',
  };
}
