import type { DecodedInstruction } from '../../isa/instruction.ts';
import type { CsrFile } from '../csr-file.ts';
import type { HartState } from '../state.ts';
import type { TrapRecords } from '../trap-records.ts';
import type { Triggers } from '../triggers/triggers.ts';
import type { VirtualMemory } from '../virtual-memory.ts';
import type { Trap } from '../trap.ts';

/** What the operations work on. */
export interface OperationContext {
  readonly state: HartState;
  readonly csrs: CsrFile;
  readonly records: TrapRecords;
  readonly memory: VirtualMemory;
  readonly triggers: Triggers;
  /** Mode, status or roots of page tables may be others now: who runs under them looks again. */
  readonly contextChanged: () => void;
}

/** The operation is done and the next instruction follows; or pc is set already; or it trapped. */
export type OperationOutcome = 'next' | 'jumped' | Trap;

/** One of the things that instructions do beyond arithmetic and memory accesses. Guards are checked before. */
export type Operation = (context: OperationContext, decoded: DecodedInstruction) => OperationOutcome;
