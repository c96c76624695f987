import { setTimeout as sleep } from 'node:timers/promises';

/** How long the workbench may take for anything that it does by itself; generous, since two cores do it all. */
export const patienceSeconds = 30;

/**
 * Looks again and again until `look` gives something, and returns it. What it waits for, and what it saw last,
 * are told when it gives up.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined>,
  saw: () => Promise<unknown> = async () => undefined,
  seconds = patienceSeconds,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  const last = JSON.stringify(await saw().catch(String));
  throw new Error(`waited ${seconds} s for ${what}${last === undefined ? '' : `; saw ${last}`}`);
}
