import type { ExtensionName } from '../../configuration/extensions.ts';
import type { FloatFormat } from '../../float-semantics.ts';

/** What instructions that exist in every precision have in common with their kin, and what not. */
export interface Precision {
  readonly format: FloatFormat;
  /** The extension that has all of the format's arithmetic. */
  readonly extension: ExtensionName;
  /** The `fmt` field. */
  readonly fmt: string;
}

/** All precisions, the oldest first. */
export const precisions: readonly Precision[] = [
  { format: 's', extension: 'F', fmt: '00' },
  { format: 'd', extension: 'D', fmt: '01' },
  { format: 'h', extension: 'Zfh', fmt: '10' },
];
