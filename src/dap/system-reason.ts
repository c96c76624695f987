import { getSystemErrorMap } from 'node:util';

/** Why the system did not do something, for people: `no space left on device (ENOSPC)`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { errno }: NodeJS.ErrnoException = error;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  return known === undefined ? error.message : `${known[1]} (${known[0]})`;
}
