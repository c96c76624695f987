import type { Csr } from '../../isa/csr.ts';
import { fieldText } from '../../isa/explain-csr.ts';
import { typeName } from '../../symbols/type-names.ts';
import { underlying } from '../../symbols/types.ts';
import type { AssignResult, Variable } from '../variable.ts';
import { isCharacter, readInteger } from './contents.ts';
import { store } from './conversion.ts';
import { dereference, elementOf, memberOf } from './parts.ts';
import { formatValue, memberNames } from './format.ts';
import { fieldOf } from './registers.ts';
import type { Surroundings } from './surroundings.ts';
import { offerOf, type WatchOffer } from '../watches/watch-offer.ts';
import { ExpressionFault, NONE, type TypedValue, type Value } from './value.ts';

/** Elements that are shown in one list; longer arrays are shown in ranges of so many, and ranges of ranges. */
const longestList = 100;

/** What it takes to let a user change a value. */
export interface Assigning {
  /** Evaluates the text that a user gives as a new value. */
  readonly readText: (
    text: string,
  ) => { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly message: string };
  /** Called after memory or a register was written. */
  readonly didAssign: () => void;
  /** Called with the type of what somebody may come to watch. */
  readonly didOffer: (dataId: string, value: TypedValue) => void;
}

/** Makes variables, as views show them, of values. What is inside is read when it is opened. */
export class Presenter {
  readonly #surroundings: Surroundings;
  readonly #assigning: Assigning;

  constructor(surroundings: Surroundings, assigning: Assigning) {
    this.#surroundings = surroundings;
    this.#assigning = assigning;
  }

  /** `expression` evaluates to the value; `undefined` where no expression does. */
  present(name: string, value: Value, expression?: string): Variable {
    const children = this.#children(value, expression);
    return {
      name,
      value: formatValue(value, this.#surroundings),
      ...(expression !== undefined && { evaluateName: expression }),
      ...(children && { children }),
      watch: (bytes) => this.#offer(value, expression ?? name, bytes),
      ...(value.kind === 'typed' && this.#details(value)),
    };
  }

  /** What takes a text from the user, made to tell whoever has to know that something was written. */
  assigning(write: (text: string) => AssignResult): (text: string) => AssignResult {
    return (text) => {
      const result = write(text);
      if (result.ok) this.#assigning.didAssign();
      return result;
    };
  }

  #details(value: TypedValue): Partial<Variable> {
    const memoryReference = this.#memoryReference(value);
    const isWritable = value.place.write !== undefined && underlying(value.type).kind !== 'function';
    return {
      type: typeName(value.type),
      ...(memoryReference !== undefined && { memoryReference }),
      ...(isWritable && { assign: (text: string) => this.#assign(value, text) }),
    };
  }

  #offer(value: Value, name: string, bytes: number | undefined): WatchOffer {
    const offer = offerOf(value, name, this.#surroundings, bytes);
    if (offer.ok && value.kind === 'typed') this.#assigning.didOffer(offer.dataId, value);
    return offer;
  }

  /** A pointer's is where it points, as clients expect; of all else, where it lies. */
  #memoryReference(value: TypedValue): string | undefined {
    const { virtual } = this.#surroundings;
    const isPointer = underlying(value.type).kind === 'pointer';
    const { memory } = value.place;
    if (isPointer || (value.space && !memory)) {
      const address = readInteger(value);
      return address.ok ? (value.space ?? virtual).reference(address.value) : undefined;
    }
    return memory?.space.reference(memory.address);
  }

  #assign(target: TypedValue, text: string): AssignResult {
    const type = underlying(target.type);
    const isName = type.kind === 'enum' && type.enumerators.some(({ name }) => name === text.trim());
    const given = isName
      ? ({ ok: true, value: { kind: 'text', text: text.trim() } } as const)
      : this.#assigning.readText(text);
    if (!given.ok) return given;
    try {
      store(target, given.value, this.#surroundings.virtual);
    } catch (thrown) {
      if (thrown instanceof ExpressionFault) return { ok: false, message: thrown.message };
      throw thrown;
    }
    const value = formatValue(target, this.#surroundings);
    this.#assigning.didAssign();
    return { ok: true, value };
  }

  #children(value: Value, expression: string | undefined): (() => readonly Variable[]) | undefined {
    switch (value.kind) {
      case 'none':
      case 'text':
        return undefined;
      case 'facts':
        return () =>
          value.names.map((name) =>
            this.#presentPart(name, () => value.get(name) ?? NONE, member(expression, name)),
          );
      case 'list':
        return () =>
          value.items.map((item, index) => this.present(`[${index}]`, item, element(expression, index)));
      case 'typed':
        return value.csr ? this.#fields(value, value.csr, expression) : this.#parts(value, expression);
    }
  }

  #fields(
    value: TypedValue,
    csr: Csr,
    expression: string | undefined,
  ): (() => readonly Variable[]) | undefined {
    if (csr.fields.length === 0) return undefined;
    return () => {
      const content = readInteger(value);
      const highFirst = csr.fields.toSorted((a, b) => b.high - a.high);
      return highFirst.map((field) => {
        const shown = this.present(field.name, fieldOf(value, csr, field), member(expression, field.name));
        const bits = field.high === field.low ? `bit ${field.high}` : `bits ${field.high}:${field.low}`;
        return {
          ...shown,
          ...(content.ok && { value: fieldText(field, content.value) }),
          type: `${bits}. ${field.summary}`,
        };
      });
    };
  }

  /** What a record, an array or a pointer holds; nothing where its text says all. */
  #parts(value: TypedValue, expression: string | undefined): (() => readonly Variable[]) | undefined {
    const type = underlying(value.type);
    const { virtual } = this.#surroundings;
    switch (type.kind) {
      case 'struct':
      case 'union':
      case 'class':
        return () =>
          memberNames(type).map((name) =>
            this.#presentPart(name, () => memberOf(value, name, virtual), member(expression, name)),
          );
      case 'array':
        return type.count === undefined || type.count === 0
          ? undefined
          : () => this.#elements(value, 0, type.count ?? 0, expression);
      case 'pointer':
        return this.#pointee(value, expression);
      case 'base':
      case 'enum':
      case 'function':
      case 'void':
      case 'unknown':
        return undefined;
    }
  }

  /** A pointer opens to the members of what it points to, or to that itself. */
  #pointee(value: TypedValue, expression: string | undefined): (() => readonly Variable[]) | undefined {
    const type = underlying(value.type);
    if (type.kind !== 'pointer' || isCharacter(type.target)) return undefined;
    const target = underlying(type.target);
    const address = readInteger(value);
    if (['void', 'function', 'unknown'].includes(target.kind) || !address.ok || address.value === 0n)
      return undefined;
    const { virtual } = this.#surroundings;
    if (target.kind === 'struct' || target.kind === 'union' || target.kind === 'class')
      return () =>
        memberNames(target).map((name) =>
          this.#presentPart(
            name,
            () => memberOf(value, name, virtual),
            expression === undefined ? undefined : `${operand(expression)}->${name}`,
          ),
        );
    const inner = expression === undefined ? undefined : `*${operand(expression)}`;
    return () => [this.#presentPart(inner ?? '*', () => dereference(value, virtual), inner)];
  }

  #elements(
    value: TypedValue,
    from: number,
    count: number,
    expression: string | undefined,
  ): readonly Variable[] {
    if (count <= longestList)
      return Array.from({ length: count }, (_, offset) => {
        const index = from + offset;
        return this.#presentPart(
          `[${index}]`,
          () => elementOf(value, BigInt(index), this.#surroundings.virtual),
          element(expression, index),
        );
      });
    let size = longestList;
    while (count > size * longestList) size *= longestList;
    return Array.from({ length: Math.ceil(count / size) }, (_, range) => {
      const first = from + range * size;
      const length = Math.min(size, from + count - first);
      return {
        name: `[${first}..${first + length - 1}]`,
        value: '',
        children: () => this.#elements(value, first, length, expression),
      };
    });
  }

  #presentPart(name: string, part: () => Value, expression: string | undefined): Variable {
    try {
      return this.present(name, part(), expression);
    } catch (thrown) {
      if (thrown instanceof ExpressionFault) return { name, value: `<${thrown.message}>` };
      throw thrown;
    }
  }
}

function member(expression: string | undefined, name: string): string | undefined {
  return expression === undefined ? undefined : `${operand(expression)}.${name}`;
}

function element(expression: string | undefined, index: number): string | undefined {
  return expression === undefined ? undefined : `${operand(expression)}[${index}]`;
}

/** In brackets where a following `.` or `[` would belong to a part of it. */
function operand(expression: string): string {
  return /^[\w$!.[\]]+$|^[\w$!.[\]>-]+[\w\]]$/.test(expression) && !/-[^>]/.test(expression)
    ? expression
    : `(${expression})`;
}
