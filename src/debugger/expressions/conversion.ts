import { pointerTo as pointerToType, sizeOf, underlying, type Type } from '../../symbols/types.ts';
import { typeName } from '../../symbols/type-names.ts';
import { integerIn, numberValue, scalarShape, stringIn, writeInteger } from './contents.ts';
import { readFloat } from './float.ts';
import { wrapped } from './integers.ts';
import { pointerValue, spaceOf } from './operators.ts';
import { ExpressionFault, type Space, type TypedValue, type Value } from './value.ts';

/** A cast, and what an assignment does to its value: C11 6.3. */
export function convert(value: Value, type: Type): TypedValue {
  const target = underlying(type);
  // As in gdb: where nothing but the address of a symbol is known, a cast says what lies there.
  if (value.kind === 'typed' && value.type.kind === 'unknown' && sizeOf(type) !== undefined)
    return { ...value, type };
  switch (target.kind) {
    case 'base':
    case 'enum': {
      const shape = scalarShape(target);
      if (shape === undefined) throw new ExpressionFault(`nothing can be cast to ${typeName(type)}`);
      const number = scalarOf(value);
      const isBoolean = target.kind === 'base' && target.encoding === 'boolean';
      return numberValue(isBoolean ? (number === 0n ? 0n : 1n) : wrapped(number, shape), type);
    }
    case 'pointer': {
      const space = value.kind === 'typed' ? spaceOf(value) : undefined;
      return { ...pointerValue(target, BigInt.asUintN(64, scalarOf(value)), space), type };
    }
    case 'struct':
    case 'union':
    case 'class':
    case 'array':
    case 'function':
      if (value.kind === 'typed' && typeName(underlying(value.type)) === typeName(target)) return value;
      throw new ExpressionFault(`a value cannot be cast to ${typeName(type)}; cast a pointer to it instead`);
    case 'void':
    case 'unknown':
      throw new ExpressionFault(`nothing can be cast to ${typeName(type)}`);
  }
}

/** Stores a value where another is, and converts it on the way. */
export function store(target: Value, value: Value, space: Space): void {
  if (target.kind !== 'typed' || target.place.write === undefined)
    throw new ExpressionFault('this cannot be changed');
  const type = underlying(target.type);
  const failure =
    scalarShape(type) === undefined
      ? storeWhole(target, value, space)
      : writeInteger(target, integerIn(convert(named(value, type), target.type)));
  if (failure !== undefined) throw new ExpressionFault(`this cannot be changed: ${failure}`);
}

/** A record takes one of its own type; an array of characters a string that fits. */
function storeWhole(target: TypedValue, value: Value, space: Space): string | undefined {
  const size = sizeOf(target.type);
  const { write } = target.place;
  if (size === undefined || write === undefined) return `it is ${typeName(target.type)}`;
  const text = value.kind === 'text' ? stringIn(value, space) : undefined;
  if (text !== undefined && underlying(target.type).kind === 'array') {
    const bytes = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
    if (bytes.some((byte) => byte > 0x7f)) return 'only ASCII text can be stored';
    if (bytes.length >= size) return `the text takes ${bytes.length + 1} bytes, and there are ${size}`;
    return write(0, Uint8Array.from([...bytes, 0]));
  }
  if (value.kind !== 'typed' || typeName(underlying(value.type)) !== typeName(underlying(target.type)))
    return `it takes a value of type ${typeName(target.type)}`;
  const found = value.place.read(0, size);
  return found.ok ? write(0, found.bytes) : found.reason;
}

/** An enum takes the name of one of its values, too, as views show it. */
function named(value: Value, type: Type): Value {
  if (value.kind !== 'text' || type.kind !== 'enum') return value;
  const found = type.enumerators.find(({ name }) => name === value.text);
  if (found === undefined) throw new ExpressionFault(`there is no '${value.text}' among its values`);
  return numberValue(found.value, type);
}

function scalarOf(value: Value): bigint {
  const float = value.kind === 'typed' ? readFloat(value) : undefined;
  if (float === undefined) return integerIn(value);
  if (!Number.isFinite(float)) throw new ExpressionFault(`${float} is no integer`);
  return BigInt(Math.trunc(float));
}

/** The type of a pointer to what `levels` pointers lead to. */
export function pointers(type: Type, levels: number): Type {
  let result = type;
  for (let left = levels; left > 0; left--) result = pointerToType(result);
  return result;
}
