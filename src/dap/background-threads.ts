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
  try {
    for (const name of readdirSync('/proc/self/task')) {
      const thread = Number(name);
      if (thread !== process.pid) os.setPriority(thread, niceness);
    }
  } catch {
    // Without /proc, or where it is not allowed, they are as urgent as they were.
  }
}
