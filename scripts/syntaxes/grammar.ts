import { allCsrs } from '../../src/isa/csrs/index.ts';
import { anyOf, mnemonicGroups } from './mnemonics.ts';

/** The grammar as the text of a `.tmLanguage.json` file: GNU assembly syntax with the C preprocessor. */
export function grammarText(): string {
  const grammar = {
    name: 'RISC-V Assembly',
    scopeName: 'source.riscv-asm',
    fileTypes: ['s', 'S', 'asm'],
    patterns: ['preprocessor', 'comment', 'label', 'assignment', 'directive', 'instruction', 'operand'].map(
      include,
    ),
    repository: {
      comment: { patterns: comments },
      preprocessor: { patterns: [preprocessor] },
      label: { patterns: labels },
      assignment: { patterns: [assignment] },
      directive: { patterns: directives },
      instruction: { patterns: instructions() },
      operand: {
        patterns: ['string', 'relocation', 'register', 'number', 'symbol', 'operator'].map(include),
      },
      string: { patterns: strings },
      relocation: { patterns: [relocation] },
      register: { patterns: registers },
      csr: { patterns: [csr()] },
      number: { patterns: numbers },
      symbol: { patterns: symbols },
      operator: { patterns: operators },
    },
  };
  return `${JSON.stringify(grammar, undefined, 2)}\n`;
}

interface Rule {
  readonly include?: string;
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
}
type Captures = Readonly<Record<string, { readonly name: string }>>;

function include(name: string): Rule {
  return { include: `#${name}` };
}

/** Names the n-th group of the expression with the n-th scope; an empty scope leaves it unnamed. */
function scopes(...names: readonly string[]): Captures {
  const entries = names.map((name, index) => [String(index + 1), { name: `${name}.riscv-asm` }] as const);
  return Object.fromEntries(entries.filter(([, { name }]) => !name.startsWith('.')));
}

const symbolName = '[A-Za-z_.$][\\w.$]*';
/** Where a statement may begin: a line's start, or after a label, a semicolon or a comment. */
const statement = '(?<=^|[;:]|\\*/)[ \\t]*';
/** Where a word ends: mnemonics and symbols hold dots. */
const wordEnd = '(?![\\w.$])';
/** Where a statement ends, seen from within it: comments are not part of it. */
const statementEnd = '(?=$|;|#|//|/\\*)';

const comments: readonly Rule[] = [
  {
    name: 'comment.block.riscv-asm',
    begin: '/\\*',
    end: '\\*/',
    beginCaptures: { 0: { name: 'punctuation.definition.comment.riscv-asm' } },
    endCaptures: { 0: { name: 'punctuation.definition.comment.riscv-asm' } },
  },
  {
    name: 'comment.line.double-slash.riscv-asm',
    match: '(//).*$',
    captures: scopes('punctuation.definition.comment'),
  },
  {
    name: 'comment.line.number-sign.riscv-asm',
    match: '(#).*$',
    captures: scopes('punctuation.definition.comment'),
  },
];

/** A directive of the C preprocessor, with its continuation lines; any other `#` begins a comment. */
const preprocessor: Rule = {
  name: 'meta.preprocessor.riscv-asm',
  begin:
    '^[ \\t]*(#)[ \\t]*(define|undef|include|ifdef|ifndef|if|elif|else|endif|error|warning|pragma|line)\\b' +
    '(?:(?<=define|undef|ifdef|ifndef)[ \\t]+([A-Za-z_]\\w*))?',
  // Before the line's end and not after it, where no backslash stands behind.
  end: '(?<!\\\\)(?=\\n)',
  beginCaptures: scopes(
    'punctuation.definition.directive',
    'keyword.control.directive.preprocessor',
    'entity.name.function.preprocessor',
  ),
  patterns: [
    { name: 'constant.character.escape.line-continuation.riscv-asm', match: '\\\\$' },
    { name: 'string.quoted.other.include.riscv-asm', match: '(?<=include)[ \\t]*<[^>]*>' },
    { name: 'keyword.operator.defined.riscv-asm', match: '\\bdefined\\b' },
    ...comments.slice(0, 2),
    ...['label', 'directive', 'instruction', 'operand'].map(include),
  ],
};

const labels: readonly Rule[] = [
  {
    match: `${statement}(\\d+)(:)`,
    captures: scopes('entity.name.label.local', 'punctuation.separator.label'),
  },
  {
    match: `${statement}(${symbolName})[ \\t]*(:)`,
    captures: scopes('entity.name.function.label', 'punctuation.separator.label'),
  },
];

const assignment: Rule = {
  match: `${statement}(${symbolName})[ \\t]*(==?)(?!=)`,
  captures: scopes('variable.other.constant', 'keyword.operator.assignment'),
};

const directives: readonly Rule[] = [
  {
    begin: `${statement}(\\.macro)[ \\t]+(${symbolName})`,
    end: statementEnd,
    beginCaptures: scopes('keyword.control.directive.macro', 'entity.name.function.macro'),
    patterns: [
      {
        match: '([A-Za-z_]\\w*)(?:(:)(req|vararg)\\b)?',
        captures: scopes(
          'variable.parameter.macro',
          'punctuation.separator.parameter',
          'storage.modifier.macro',
        ),
      },
      { name: 'keyword.operator.assignment.riscv-asm', match: '=' },
      include('operand'),
    ],
  },
  {
    match: `${statement}(\\.(?:equ|eqv|equiv|set))[ \\t]+(${symbolName})`,
    captures: scopes('keyword.control.directive', 'variable.other.constant'),
  },
  {
    match: `${statement}(\\.(?:globl|global|local|weak|hidden|internal|protected|type|size|extern))[ \\t]+(${symbolName})`,
    captures: scopes('keyword.control.directive', 'entity.name.function.label'),
  },
  {
    // What follows names options, extensions and attributes, not symbols.
    begin: `${statement}(\\.(?:option|attribute|insn|section|pushsection))${wordEnd}`,
    end: statementEnd,
    beginCaptures: scopes('keyword.control.directive'),
    patterns: [
      {
        name: 'support.type.section.riscv-asm',
        match: '\\.(?:text|data|rodata|bss|init|fini)(?:\\.[\\w.]*)?',
      },
      {
        name: 'support.type.option.riscv-asm',
        match: '\\b(?:no)?(?:rvc|pic|relax)\\b|\\b(?:push|pop|arch)\\b',
      },
      include('operand'),
    ],
  },
  { match: `${statement}(\\.[a-z_]\\w*)`, captures: scopes('keyword.control.directive') },
];

function instructions(): readonly Rule[] {
  const access = {
    // CSRs are named only here: elsewhere `time` or `cycle` is somebody's symbol.
    begin: `${statement}(?=csr[a-z]+${wordEnd})`,
    end: statementEnd,
    patterns: [...mnemonicRules('\\G'), ...['csr', 'operand'].map(include)],
  };
  const fence = {
    begin: `${statement}(fence)${wordEnd}`,
    end: statementEnd,
    beginCaptures: scopes('keyword.mnemonic.i'),
    patterns: [{ name: 'constant.language.fence.riscv-asm', match: '\\b[iorw]{1,4}\\b' }, include('operand')],
  };
  const other = {
    match: `${statement}([A-Za-z_]\\w*(?:\\.\\w+)*)${wordEnd}`,
    captures: scopes('entity.name.function.mnemonic'),
  };
  return [access, fence, ...mnemonicRules(statement), other];
}

function mnemonicRules(before: string): readonly Rule[] {
  return mnemonicGroups().map(({ scope, pattern }) => ({
    match: `${before}(${pattern})${wordEnd}`,
    captures: scopes(`keyword.mnemonic.${scope}`),
  }));
}

function csr(): Rule {
  const names = [
    ...allCsrs.map(({ name }) => name),
    'fflags',
    'frm',
    'fcsr',
    'vstart',
    'vl',
    'vtype',
    'vlenb',
  ];
  return { name: 'support.type.csr.riscv-asm', match: `\\b(?:${anyOf(names)})\\b` };
}

const strings: readonly Rule[] = [
  {
    name: 'string.quoted.double.riscv-asm',
    begin: '"',
    end: '"|$',
    patterns: [{ name: 'constant.character.escape.riscv-asm', match: '\\\\(?:x[0-9A-Fa-f]+|[0-7]{1,3}|.)' }],
  },
  { name: 'string.quoted.single.riscv-asm', match: "'(?:\\\\(?:[0-7]{1,3}|.)|[^\\\\'])'?" },
];

/** `%hi(symbol)` and its kin, named by the psABI. */
const relocation: Rule = {
  match: '(%)(\\w+)(?=\\()',
  captures: scopes('keyword.operator.relocation', 'support.function.relocation'),
};

const registers: readonly Rule[] = [
  {
    name: 'variable.other.register.abi.riscv-asm',
    match: `(?<![\\w.$%])(?:zero|ra|sp|gp|tp|fp|pc|t[0-6]|s1[01]|s[0-9]|a[0-7])${wordEnd}`,
  },
  {
    name: 'variable.other.register.numeric.riscv-asm',
    match: `(?<![\\w.$%])x(?:[12]?[0-9]|3[01])${wordEnd}`,
  },
  {
    name: 'variable.other.register.float.riscv-asm',
    match: `(?<![\\w.$%])f(?:t(?:1[01]|[0-9])|s(?:1[01]|[0-9])|a[0-7]|[12]?[0-9]|3[01])${wordEnd}`,
  },
  {
    name: 'variable.other.register.vector.riscv-asm',
    match: `(?<![\\w.$%])v(?:[12]?[0-9]|3[01])${wordEnd}`,
  },
];

const numbers: readonly Rule[] = [
  { name: 'constant.other.label.local.riscv-asm', match: `(?<![\\w.$])\\d+[fb]${wordEnd}` },
  { name: 'constant.numeric.hex.riscv-asm', match: '(?<![\\w.$])0[xX][0-9A-Fa-f]+[uUlL]*\\b' },
  { name: 'constant.numeric.binary.riscv-asm', match: '(?<![\\w.$])0[bB][01]+\\b' },
  { name: 'constant.numeric.float.riscv-asm', match: '(?<![\\w.$])\\d+\\.\\d*(?:[eE][-+]?\\d+)?' },
  { name: 'constant.numeric.decimal.riscv-asm', match: '(?<![\\w.$])\\d+[uUlL]*\\b' },
];

const symbols: readonly Rule[] = [
  { name: 'variable.parameter.macro.riscv-asm', match: '\\\\(?:@|\\(\\)|\\w+)' },
  {
    name: 'support.type.symbol-type.riscv-asm',
    match: '[@%](?:function|object|tls_object|notype|progbits|nobits|note)\\b',
  },
  { name: 'meta.symbol.riscv-asm', match: `(?<![\\w.$])[A-Za-z_.$][\\w.$]*` },
];

const operators: readonly Rule[] = [
  { name: 'punctuation.separator.operand.riscv-asm', match: ',' },
  { name: 'punctuation.terminator.statement.riscv-asm', match: ';' },
  { name: 'keyword.operator.arithmetic.riscv-asm', match: '<<|>>|&&|\\|\\||[=!<>]=|[-+*/%&|^~!<>]' },
];
