import type { DecodedInstruction } from '../../isa/instruction.ts';
import { isPcRelative } from './compile/semantics.ts';
import { csrAccessOf } from './csr-access.ts';

/**
 * Where instructions are aligned to four bytes: is this one always done outside? A jump of which it is known that it
 * leads between them would trap; and a write to an exception pc has to leave out one more bit than elsewhere.
 */
export function isAgainstAlignment(decoded: DecodedInstruction): boolean {
  const leadsAstray = decoded.instruction.semantics.some(
    (statement) =>
      (statement.kind === 'jump' || statement.kind === 'branch') &&
      isPcRelative(statement.target) &&
      (decoded.imm & 2) !== 0,
  );
  return leadsAstray || writesExceptionPc(decoded);
}

function writesExceptionPc(decoded: DecodedInstruction): boolean {
  const access = csrAccessOf(decoded);
  return access !== undefined && access.change !== 'read' && /^.epc$/.test(access.register.csr.name);
}
