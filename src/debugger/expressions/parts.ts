import { typeName } from '../../symbols/type-names.ts';
import { findMember, underlying } from '../../symbols/types.ts';
import { integerIn } from './contents.ts';
import { elementSize, moved, pointerType } from './operators.ts';
import { inMemory, placeAt } from './places.ts';
import { fieldNamed } from './registers.ts';
import { ExpressionFault, type Space, type TypedValue, type Value } from './value.ts';

/** `*p`. */
export function dereference(pointer: Value, space: Space): TypedValue {
  const type = pointerType(pointer);
  if (type === undefined || pointer.kind !== 'typed') throw new ExpressionFault('this is no pointer');
  if (underlying(type.target).kind === 'void')
    throw new ExpressionFault('this points to void; cast it to a pointer to something');
  const { kind } = underlying(pointer.type);
  if (kind !== 'pointer') return { kind: 'typed', type: type.target, place: pointer.place };
  return {
    kind: 'typed',
    type: type.target,
    place: inMemory(pointer.space ?? space, integerIn(pointer)),
  };
}

/** `a[index]`, of an array wherever it is, of a pointer, or of a list of facts. */
export function elementOf(object: Value, index: bigint, space: Space): Value {
  if (object.kind === 'list') {
    const item = index >= 0n ? object.items[Number(index)] : undefined;
    if (item === undefined) throw new ExpressionFault(`there are ${object.items.length} of these, from 0 on`);
    return item;
  }
  const type = pointerType(object);
  if (type === undefined || object.kind !== 'typed')
    throw new ExpressionFault('only arrays and pointers have elements');
  if (underlying(object.type).kind !== 'array') return dereference(moved(object, index), space);
  return { kind: 'typed', type: type.target, place: placeAt(object.place, index * elementSize(type)) };
}

/** `object.name` and `object->name`. A dot after a pointer is understood. */
export function memberOf(object: Value, name: string, space: Space): Value {
  if (object.kind === 'facts') {
    const fact = object.get(name);
    if (fact !== undefined) return fact;
    throw new ExpressionFault(`there is no '${name}' here, but ${object.names.join(', ')}`);
  }
  if (object.kind === 'none') return object;
  if (object.kind !== 'typed') throw new ExpressionFault('this has no members');
  if (object.csr) return fieldNamed(object, object.csr, name);
  const record = underlying(object.type).kind === 'pointer' ? dereference(object, space) : object;
  const type = underlying(record.type);
  if (type.kind !== 'struct' && type.kind !== 'union' && type.kind !== 'class')
    throw new ExpressionFault(`${typeName(object.type)} has no members`);
  const found = findMember(type, name);
  if (found === undefined)
    throw new ExpressionFault(
      type.isComplete
        ? `${typeName(type)} has no member '${name}'`
        : `the members of ${typeName(type)} are not known`,
    );
  const { member, byteOffset } = found;
  return {
    kind: 'typed',
    type: member.type,
    place: placeAt(record.place, BigInt(byteOffset)),
    ...(member.bitField && { bits: member.bitField }),
  };
}
