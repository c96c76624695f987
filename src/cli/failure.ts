import { StrataError } from '../common/errors.ts';

/** Exit codes of our own; a guest's end gives the guest's code. */
export const exitCode = {
  /** The guest did what nothing can go on from, or we have a defect. */
  failed: 1,
  /** What the user asked for cannot be done: the message says why. */
  usage: 2,
  /** `--max-instructions` came before the guest's end. */
  limit: 124,
} as const;

/** The largest exit code that a process can end with; of what is larger only the low eight bits would be seen. */
export const largestExitCode = 255;

/** Tells the user what went wrong, on stderr; returns the exit code. */
export function explainFailure(error: unknown): number {
  if (error instanceof StrataError && error.blame !== 'internal') {
    process.stderr.write(`strata: ${error.message}\n`);
    return error.blame === 'user' ? exitCode.usage : exitCode.failed;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`strata: this is a defect of Strata, please report it:\n${text}\n`);
  return exitCode.failed;
}
