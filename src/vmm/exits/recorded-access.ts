import { accessKinds, type MemoryAccessKind } from './memory-instruction.ts';
import type { ExitRecord } from './record.ts';
import { column, type ExitRow } from './row.ts';

/** The access of memory that a guest exited for. */
export interface ExitAccess {
  readonly kind: MemoryAccessKind;
  /** Bytes; 0 for a fetch. */
  readonly size: number;
  /** Stored, or loaded once the access is done; unsigned. */
  readonly value: bigint | undefined;
  /** The x register that the load fills, or the store empties. */
  readonly register: number;
}

/** What a row tells of an access; undefined where none was made. How far the VMM got says whether a load is done. */
export function recordedAccess(
  row: ExitRow,
  { isActed, injected }: Pick<ExitRecord, 'isActed' | 'injected'>,
): ExitAccess | undefined {
  const kind = accessKinds[row.get(column.accessKind) - 1];
  if (kind === undefined) return undefined;
  const known = kind === 'store' || (kind === 'load' && isActed && injected === undefined);
  return {
    kind,
    size: row.get(column.accessSize),
    value: known ? row.getWide(column.accessValue) : undefined,
    register: row.get(column.accessRegister),
  };
}
