import type { Type } from './types.ts';

/** Declarators nested deeper than this are damage. */
const DEEPEST = 32;

/** A type as C writes it: `const struct node *`, `int (*)(struct node *, int)`, `char [16]`. */
export function typeName(type: Type): string {
  return declare(type, '', DEEPEST);
}

/** A declaration of something with that type: `int (*visit)(struct node *)`. */
export function declaration(type: Type, name: string): string {
  return declare(type, name, DEEPEST);
}

/** C declarators grow from the inside out: `inner` is what has been written around the name so far. */
function declare(type: Type, inner: string, left: number): string {
  if (left === 0) return join('...', inner);
  switch (type.kind) {
    case 'base':
    case 'typedef':
    case 'unknown':
      return join(type.name, inner);
    case 'void':
      return join('void', inner);
    case 'struct':
    case 'union':
    case 'class':
    case 'enum':
      return join(`${type.kind} ${type.name ?? '{...}'}`, inner);
    case 'pointer':
      return declare(type.target, `*${inner}`, left - 1);
    case 'array':
      return declare(type.element, `${grouped(inner)}[${type.count ?? ''}]`, left - 1);
    case 'function': {
      const parameters = type.parameters.map((parameter) => declare(parameter, '', left - 1));
      if (type.isVariadic) parameters.push('...');
      return declare(type.result, `${grouped(inner)}(${parameters.join(', ') || 'void'})`, left - 1);
    }
    case 'qualified':
      // Of a pointer the qualifier stands behind the star, of anything else before the type.
      return type.target.kind === 'pointer'
        ? declare(type.target.target, `*${join(type.qualifier, inner)}`, left - 1)
        : `${type.qualifier} ${declare(type.target, inner, left - 1)}`;
  }
}

/** A pointer to an array or a function binds looser than the brackets that follow. */
function grouped(inner: string): string {
  return inner.startsWith('*') ? `(${inner})` : inner;
}

function join(words: string, inner: string): string {
  if (inner === '') return words;
  return `${words} ${inner}`;
}
