import type { SbiExtension, SbiFunction } from '../../machine/firmware/sbi/sbi.ts';
import { findCall } from './hypercall.ts';
import { argumentColumn, column, type ExitRow } from './row.ts';

/** The call of the SBI that a guest exited for. */
export interface ExitHypercall {
  readonly extensionId: bigint;
  readonly functionId: bigint;
  /** Undefined where the SBI has none of this number. */
  readonly extension: SbiExtension | undefined;
  readonly function: SbiFunction | undefined;
  /** a0 to a5. */
  readonly arguments: readonly bigint[];
  /** What the guest found in a0 (and a1) afterwards. */
  readonly results: readonly bigint[];
}

/** What a row tells of a call: one of an ECALL from VS mode. */
export function recordedHypercall(row: ExitRow): ExitHypercall {
  const found = findCall(row);
  const argument = (index: number): bigint => row.getWide(argumentColumn(index));
  return {
    extensionId: argument(7),
    functionId: argument(6),
    extension: found?.extension,
    function: found?.function,
    arguments: [0, 1, 2, 3, 4, 5].map(argument),
    results: [column.resultError, column.resultValue]
      .slice(0, row.get(column.results))
      .map((result) => row.getWide(result)),
  };
}
