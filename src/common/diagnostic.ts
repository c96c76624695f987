/** What is wrong with a text or a file from the user, where, and what to do about it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** Offset and length in characters (text) or bytes (binary), where known. */
  readonly offset?: number;
  readonly length?: number;
  readonly remedy?: string;
}

/** The outcome of reading something that a person or another program wrote: never a throw. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
