/** Who has to act: the user (a wrong configuration), the guest (it did something impossible), or we (a defect). */
export type Blame = 'user' | 'guest' | 'internal';

/**
 * An operation that cannot be done. `code` is stable and kebab-case, for programs; the message says what,
 * where and what to do, for people.
 */
export class StrataError extends Error {
  readonly code: string;
  readonly blame: Blame;

  constructor(code: string, blame: Blame, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StrataError';
    this.code = code;
    this.blame = blame;
  }
}

/** A broken invariant is a defect of ours, found on in release too. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new StrataError('broken-invariant', 'internal', message);
}

/** For the default arm of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new StrataError('broken-invariant', 'internal', `unexpected ${JSON.stringify(value)}`);
}
