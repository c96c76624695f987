import { formatAddress } from '../common/address.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import type { ExitRecord } from '../vmm/exits/record.ts';
import { titleOf } from '../vmm/exits/title.ts';

/** Prints every exit once it is over, a line each. */
export class ExitTrace {
  readonly #debuggee: Debuggee;
  readonly #form: 'text' | 'json';
  #next = 0;

  constructor(debuggee: Debuggee, form: 'text' | 'json') {
    this.#debuggee = debuggee;
    this.#form = form;
  }

  /** Prints those that came since the last time. */
  print(): void {
    const { exits } = this.#debuggee.target;
    if (exits === undefined) return;
    const fresh: ExitRecord[] = [];
    for (const record of exits.newestExits()) {
      if (record.sequence < this.#next) break;
      fresh.push(record);
    }
    if (fresh[0] !== undefined) this.#next = fresh[0].sequence + 1;
    process.stderr.write(
      fresh
        .toReversed()
        .map((record) => `${this.#line(record)}\n`)
        .join(''),
    );
  }

  #line(record: ExitRecord): string {
    const { sequence, step, guest, vcpu, from, reason, pc, cost } = record;
    if (this.#form === 'text')
      return `exit ${sequence} step ${step} ${guest}/${vcpu} ${from} ${formatAddress(pc)}: ${titleOf(record)}`;
    return JSON.stringify({
      type: 'exit',
      sequence,
      step,
      guest,
      vcpu,
      from,
      reason,
      pc: formatAddress(pc),
      title: titleOf(record),
      gpa: record.gpa === undefined ? undefined : formatAddress(record.gpa),
      device: record.device,
      register: record.register,
      cost,
    });
  }
}
