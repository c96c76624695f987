import type { WatchOffer } from './watches/watch-offer.ts';

/** What a scope holds, or a value holds inside it. Children are asked for when they are opened. */
export interface Variable {
  readonly name: string;
  /** As shown; numbers of machine state in hexadecimal. */
  readonly value: string;
  readonly type?: string;
  /** An expression that evaluates to it, where there is one. */
  readonly evaluateName?: string;
  /** Text of a memory reference where the value is an address or lies in memory. */
  readonly memoryReference?: string;
  readonly children?: () => readonly Variable[];
  /** Takes a text from the user, answers with the value as it then shows; missing where it cannot be changed. */
  readonly assign?: (text: string) => AssignResult;
  /** What a data breakpoint on it would watch: so many bytes, or all that it has. */
  readonly watch?: (bytes?: number) => WatchOffer;
  /** Costs a walk or a scan: shown only when asked. */
  readonly lazy?: true;
}

/** The value as it then shows, or why it cannot be assigned. */
export type AssignResult =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly message: string };

/** A group of variables of a frame; `expensive` ones are read only when they are opened. */
export interface Scope {
  readonly name: string;
  readonly kind: 'arguments' | 'locals' | 'registers' | 'view';
  readonly expensive: boolean;
  readonly variables: () => readonly Variable[];
}
