import { floatFormats } from './float-formats.ts';
import type {
  BinaryOperator,
  ComparisonOperator,
  Condition,
  Semantics,
  Statement,
  Value,
} from './semantics.ts';

/**
 * What an instruction does, as lines of arithmetic for people: `rd = signExtend32(rs1 + rs2)`. Empty for an
 * operation, which only words can tell.
 */
export function semanticsText(semantics: Semantics): readonly string[] {
  return semantics.flatMap((statement) => statementText(statement));
}

function statementText(statement: Statement): readonly string[] {
  switch (statement.kind) {
    case 'setX':
      return [`${statement.operand} = ${top(statement.value)}`];
    case 'setF': {
      const value = top(statement.value);
      return [
        `fd = ${statement.format === 'd' ? value : `nanBox${floatFormats[statement.format].bits}(${value})`}`,
      ];
    }
    case 'jump':
      return [`pc = ${top(statement.target)}`];
    case 'branch':
      return [`if ${conditionText(statement.condition)}: pc = ${top(statement.target)}`];
    case 'store':
      return [`${memoryText(statement)} = ${top(statement.value)}`];
    case 'operation':
      return [];
  }
}

/** Without the parentheses that nesting needs. */
function top(value: Value): string {
  return value.kind === 'binary' ? binaryText(value) : valueText(value);
}

function valueText(value: Value): string {
  switch (value.kind) {
    case 'constant':
      return value.value < 0x1000n ? String(value.value) : `0x${value.value.toString(16)}`;
    case 'x':
      return value.operand;
    case 'f': {
      const register = value.operand.replace('r', 'f');
      return value.format === 'd' ? register : `unbox${floatFormats[value.format].bits}(${register})`;
    }
    case 'floatConstant':
      return 'constant';
    case 'float':
      return `f${value.operator}${floatFormats[value.format].bits}(${value.operands.map(top).join(', ')})`;
    case 'convert':
      return `convert.${value.to}.${value.from}(${top(value.value)})`;
    case 'immediate':
      return 'imm';
    case 'pc':
      return 'pc';
    case 'nextPc':
      return 'nextPc';
    case 'binary':
      return operatorText[value.operator].startsWith(' ') ? `(${binaryText(value)})` : binaryText(value);
    case 'unary':
      return `${value.operator}(${top(value.value)})`;
    case 'extend':
      return `${value.signed ? 'sign' : 'zero'}Extend${value.bits}(${top(value.value)})`;
    case 'boolean':
      return `(${conditionText(value.condition)})`;
    case 'select':
      return `(${conditionText(value.condition)} ? ${top(value.whenTrue)} : ${top(value.whenFalse)})`;
    case 'load':
      if (value.size === 8) return memoryText(value);
      return `${value.signed ? 'sign' : 'zero'}Extend(${memoryText(value)})`;
    case 'loadReserved':
      return `loadReserved${8 * value.size}(${top(value.address)})`;
    case 'storeConditional':
      return `storeConditional${8 * value.size}(${top(value.address)}, ${top(value.value)})`;
    case 'amo':
      return `amo${value.operator}${8 * value.size}(${top(value.address)}, ${top(value.value)})`;
  }
}

const operatorText: Readonly<Record<BinaryOperator, string>> = {
  add: ' + ',
  sub: ' - ',
  and: ' & ',
  or: ' | ',
  xor: ' ^ ',
  sll: ' << ',
  srl: ' >>> ',
  sra: ' >> ',
  rotl: 'rotl',
  rotr: 'rotr',
  mul: ' * ',
  clmul: 'clmul',
  clmulh: 'clmulh',
  clmulr: 'clmulr',
  mulh: 'mulh',
  mulhu: 'mulhu',
  mulhsu: 'mulhsu',
  div: 'div',
  divu: 'divu',
  rem: 'rem',
  remu: 'remu',
};

const comparisonText: Readonly<Record<ComparisonOperator, string>> = {
  eq: '==',
  ne: '!=',
  lt: '<',
  ltu: '<u',
  ge: '>=',
  geu: '>=u',
};

function binaryText({ operator, left, right }: Extract<Value, { kind: 'binary' }>): string {
  const text = operatorText[operator];
  return text.startsWith(' ')
    ? valueText(left) + text + valueText(right)
    : `${text}(${top(left)}, ${top(right)})`;
}

function conditionText({ operator, left, right }: Condition): string {
  return `${valueText(left)} ${comparisonText[operator]} ${valueText(right)}`;
}

function memoryText({
  size,
  access,
  address,
}: Pick<Extract<Value, { kind: 'load' }>, 'size' | 'access' | 'address'>): string {
  const memory = { normal: 'memory', hypervisor: 'guestMemory', 'hypervisor-execute': 'guestCode' }[access];
  return `${memory}${8 * size}[${top(address)}]`;
}
