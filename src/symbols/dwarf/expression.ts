import { ExpressionEvaluation } from './expression-evaluation.ts';
import { pushLiteral } from './literal-operations.ts';
import { based, inRegister, locate } from './location-operations.ts';
import { type ExpressionContext, type Location, OPTIMIZED_OUT } from './location.ts';
import { DW_OP } from './operations.ts';
import { operateOnStack } from './stack-operations.ts';

/** An expression can jump backwards; one that needs more steps than this does not end. */
const MOST_STEPS = 10_000;
const DEEPEST_STACK = 1_000;

/** Evaluates a location description or expression (DWARF 2.5 and 2.6) in one frame. Never throws, always ends. */
export function evaluateExpression(expression: Uint8Array, context: ExpressionContext): Location {
  return evaluate(new ExpressionEvaluation(expression, context));
}

/** Evaluates an expression whose result is an address or a number rather than a location. */
export function evaluateToNumber(
  expression: Uint8Array,
  context: ExpressionContext,
  initial: readonly bigint[] = [],
): bigint | undefined {
  const location = evaluate(new ExpressionEvaluation(expression, context, initial));
  switch (location.kind) {
    case 'address':
      return location.address;
    case 'value':
      return location.value;
    case 'register':
      return context.register(location.register);
    case 'bytes':
    case 'pieces':
    case 'unavailable':
      return undefined;
  }
}

function evaluate(evaluation: ExpressionEvaluation): Location {
  if (evaluation.isOver && evaluation.depth === 0) return OPTIMIZED_OUT;
  for (let steps = 0; !evaluation.isOver; steps++) {
    if (steps > MOST_STEPS || evaluation.depth > DEEPEST_STACK) evaluation.fail('its location does not end');
    else operate(evaluation, evaluation.reader.u8());
  }
  return evaluation.location;
}

function operate(evaluation: ExpressionEvaluation, opcode: number): void {
  if (opcode >= DW_OP.lit0 && opcode <= DW_OP.lit31) evaluation.push(BigInt(opcode - DW_OP.lit0));
  else if (opcode >= DW_OP.reg0 && opcode <= DW_OP.reg31) inRegister(evaluation, opcode - DW_OP.reg0);
  else if (opcode >= DW_OP.breg0 && opcode <= DW_OP.breg31) based(evaluation, opcode - DW_OP.breg0);
  else if (
    !locate(evaluation, opcode) &&
    !pushLiteral(evaluation, opcode) &&
    !operateOnStack(evaluation, opcode)
  ) {
    evaluation.fail('its location uses an operation that is not known');
  }
}
