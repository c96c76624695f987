import { tokenize, type Token } from './tokens.ts';
import type { BinaryOperator, Expression, ExpressionError, Span, TypeName, UnaryOperator } from './syntax.ts';

/** Deeper nesting than any person writes; a bound keeps hostile input from ending the adapter. */
const maximumDepth = 200;

const binaryPrecedence: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '<=': 7,
  '>': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
const unaryOperators: ReadonlySet<string> = new Set(['-', '+', '!', '~', '*', '&']);
const typeKeywords: ReadonlySet<string> = new Set([
  'struct',
  'union',
  'enum',
  'unsigned',
  'signed',
  'const',
  'volatile',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'void',
  '_Bool',
  'bool',
]);

/** An expression, or what is wrong with its text, and where. */
export type ParseResult =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly error: ExpressionError };

/** Parses one expression. `isTypeName` tells a typedef from a variable, as C needs for casts. */
export function parseExpression(text: string, isTypeName: (name: string) => boolean): ParseResult {
  const scanned = tokenize(text);
  if ('error' in scanned) return { ok: false, error: scanned.error };
  try {
    return { ok: true, expression: new Parser(scanned.tokens, isTypeName).parseWhole() };
  } catch (thrown) {
    if (thrown instanceof SyntaxFault) return { ok: false, error: thrown.error };
    throw thrown;
  }
}

/** Leaves the recursive descent; never leaves this file. */
class SyntaxFault extends Error {
  readonly error: ExpressionError;
  constructor(message: string, span: Span) {
    super(message);
    this.error = { message, span };
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #isTypeName: (name: string) => boolean;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], isTypeName: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isTypeName = isTypeName;
  }

  parseWhole(): Expression {
    if (this.#peek().kind === 'end') throw new SyntaxFault('an expression is missing', this.#peek().span);
    const target = this.#conditional();
    const expression = this.#accept('=') ? this.#assignment(target) : target;
    const rest = this.#peek();
    if (rest.kind !== 'end') throw new SyntaxFault('the expression should end here', rest.span);
    return expression;
  }

  #assignment(target: Expression): Expression {
    const value = this.#conditional();
    return { kind: 'assignment', target, value, span: cover(target.span, value.span) };
  }

  #conditional(): Expression {
    if (++this.#depth > maximumDepth) throw new SyntaxFault('this nests too deeply', this.#peek().span);
    const condition = this.#binary(0);
    let expression = condition;
    if (this.#accept('?')) {
      const whenTrue = this.#conditional();
      this.#expect(':');
      const whenFalse = this.#conditional();
      expression = {
        kind: 'conditional',
        condition,
        whenTrue,
        whenFalse,
        span: cover(condition.span, whenFalse.span),
      };
    }
    this.#depth--;
    return expression;
  }

  #binary(minimum: number): Expression {
    let left = this.#unary();
    for (;;) {
      const token = this.#peek();
      const precedence = token.kind === 'punctuator' ? binaryPrecedence[token.text] : undefined;
      if (token.kind !== 'punctuator' || precedence === undefined || precedence <= minimum) return left;
      this.#at++;
      const right = this.#binary(precedence);
      left = {
        kind: 'binary',
        operator: token.text as BinaryOperator,
        left,
        right,
        span: cover(left.span, right.span),
      };
    }
  }

  #unary(): Expression {
    if (++this.#depth > maximumDepth) throw new SyntaxFault('this nests too deeply', this.#peek().span);
    const expression = this.#prefix();
    this.#depth--;
    return expression;
  }

  #prefix(): Expression {
    const token = this.#peek();
    if (token.kind === 'punctuator' && unaryOperators.has(token.text)) {
      this.#at++;
      const operand = this.#unary();
      return {
        kind: 'unary',
        operator: token.text as UnaryOperator,
        operand,
        span: cover(token.span, operand.span),
      };
    }
    if (token.kind === 'name' && token.text === 'sizeof') return this.#sizeof(token.span);
    if (this.#isPunctuator(token, '(') && this.#startsType(1)) {
      this.#at++;
      const type = this.#typeName();
      this.#expect(')');
      const operand = this.#unary();
      return { kind: 'cast', type, operand, span: cover(token.span, operand.span) };
    }
    return this.#postfix();
  }

  #sizeof(start: Span): Expression {
    this.#at++;
    if (this.#isPunctuator(this.#peek(), '(') && this.#startsType(1)) {
      this.#at++;
      const operand = this.#typeName();
      const end = this.#expect(')');
      return { kind: 'sizeof', operand, span: cover(start, end) };
    }
    const operand = this.#unary();
    return { kind: 'sizeof', operand, span: cover(start, operand.span) };
  }

  #postfix(): Expression {
    let object = this.#primary();
    for (;;) {
      const token = this.#peek();
      if (token.kind !== 'punctuator') return object;
      if (token.text === '.' || token.text === '->') object = this.#member(object, token.text === '->');
      else if (token.text === '[') object = this.#subscript(object);
      else if (token.text === '(') object = this.#call(object);
      else return object;
    }
  }

  #member(object: Expression, arrow: boolean): Expression {
    this.#at++;
    const token = this.#peek();
    if (token.kind !== 'name') throw new SyntaxFault('the name of a member is missing', token.span);
    this.#at++;
    return { kind: 'member', object, name: token.text, arrow, span: cover(object.span, token.span) };
  }

  #subscript(object: Expression): Expression {
    this.#at++;
    const from = this.#conditional();
    if (this.#accept('..')) {
      const to = this.#conditional();
      return { kind: 'slice', object, from, to, span: cover(object.span, this.#expect(']')) };
    }
    return { kind: 'index', object, index: from, span: cover(object.span, this.#expect(']')) };
  }

  #call(callee: Expression): Expression {
    this.#at++;
    const operands: Expression[] = [];
    if (!this.#isPunctuator(this.#peek(), ')')) {
      do operands.push(this.#conditional());
      while (this.#accept(','));
    }
    return { kind: 'call', callee, arguments: operands, span: cover(callee.span, this.#expect(')')) };
  }

  #primary(): Expression {
    const token = this.#peek();
    switch (token.kind) {
      case 'number':
      case 'string':
        this.#at++;
        return token;
      case 'register':
        this.#at++;
        return { kind: 'register', name: token.text, span: token.span };
      case 'name':
        this.#at++;
        return this.#name(token.text, token.span);
      case 'punctuator':
        if (this.#accept('(')) {
          const inner = this.#conditional();
          this.#expect(')');
          return inner;
        }
        throw new SyntaxFault(`a value is missing before '${token.text}'`, token.span);
      case 'end':
        throw new SyntaxFault('a value is missing at the end', token.span);
    }
  }

  /** `image!name` is told from `a != b` by the tokenizer, which takes `!=` first. */
  #name(text: string, span: Span): Expression {
    const next = this.#peek();
    if (!this.#isPunctuator(next, '!')) return { kind: 'name', image: undefined, name: text, span };
    this.#at++;
    const symbol = this.#peek();
    if (symbol.kind !== 'name')
      throw new SyntaxFault(`a symbol of '${text}' is missing after '!'`, symbol.span);
    this.#at++;
    return { kind: 'name', image: text, name: symbol.text, span: cover(span, symbol.span) };
  }

  #startsType(ahead: number): boolean {
    const token = this.#tokens[this.#at + ahead];
    return token?.kind === 'name' && (typeKeywords.has(token.text) || this.#isTypeName(token.text));
  }

  #typeName(): TypeName {
    const words: string[] = [];
    const start = this.#peek().span;
    let end = start;
    for (let token = this.#peek(); token.kind === 'name'; token = this.#peek()) {
      if (token.text !== 'const' && token.text !== 'volatile') words.push(token.text);
      end = token.span;
      this.#at++;
    }
    let pointers = 0;
    for (let token = this.#peek(); this.#accept('*'); token = this.#peek()) {
      pointers++;
      end = token.span;
    }
    return { words, pointers, span: cover(start, end) };
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', span: { start: 0, end: 0 } };
  }

  #isPunctuator(token: Token, text: string): boolean {
    return token.kind === 'punctuator' && token.text === text;
  }

  #accept(text: string): boolean {
    if (!this.#isPunctuator(this.#peek(), text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): Span {
    const token = this.#peek();
    if (!this.#accept(text)) throw new SyntaxFault(`'${text}' is missing here`, token.span);
    return token.span;
  }
}

function cover(from: Span, to: Span): Span {
  return { start: from.start, end: to.end };
}
