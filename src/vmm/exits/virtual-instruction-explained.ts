import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';
import { describeInjection } from './words.ts';

/** Virtual instructions in words. */
export function explainVirtualInstruction(record: ExitRecord): Explanation {
  const text = record.instructionText;
  const wait = record.action === 'schedule';
  return {
    decode: `The guest's ${record.from} executed ${text}, which is for HS mode${record.csr === undefined ? '' : ` (CSR ${record.csr})`}.`,
    find: wait
      ? 'hstatus.VTW is set, so a guest that waits leaves the hart to others.'
      : `On the machine that the guest believes to have, this is an illegal instruction in ${record.from === 'kernel' ? 'S' : 'U'} mode.`,
    act: wait
      ? `vCPU ${record.vcpu} of guest ${record.guest} waits until an interrupt that it has enabled is pending; it goes on after the WFI.`
      : describeInjection(record, 'The VMM does not emulate it'),
  };
}
