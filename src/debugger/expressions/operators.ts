import { sizeOf, underlying, type PointerType, type Type } from '../../symbols/types.ts';
import { typeName } from '../../symbols/type-names.ts';
import { addressOf, integerIn, numberValue, stringIn } from './contents.ts';
import { common, INT, integerOf, LONG, promoted, toBytes, UNSIGNED_LONG, wrapped } from './integers.ts';
import { computed } from './places.ts';
import type { BinaryOperator, UnaryOperator } from './syntax.ts';
import { ExpressionFault, type Space, type TypedValue, type Value } from './value.ts';

type Arithmetic = Exclude<BinaryOperator, '&&' | '||'>;
type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A binary operator of C but for those that may leave out an operand; strings compare by their text. */
export function applyBinary(operator: Arithmetic, left: Value, right: Value, space: Space): TypedValue {
  if (isComparison(operator)) return numberValue(compare(operator, left, right, space) ? 1n : 0n);
  const leftPointer = pointerType(left);
  const rightPointer = pointerType(right);
  if (leftPointer && rightPointer) {
    if (operator !== '-') throw new ExpressionFault(`two pointers cannot be combined by '${operator}'`);
    return numberValue((integerIn(left) - integerIn(right)) / elementSize(leftPointer), LONG);
  }
  if (leftPointer || rightPointer) {
    const pointer = leftPointer ? left : right;
    if (operator === '+') return moved(pointer, integerIn(leftPointer ? right : left));
    if (operator === '-' && leftPointer) return moved(left, -integerIn(right));
    throw new ExpressionFault(`a pointer cannot be an operand of '${operator}'; cast it to a number first`);
  }
  return combine(operator, left, right);
}

/** `-`, `+`, `~` and `!` on numbers; `*` and `&` are about places, and not done here. */
export function applyUnary(operator: Exclude<UnaryOperator, '*' | '&' | '!'>, operand: Value): TypedValue {
  const type = arithmeticTypeOf(operand);
  const number = integerIn(operand);
  switch (operator) {
    case '+':
      return numberValue(number, type);
    case '-':
      return numberValue(-number, type);
    case '~':
      return numberValue(~number, type);
  }
}

/** The pointer `count` elements on. What is not a pointer yet, an array, becomes one. */
export function moved(pointer: Value, count: bigint): TypedValue {
  const type = pointerType(pointer);
  if (type === undefined || pointer.kind !== 'typed') throw new ExpressionFault('this is no pointer');
  const address = BigInt.asUintN(64, integerIn(pointer) + count * elementSize(type));
  return pointerValue(type, address, spaceOf(pointer));
}

/** A pointer to a place in a space; `undefined` is the space of the frame. */
export function pointerValue(type: PointerType, address: bigint, space: Space | undefined): TypedValue {
  return { kind: 'typed', type, place: computed(toBytes(address, 8)), ...(space && { space }) };
}

/** The space that a pointer or address leads into, or that an array or function lies in. */
export function spaceOf(value: TypedValue): Space | undefined {
  const { kind } = underlying(value.type);
  return kind === 'array' || kind === 'function' ? value.place.memory?.space : value.space;
}

/** The type as a pointer, where the value is one or becomes one (C11 6.3.2.1). */
export function pointerType(value: Value): PointerType | undefined {
  if (value.kind !== 'typed') return undefined;
  const type = underlying(value.type);
  if (type.kind === 'pointer') return type;
  if (type.kind === 'array') return { kind: 'pointer', byteSize: 8, target: type.element };
  return type.kind === 'function' ? { kind: 'pointer', byteSize: 8, target: type } : undefined;
}

/** Bytes from one element to the next; GNU C counts void and functions as one. */
export function elementSize({ target }: PointerType): bigint {
  const { kind } = underlying(target);
  if (kind === 'void' || kind === 'function') return 1n;
  const size = sizeOf(target);
  if (size === undefined || size === 0)
    throw new ExpressionFault(`the size of ${typeName(target)} is not known, so it has no elements`);
  return BigInt(size);
}

function combine(operator: Exclude<Arithmetic, Comparison>, left: Value, right: Value): TypedValue {
  const leftType = arithmeticTypeOf(left);
  const rightType = arithmeticTypeOf(right);
  const a = integerIn(left);
  const b = integerIn(right);
  if (operator === '<<' || operator === '>>') return shift(operator, a, b, leftType);
  const type = common(leftType, rightType);
  const shape = integerOf(type) ?? { byteSize: 8, isSigned: false };
  return numberValue(compute(operator, wrapped(a, shape), wrapped(b, shape)), type);
}

function compute(operator: '*' | '/' | '%' | '+' | '-' | '&' | '^' | '|', a: bigint, b: bigint): bigint {
  switch (operator) {
    case '*':
      return a * b;
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionFault('this divides by zero');
      return operator === '/' ? a / b : a % b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '|':
      return a | b;
  }
}

/** Distances that C leaves undefined: 64 bits are shifted instead, and nothing is left of more. */
function shift(operator: '<<' | '>>', value: bigint, distance: bigint, type: Type): TypedValue {
  const shape = integerOf(type) ?? { byteSize: 8, isSigned: false };
  if (distance < 0n) throw new ExpressionFault('this shifts by a negative distance');
  const isWide = distance >= BigInt(8 * shape.byteSize);
  const wide = isWide && shape.byteSize < 8 ? (shape.isSigned ? LONG : UNSIGNED_LONG) : type;
  const bounded = distance > 128n ? 128n : distance;
  return numberValue(operator === '<<' ? value << bounded : value >> bounded, wide);
}

function compare(operator: Comparison, left: Value, right: Value, space: Space): boolean {
  if (left.kind === 'none' || right.kind === 'none') {
    const isSame = left.kind === right.kind;
    return operator === '==' ? isSame : operator === '!=' && !isSame;
  }
  if (left.kind === 'text' || right.kind === 'text') {
    const [a, b] = [textOf(left, space), textOf(right, space)];
    if (a === undefined || b === undefined) throw new ExpressionFault('text compares with text only');
    return holds(operator, a < b ? -1 : a > b ? 1 : 0);
  }
  const [a, b] = comparable(left, right);
  return holds(operator, a < b ? -1 : a > b ? 1 : 0);
}

/** Both as numbers of their common type: `-1 < 0u` is false. */
function comparable(left: Value, right: Value): readonly [bigint, bigint] {
  const [a, b] = [integerIn(left), integerIn(right)];
  const type =
    pointerType(left) || pointerType(right)
      ? UNSIGNED_LONG
      : common(arithmeticTypeOf(left), arithmeticTypeOf(right));
  const shape = integerOf(type) ?? { byteSize: 8, isSigned: false };
  return [wrapped(a, shape), wrapped(b, shape)];
}

function holds(operator: Comparison, order: -1 | 0 | 1): boolean {
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

/** A string's text, or the name that an enum has for its value. */
function textOf(value: Value, space: Space): string | undefined {
  const type = value.kind === 'typed' ? underlying(value.type) : undefined;
  if (type?.kind !== 'enum') return stringIn(value, space);
  const number = integerIn(value);
  return type.enumerators.find((each) => each.value === number)?.name ?? '';
}

function arithmeticTypeOf(value: Value): ReturnType<typeof promoted> {
  const shape = value.kind === 'typed' ? integerOf(value.type) : undefined;
  if (value.kind === 'typed' && shape) return promoted(shape, value.bits?.bitSize);
  // Says what it is, where it is no number at all.
  integerIn(value);
  return INT;
}

function isComparison(operator: Arithmetic): operator is Comparison {
  return ['==', '!=', '<', '<=', '>', '>='].includes(operator);
}

/** `&x`. */
export function pointerTo(value: Value): TypedValue {
  if (value.kind !== 'typed') throw new ExpressionFault('this does not lie in memory, so it has no address');
  const address = addressOf(value);
  return pointerValue(
    { kind: 'pointer', byteSize: 8, target: value.type },
    address,
    value.place.memory?.space,
  );
}
