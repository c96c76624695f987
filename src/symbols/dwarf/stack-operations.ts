import { binary, unary } from './arithmetic.ts';
import { DAMAGED, type ExpressionEvaluation } from './expression-evaluation.ts';
import { DW_OP } from './operations.ts';

/** Operations on the stack (DWARF 2.5.1.3 to 2.5.1.5). `false`: this is none of them. */
export function operateOnStack(evaluation: ExpressionEvaluation, opcode: number): boolean {
  const { reader } = evaluation;
  switch (opcode) {
    case DW_OP.nop:
    case DW_OP.GNU_uninit:
      return true;
    case DW_OP.drop:
      if (evaluation.depth === 0) return evaluation.fail(DAMAGED);
      evaluation.pop();
      return true;
    case DW_OP.dup:
      return pick(evaluation, 0);
    case DW_OP.over:
      return pick(evaluation, 1);
    case DW_OP.pick:
      return pick(evaluation, reader.u8());
    case DW_OP.swap:
      return rotate(evaluation, 2);
    case DW_OP.rot:
      return rotate(evaluation, 3);
    case DW_OP.plus_uconst:
      return evaluation.depth === 0
        ? evaluation.fail(DAMAGED)
        : evaluation.push(evaluation.pop() + reader.ulebBig());
    case DW_OP.skip:
      return jump(evaluation, reader.i16());
    case DW_OP.bra: {
      const distance = reader.i16();
      if (evaluation.depth === 0) return evaluation.fail(DAMAGED);
      return evaluation.pop() === 0n || jump(evaluation, distance);
    }
    case DW_OP.abs:
    case DW_OP.neg:
    case DW_OP.not:
      if (evaluation.depth === 0) return evaluation.fail(DAMAGED);
      return evaluation.push(unary(opcode, evaluation.pop()));
    default: {
      if (evaluation.depth < 2) return evaluation.fail(DAMAGED);
      const right = evaluation.pop();
      const left = evaluation.pop();
      const result = binary(opcode, left, right);
      return result !== undefined && evaluation.push(result);
    }
  }
}

function pick(evaluation: ExpressionEvaluation, depth: number): boolean {
  const value = evaluation.stack.at(-1 - depth);
  return value === undefined ? evaluation.fail(DAMAGED) : evaluation.push(value);
}

/** The top goes below `count - 1` others. */
function rotate(evaluation: ExpressionEvaluation, count: number): boolean {
  const { stack } = evaluation;
  if (stack.length < count) return evaluation.fail(DAMAGED);
  stack.splice(stack.length - count, 0, evaluation.pop());
  return true;
}

function jump(evaluation: ExpressionEvaluation, distance: number): boolean {
  const { reader } = evaluation;
  const target = reader.offset + distance;
  if (target < 0 || target > reader.end) return evaluation.fail(DAMAGED);
  reader.offset = target;
  return true;
}
