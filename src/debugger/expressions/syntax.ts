/** Offsets into the expression's text, in characters; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Operators before their one operand. */
export type UnaryOperator = '-' | '+' | '!' | '~' | '*' | '&';
/** Operators between two operands. */
export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '||';

/** A type as written in a cast or `sizeof`: its words, then how many `*`. */
export interface TypeName {
  readonly words: readonly string[];
  readonly pointers: number;
  readonly span: Span;
}

/** The tree of an expression: C, as a kernel programmer writes it, with registers, images, spaces and slices. */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly unsigned: boolean; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }
  /** `name`, or `image!name`. */
  | { readonly kind: 'name'; readonly image: string | undefined; readonly name: string; readonly span: Span }
  /** `$a0`, `$satp`; its fields are members. */
  | { readonly kind: 'register'; readonly name: string; readonly span: Span }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'member';
      readonly object: Expression;
      readonly name: string;
      readonly arrow: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression; readonly span: Span }
  /** `table[0..8]`: elements from the first up to, not with, the second. */
  | {
      readonly kind: 'slice';
      readonly object: Expression;
      readonly from: Expression;
      readonly to: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly arguments: readonly Expression[];
      readonly span: Span;
    }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expression; readonly span: Span }
  | { readonly kind: 'sizeof'; readonly operand: TypeName | Expression; readonly span: Span }
  | {
      readonly kind: 'assignment';
      readonly target: Expression;
      readonly value: Expression;
      readonly span: Span;
    };

/** What is wrong with an expression, and where. */
export interface ExpressionError {
  readonly message: string;
  readonly span: Span;
}
