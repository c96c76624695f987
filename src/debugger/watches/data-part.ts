import { sizeOf, underlying, type Type } from '../../symbols/types.ts';

/** A part of a variable: what leads to it from there (`[2].state`), its type, and where it begins. */
export interface DataPart {
  readonly path: string;
  readonly type: Type;
  readonly offset: number;
}

/** Members of members of members: more is damage. */
const deepest = 20;

/** The smallest named part of a type that holds all of these bytes. */
export function partAt(type: Type, offset: number, length: number): DataPart {
  let part: DataPart = { path: '', type, offset: 0 };
  for (let depth = 0; depth < deepest; depth++) {
    const inner = innerPart(part, offset - part.offset, length);
    if (inner === undefined) break;
    part = inner;
  }
  return part;
}

function innerPart(
  { path, type, offset: start }: DataPart,
  offset: number,
  length: number,
): DataPart | undefined {
  const plain = underlying(type);
  switch (plain.kind) {
    case 'array': {
      const size = sizeOf(plain.element) ?? 0;
      const index = size === 0 ? 0 : Math.floor(offset / size);
      if (size === 0 || offset + length > (index + 1) * size) return undefined;
      return { path: `${path}[${index}]`, type: plain.element, offset: start + index * size };
    }
    case 'struct':
    case 'class': {
      const found = plain.members.find(
        (member) =>
          member.bitField === undefined &&
          offset >= member.byteOffset &&
          offset + length <= member.byteOffset + (sizeOf(member.type) ?? 0),
      );
      if (found === undefined) return undefined;
      const name = found.name === undefined ? '' : `.${found.name}`;
      return { path: path + name, type: found.type, offset: start + found.byteOffset };
    }
    case 'base':
    case 'enum':
    case 'pointer':
    case 'union':
    case 'function':
    case 'void':
    case 'unknown':
      return undefined;
  }
}
