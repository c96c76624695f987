import { ByteReader } from '../byte-reader.ts';
import type { ExpressionEvaluation } from './expression-evaluation.ts';
import { DW_OP } from './operations.ts';

/** Operations that push a number from the expression itself. `false`: this is none of them. */
export function pushLiteral(evaluation: ExpressionEvaluation, opcode: number): boolean {
  const { reader, context } = evaluation;
  switch (opcode) {
    case DW_OP.addr:
      return evaluation.push(reader.u64() + (context.slide ?? 0n));
    case DW_OP.const8u:
    case DW_OP.const8s:
      return evaluation.push(reader.u64());
    case DW_OP.const1u:
      return evaluation.push(BigInt(reader.u8()));
    case DW_OP.const1s:
      return evaluation.push(BigInt(reader.i8()));
    case DW_OP.const2u:
      return evaluation.push(BigInt(reader.u16()));
    case DW_OP.const2s:
      return evaluation.push(BigInt(reader.i16()));
    case DW_OP.const4u:
      return evaluation.push(BigInt(reader.u32()));
    case DW_OP.const4s:
      return evaluation.push(BigInt(reader.i32()));
    case DW_OP.constu:
      return evaluation.push(reader.ulebBig());
    case DW_OP.consts:
      return evaluation.push(reader.slebBig());
    case DW_OP.addrx:
    case DW_OP.GNU_addr_index:
      return indexed(evaluation, reader.uleb(), context.slide ?? 0n);
    case DW_OP.constx:
    case DW_OP.GNU_const_index:
      return indexed(evaluation, reader.uleb(), 0n);
    case DW_OP.const_type:
    case DW_OP.GNU_const_type: {
      const type = reader.uleb();
      const constant = new ByteReader(reader.take(reader.u8()));
      return evaluation.typed(type, () => evaluation.push(constant.unsigned(constant.remaining)));
    }
    case DW_OP.convert:
    case DW_OP.GNU_convert:
    case DW_OP.reinterpret:
    case DW_OP.GNU_reinterpret:
      return evaluation.typed(reader.uleb(), () => true);
    default:
      return false;
  }
}

function indexed(evaluation: ExpressionEvaluation, index: number, offset: bigint): boolean {
  const address = evaluation.context.indexedAddress(index);
  return evaluation.plus(address, offset, 'its address is missing from .debug_addr');
}
