/** The requests of 9P2000.L that are answered, by their number; an answer's is one more. */
export const requestNumber = {
  statfs: 8,
  open: 12,
  create: 14,
  symlink: 16,
  rename: 20,
  readlink: 22,
  getattr: 24,
  setattr: 26,
  readdir: 40,
  fsync: 50,
  lock: 52,
  getlock: 54,
  link: 70,
  mkdir: 72,
  renameat: 74,
  unlinkat: 76,
  version: 100,
  attach: 104,
  flush: 108,
  walk: 110,
  read: 116,
  write: 118,
  clunk: 120,
  remove: 122,
} as const;

/** Rlerror. */
export const errorAnswer = 7;

/** A request that is known here, as the protocol calls it. */
export type RequestName = keyof typeof requestNumber;

const names = new Map<number, RequestName>(
  Object.entries(requestNumber).map(([name, number]) => [number, name as RequestName]),
);

/** The name of a request; undefined for one that is not known here. */
export function requestName(number: number): RequestName | undefined {
  return names.get(number);
}
