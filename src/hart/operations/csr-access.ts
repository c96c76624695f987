import type { DecodedInstruction } from '../../isa/instruction.ts';
import { refusalTrap } from '../guards.ts';
import type { Operation, OperationContext, OperationOutcome } from './operation.ts';

type Change = 'write' | 'set' | 'clear';

/** Unpriv. 7.1: the CSR instructions, by what they do with the operand. */
export const csrrw = withRegister('write');
export const csrrs = withRegister('set');
export const csrrc = withRegister('clear');
export const csrrwi = withImmediate('write');
export const csrrsi = withImmediate('set');
export const csrrci = withImmediate('clear');

function withRegister(change: Change): Operation {
  return (context, decoded) =>
    accessCsr(context, decoded, change, decoded.rs1, context.state.getX(decoded.rs1));
}

function withImmediate(change: Change): Operation {
  return (context, decoded) => accessCsr(context, decoded, change, decoded.zimm, BigInt(decoded.zimm));
}

/** `field` is the rs1 or zimm field: setting or clearing by x0 or 0 is no write at all. */
function accessCsr(
  { state, csrs }: OperationContext,
  decoded: DecodedInstruction,
  change: Change,
  field: number,
  operand: bigint,
): OperationOutcome {
  const writes = change === 'write' || field !== 0;
  const csr = csrs.access(decoded.csr, writes ? 'write' : 'read');
  if (typeof csr === 'string') return refusalTrap(csr, decoded.word);
  const old = csr.read();
  if (writes) {
    // Priv. 3.1.10: what is written to a counter holds for the next instruction, so this one is counted before.
    state.steps++;
    if (change === 'write') csr.modify(operand, everyBit);
    else csr.modify(change === 'set' ? operand : 0n, operand);
    state.steps--;
  }
  state.setX(decoded.rd, old);
  return 'next';
}

const everyBit = 0xffff_ffff_ffff_ffffn;
