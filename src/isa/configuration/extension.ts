/** What an ISA string may name, described once. */
export interface ExtensionDescription {
  readonly summary: string;
  /** Extensions that it cannot be without: they come with it (Unpriv. naming: such dependencies may be implicit). */
  readonly needs?: readonly string[];
  /** It is a name for these together: it is there exactly where all of them are. */
  readonly parts?: readonly string[];
  /** Parts that count only where another extension is there: `{ D: ['Zcd'] }` for C. */
  readonly partsWith?: Readonly<Record<string, readonly string[]>>;
  /** A machine has it only where it is asked for. */
  readonly isOffByDefault?: true;
  /** Every machine has it: it cannot be switched off. */
  readonly isBase?: true;
}

/** Extensions by name. */
export type ExtensionTable = Readonly<Record<string, ExtensionDescription>>;
