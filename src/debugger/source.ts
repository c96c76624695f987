/** Where code stands in a text that a person can read. */
export interface SourceLocation {
  readonly source: Source;
  /** 1-based. */
  readonly line: number;
  /** 1-based; 0 where unknown. */
  readonly column: number;
}

/** `file`: a path as compiled, mapped to where it is now. `generated`: text that the debugger itself wrote. */
export type Source =
  | { readonly kind: 'file'; readonly path: string }
  /** `id` is stable for the session; the text is asked for when it is shown. */
  | { readonly kind: 'generated'; readonly id: number; readonly name: string };
