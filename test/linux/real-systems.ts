import type { Context } from 'mocha';
import { linuxGuest, type LinuxGuest } from '../../scripts/linux/linux-guest.ts';

/** The real systems that tests boot. On CI they must be there; elsewhere a test without them says so and is skipped. */
export function realSystems(context: Context): LinuxGuest {
  try {
    return linuxGuest();
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    process.stderr.write(`SKIPPED: real systems cannot be fetched: ${String(error)}\n`);
    return context.skip();
  }
}

/** Prints the figures of a run that began at `started`, by the host's clock. */
export function report(what: string, steps: number, started: number): void {
  const seconds = (performance.now() - started) / 1000;
  const speed = `${(steps / 1e6).toFixed(0)} M steps in ${seconds.toFixed(1)} s, ${(steps / 1e6 / seconds).toFixed(0)} MIPS`;
  process.stdout.write(`      ${what}: ${speed}\n`);
}
