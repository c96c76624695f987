import type { MachineMemory } from '../memory.ts';
import { contextWord, knownTable, knownTables } from './layout.ts';
import type { CodeWriter, FunctionIndex, Local } from './wasm/code-writer.ts';

/** The stages of translation, as `walkPlan` describes them. */
export interface WalkStage {
  readonly name: string;
  /** Byte offsets in a context. */
  readonly levels: number;
  readonly root: number;
  readonly rules: number;
  /** Address bits that the root's index has besides nine: the second stage's has two. */
  readonly extraRootBits: number;
  /** The second stage, by which the first finds its tables. */
  readonly tables: FunctionIndex | undefined;
  /** Whether its tables of the lowest level map what the access is to: their entries' changes drop one page. */
  readonly mapsAccess: boolean;
}

/** What the function that walks works with. */
export type WalkLocals = Record<
  | 'context'
  | 'page'
  | 'access'
  | 'shift'
  | 'table'
  | 'entry'
  | 'result'
  | 'rule'
  | 'levels'
  /** Of a table: its page of RAM, then where it is among the known tables. */
  | 'place',
  Local
>;

/** Sets `place` to the number of the table's page of RAM. Leaves where the context does not depend on it yet. */
export function findTable(
  code: CodeWriter,
  { context, page, shift, table, place }: WalkLocals,
  memory: MachineMemory,
  stage: WalkStage,
  leaveIf: (opcode?: 'i64.ne') => void,
): void {
  if (stage.tables !== undefined) {
    code.get(context);
    code.get(table);
    code.i32(0);
    code.call(stage.tables);
    code.set(table);
  }
  ramPage(code, table, memory);
  code.tee(table);
  code.i64(BigInt(memory.ramSize / 0x1000));
  code.plain('i64.ge_u');
  leaveIf();
  code.get(table);
  code.plain('i32.wrap_i64');
  code.set(place);
  const known = (): void => {
    code.get(place);
    code.i32(knownTables - 1);
    code.plain('i32.and');
    code.i32(Math.log2(knownTable.bytes));
    code.plain('i32.shl');
    code.get(context);
    code.plain('i32.add');
  };
  known();
  code.memory('i64.load32_u', contextWord.knownTables + knownTable.page);
  code.get(table);
  code.i64(1n);
  code.plain('i64.add');
  leaveIf('i64.ne');
  // `anything` covers all; a table of the lowest level, of which more is known, has to be the one of this page.
  known();
  code.memory('i64.load', contextWord.knownTables + knownTable.span);
  code.set(table);
  code.get(table);
  code.i64(-1n);
  code.plain('i64.ne');
  code.if(() => {
    if (!stage.mapsAccess) {
      code.i32(1);
      leaveIf();
      return;
    }
    code.get(shift);
    code.i64(0n);
    leaveIf('i64.ne');
    code.get(table);
    code.get(page);
    code.i64(9n);
    code.plain('i64.shr_u');
    leaveIf('i64.ne');
  });
}

/** Leaves the number within RAM of a host page, as 64 bits: what is no page of RAM is too high. */
export function ramPage(code: CodeWriter, page: Local, memory: MachineMemory): void {
  code.get(page);
  code.i64(BigInt(memory.ramBase / 0x1000));
  code.plain('i64.sub');
}
