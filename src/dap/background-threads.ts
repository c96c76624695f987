import { readdirSync } from 'node:fs';
import os from 'node:os';

/** Of 19: what is left of a core goes to them all the same, and a tenth of one that another program wants, too. */
const niceness = 10;

/**
 * Has the threads on which V8 compiles and collects garbage yield to this one, which runs the guest: there are more of
 * them than a small machine has cores. To be called from the main thread, before other threads are made. Linux counts
 * niceness by thread; elsewhere nothing happens.
 */
export function yieldToGuest(): void {
  if (process.platform !== 'linux') return;
  for (const thread of threads()) {
    if (thread === process.pid) continue;
    try {
      os.setPriority(thread, niceness);
    } catch {
      // It has ended since, or this is not allowed: the others are looked at all the same.
    }
  }
}

/** Their numbers; none where there is no /proc, or that of processes that count otherwise. */
function threads(): readonly number[] {
  try {
    const all = readdirSync('/proc/self/task').map(Number);
    return all.includes(process.pid) ? all : [];
  } catch {
    return [];
  }
}
