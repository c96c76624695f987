import { DAMAGED, type ExpressionEvaluation } from './expression-evaluation.ts';
import { DW_OP } from './operations.ts';

/** Operations that say where the value is, or look at the machine. `false`: this is none of them. */
export function locate(evaluation: ExpressionEvaluation, opcode: number): boolean {
  const { reader } = evaluation;
  switch (opcode) {
    case DW_OP.regx:
      return inRegister(evaluation, reader.uleb());
    case DW_OP.bregx:
      return based(evaluation, reader.uleb());
    case DW_OP.fbreg:
      return evaluation.plus(evaluation.context.frameBase(), reader.slebBig(), 'its frame is unknown');
    case DW_OP.call_frame_cfa:
      return evaluation.plus(evaluation.context.cfa(), 0n, 'its frame is unknown');
    case DW_OP.deref:
      return dereference(evaluation, 8);
    case DW_OP.deref_size:
      return dereference(evaluation, reader.u8());
    case DW_OP.deref_type:
    case DW_OP.GNU_deref_type: {
      const size = reader.u8();
      return evaluation.typed(reader.uleb(), () => dereference(evaluation, size));
    }
    case DW_OP.regval_type:
    case DW_OP.GNU_regval_type: {
      const register = reader.uleb();
      return evaluation.typed(reader.uleb(), () =>
        evaluation.plus(evaluation.context.register(register), 0n, lost(register)),
      );
    }
    case DW_OP.stack_value:
      if (evaluation.depth === 0) return evaluation.fail(DAMAGED);
      return evaluation.is({ kind: 'value', value: evaluation.pop() });
    case DW_OP.implicit_value:
      return evaluation.is({ kind: 'bytes', bytes: reader.take(reader.uleb()) });
    case DW_OP.piece:
      return evaluation.piece(reader.uleb() * 8, 0);
    case DW_OP.bit_piece:
      return evaluation.piece(reader.uleb(), reader.uleb());
    case DW_OP.form_tls_address:
    case DW_OP.GNU_push_tls_address:
      return evaluation.fail('it is thread-local');
    case DW_OP.implicit_pointer:
    case DW_OP.GNU_implicit_pointer:
      return evaluation.fail('it points to a value that was optimized out');
    case DW_OP.entry_value:
    case DW_OP.GNU_entry_value:
    case DW_OP.GNU_parameter_ref:
      return evaluation.fail('optimized out: only its value at the function’s entry is described');
    default:
      return false;
  }
}

/** The value is in a register. */
export function inRegister(evaluation: ExpressionEvaluation, register: number): boolean {
  return evaluation.is({ kind: 'register', register });
}

/** Pushes what a register holds, and an offset that follows. */
export function based(evaluation: ExpressionEvaluation, register: number): boolean {
  const { context, reader } = evaluation;
  return evaluation.plus(context.register(register), reader.slebBig(), lost(register));
}

function dereference(evaluation: ExpressionEvaluation, size: number): true {
  if (evaluation.depth === 0) return evaluation.fail(DAMAGED);
  const address = evaluation.pop();
  const bytes = size > 0 && size <= 8 ? evaluation.context.readMemory(address, size) : undefined;
  if (!bytes || bytes.length < size)
    return evaluation.fail(`memory at 0x${address.toString(16)} cannot be read`);
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
  return evaluation.push(value);
}

const lost = (register: number): string => `optimized out: register ${register} is not known in this frame`;
