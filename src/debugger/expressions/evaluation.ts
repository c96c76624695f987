import { sizeOf, type Type } from '../../symbols/types.ts';
import { typeName } from '../../symbols/type-names.ts';
import { addressOf, integerIn, isTruthy, machineWord, numberValue } from './contents.ts';
import { convert, pointers, store } from './conversion.ts';
import { literalType, UNSIGNED_LONG } from './integers.ts';
import { bareName, scopedName, typeOf } from './names.ts';
import { applyBinary, applyUnary, pointerTo, pointerType } from './operators.ts';
import { dereference, elementOf, memberOf } from './parts.ts';
import { inMemory } from './places.ts';
import { registerValue } from './registers.ts';
import type { Surroundings } from './surroundings.ts';
import type { Expression, TypeName } from './syntax.ts';
import { ExpressionFault, type Space, type TypedValue, type Value } from './value.ts';

/** Operators and members nested deeper than anybody writes; a bound keeps hostile input from ending the adapter. */
const deepest = 500;
/** Elements of a slice. */
const longestSlice = 1n << 20n;

/** Evaluates the tree of one expression. Faults leave it with the column of the part that they are about. */
export class Evaluation {
  readonly #text: string;
  readonly #surroundings: Surroundings;
  #depth = 0;

  /** `text` is what the expressions were parsed from. */
  constructor(text: string, surroundings: Surroundings) {
    this.#text = text;
    this.#surroundings = surroundings;
  }

  evaluate(expression: Expression): Value {
    if (this.#depth === deepest) throw new ExpressionFault('this nests too deeply', expression.span.start);
    this.#depth++;
    const value = atColumn(expression.span.start, () => this.#evaluate(expression));
    this.#depth--;
    return value;
  }

  #evaluate(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return this.#number(expression);
      case 'string':
        return { kind: 'text', text: expression.value };
      case 'name':
        return expression.image === undefined
          ? bareName(expression.name, this.#surroundings)
          : scopedName(expression.image, expression.name, this.#surroundings);
      case 'register':
        return registerValue(expression.name, this.#surroundings);
      case 'unary':
        return this.#unary(expression);
      case 'binary':
        return this.#binary(expression);
      case 'conditional':
        return this.evaluate(
          isTruthy(this.evaluate(expression.condition)) ? expression.whenTrue : expression.whenFalse,
        );
      case 'member':
        return this.#member(expression);
      case 'index':
        return elementOf(this.evaluate(expression.object), this.#integer(expression.index), this.#space);
      case 'slice':
        return this.#slice(expression);
      case 'call':
        return this.#call(expression);
      case 'cast':
        return convert(this.evaluate(expression.operand), this.#type(expression.type));
      case 'sizeof':
        return this.#sizeof(expression.operand);
      case 'assignment':
        return this.#assign(expression);
    }
  }

  #number({ value, unsigned, span }: Extract<Expression, { kind: 'number' }>): TypedValue {
    if (value >= 1n << 64n) throw new ExpressionFault('this number has more than 64 bits');
    const written = /^\w*/.exec(this.#text.slice(span.start))?.[0] ?? '';
    return numberValue(
      value,
      literalType(value, {
        sign: unsigned ? 'unsigned' : /^[1-9]/.test(written) ? 'signed' : 'either',
        // The l of 10l; of hexadecimal digits, none is an l.
        width: /l/i.test(written) ? 'long' : 'any',
      }),
    );
  }

  #unary({ operator, operand }: Extract<Expression, { kind: 'unary' }>): Value {
    const value = this.evaluate(operand);
    switch (operator) {
      case '*':
        return dereference(value, this.#space);
      case '&':
        return pointerTo(value);
      case '!':
        return numberValue(isTruthy(value) ? 0n : 1n);
      case '-':
      case '+':
      case '~':
        return applyUnary(operator, value);
    }
  }

  #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Value {
    const first = this.evaluate(left);
    if (operator === '&&' || operator === '||') {
      const isDecided = isTruthy(first) === (operator === '||');
      return numberValue((isDecided ? operator === '||' : isTruthy(this.evaluate(right))) ? 1n : 0n);
    }
    return applyBinary(operator, first, this.evaluate(right), this.#space);
  }

  #member({ object, name, arrow, span }: Extract<Expression, { kind: 'member' }>): Value {
    const value = this.evaluate(object);
    if (arrow && value.kind === 'typed' && !pointerType(value))
      throw new ExpressionFault("this is no pointer: write '.'");
    return atColumn(span.end - name.length, () => memberOf(value, name, this.#space));
  }

  #slice({ object, from, to }: Extract<Expression, { kind: 'slice' }>): Value {
    const value = this.evaluate(object);
    const [first, end] = [this.#integer(from), this.#integer(to)];
    if (end < first) throw new ExpressionFault('this slice ends before it begins', to.span.start);
    if (end - first > longestSlice)
      throw new ExpressionFault(`a slice has at most ${longestSlice} elements`, to.span.start);
    const start = elementOf(value, first, this.#space);
    if (start.kind !== 'typed') throw new ExpressionFault('only arrays and pointers have slices');
    return { ...start, type: { kind: 'array', element: start.type, count: Number(end - first) } };
  }

  /** The three functions of the language itself; a guest's are never called, for that would change the guest. */
  #call({ callee, arguments: operands }: Extract<Expression, { kind: 'call' }>): Value {
    const name = callee.kind === 'name' && callee.image === undefined ? callee.name : undefined;
    const [operand] = operands;
    if (name !== 'gpa' && name !== 'hpa' && name !== 'walk')
      throw new ExpressionFault('functions of the guest are not called; there are gpa(), hpa() and walk()');
    if (operand === undefined || operands.length > 1)
      throw new ExpressionFault(`${name}() takes one address`, callee.span.end);
    const address = BigInt.asUintN(64, this.#address(operand));
    const { guestPhysical, physical } = this.#surroundings;
    switch (name) {
      case 'gpa':
        if (guestPhysical === undefined)
          throw new ExpressionFault('there is no guest-physical memory here: no VMM runs this thread');
        return wordAt(guestPhysical, address);
      case 'hpa':
        return wordAt(physical, address);
      case 'walk': {
        const found = this.#surroundings.walk(address);
        if (found === undefined)
          throw new ExpressionFault(`0x${address.toString(16)} is not mapped`, operand.span.start);
        return machineWord(found, physical);
      }
    }
  }

  #sizeof(operand: TypeName | Expression): Value {
    const type = 'words' in operand ? this.#type(operand) : this.#typeOf(operand);
    const size = sizeOf(type);
    if (size === undefined) throw new ExpressionFault(`the size of ${typeName(type)} is not known`);
    return numberValue(BigInt(size), UNSIGNED_LONG);
  }

  #typeOf(operand: Expression): Type {
    const value = this.evaluate(operand);
    if (value.kind !== 'typed') throw new ExpressionFault('this has no size');
    return value.type;
  }

  #assign({ target, value }: Extract<Expression, { kind: 'assignment' }>): Value {
    const place = this.evaluate(target);
    store(place, this.evaluate(value), this.#space);
    return this.evaluate(target);
  }

  #type(name: TypeName): Type {
    return atColumn(name.span.start, () => pointers(typeOf(name, this.#surroundings), name.pointers));
  }

  #integer(expression: Expression): bigint {
    const value = this.evaluate(expression);
    return atColumn(expression.span.start, () => integerIn(value));
  }

  /** Of a symbol whose type nobody knows, the address is all there is. */
  #address(expression: Expression): bigint {
    const value = this.evaluate(expression);
    const isUntyped = value.kind === 'typed' && value.type.kind === 'unknown';
    return atColumn(expression.span.start, () => (isUntyped ? addressOf(value) : integerIn(value)));
  }

  get #space(): Space {
    return this.#surroundings.virtual;
  }
}

/** Faults of `action` that do not know their column are about this one. */
function atColumn<T>(column: number, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof ExpressionFault) thrown.column ??= column;
    throw thrown;
  }
}

function wordAt(space: Space, address: bigint): TypedValue {
  return { kind: 'typed', type: UNSIGNED_LONG, place: inMemory(space, address), notation: 'hexadecimal' };
}
