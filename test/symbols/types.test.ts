import assert from 'node:assert/strict';
import { declaration, typeName } from '../../src/symbols/type-names.ts';
import {
  type Type,
  VOID,
  arrayOf,
  findMember,
  pointerTo,
  sizeOf,
  underlying,
} from '../../src/symbols/types.ts';
import { GCC, GDB, needsTools, runGdb } from './toolchain.ts';
import { VARIANTS } from './variants.ts';

const NAMES = ['struct node', 'struct point', 'struct flags', 'union either', 'enum color', 'byte'];

describe('symbols/types', function () {
  needsTools(this, GCC, GDB);

  for (const { name, path, image: load } of VARIANTS) {
    it(`reads sizes, members, bit-fields and enumerators as gdb does, ${name}`, () => {
      const image = load();
      const [line = ''] = runGdb(path(), [
        'def describe(t):',
        '    t = t.strip_typedefs()',
        '    fields = t.fields() if t.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ENUM) else []',
        '    if t.code == gdb.TYPE_CODE_ENUM: return [t.sizeof, [[f.name, f.enumval] for f in fields]]',
        '    return [t.sizeof, [[f.name or "", f.bitpos, f.bitsize, str(f.type).replace(" ", "")] for f in fields]]',
        `print(json.dumps([describe(gdb.lookup_type(name)) for name in ${JSON.stringify(NAMES)}]))`,
      ]);
      const own = NAMES.map((each) => describeType(image.typeNamed(each.split(' '))));
      assert.deepEqual(own, JSON.parse(line));
    });

    it(`gives globals the addresses and types that gdb gives them, ${name}`, () => {
      const globals = [...load().globals()];
      const names = globals.map((one) => one.name);
      assert.ok(['nodes', 'counter', 'big'].every((each) => names.includes(each)));
      const lines = runGdb(path(), [
        `for name in ${JSON.stringify(names)}:`,
        '    symbol = gdb.lookup_global_symbol(name) or gdb.lookup_static_symbol(name)',
        '    print(name, int(symbol.value().address), str(symbol.type).replace(" ", ""))',
      ]);
      const own = globals.map((one) => {
        const location = one.locate(undefined, () => undefined);
        assert.ok(location.kind === 'address');
        return `${one.name} ${location.address} ${typeName(one.type).replaceAll(' ', '')}`;
      });
      assert.deepEqual(own, lines);
    });
  }

  it('finds enumerators, and members of anonymous structs and unions', () => {
    const image = VARIANTS[1]?.image();
    assert.equal(image?.enumeratorNamed('BLUE')?.value, -2n);
    assert.equal(image?.enumeratorNamed('BLUE')?.type.isSigned, true);
    assert.equal(image?.enumeratorNamed('MAUVE'), undefined);
    const node = image?.typeNamed(['struct', 'node']);
    assert.ok(node?.kind === 'struct');
    const inner = node.members.find(({ name }) => name === undefined);
    const anonymous = findMember(node, 'anonymous_c');
    assert.equal(anonymous?.byteOffset, (inner?.byteOffset ?? 0) + 4);
    assert.equal(anonymous?.member.name, 'anonymous_c');
    assert.equal(findMember(node, 'absent'), undefined);
  });

  it('walks circular types', () => {
    const node = VARIANTS[1]?.image().typeNamed(['struct', 'node']);
    assert.ok(node?.kind === 'struct');
    const next = findMember(node, 'next')?.member.type;
    assert.ok(next?.kind === 'pointer');
    assert.equal(next.target, node);
  });

  it('ends on types that are made of themselves', () => {
    const endless: Type = {
      kind: 'typedef',
      name: 'endless',
      get target() {
        return endless;
      },
    };
    assert.equal(underlying(endless).kind, 'unknown');
    assert.equal(sizeOf(endless), undefined);
    const pointer: Type = {
      kind: 'pointer',
      byteSize: 8,
      get target() {
        return pointer;
      },
    };
    assert.match(typeName(pointer), /\.\.\. \*+$/);
  });

  it('writes declarations as C does', () => {
    const int: Type = { kind: 'base', name: 'int', byteSize: 4, encoding: 'signed' };
    const handler: Type = { kind: 'function', result: VOID, parameters: [int], isVariadic: true };
    assert.equal(declaration(arrayOf(pointerTo(int), 3), 'a'), 'int *a[3]');
    assert.equal(declaration(pointerTo(arrayOf(arrayOf(int, 4), 3)), 'a'), 'int (*a)[3][4]');
    assert.equal(declaration(arrayOf(pointerTo(handler), 8), 'table'), 'void (*table[8])(int, ...)');
    assert.equal(typeName(constant(pointerTo(constant(int)))), 'const int *const');
    assert.equal(typeName(pointerTo({ ...handler, parameters: [], isVariadic: false })), 'void (*)(void)');
    assert.equal(typeName(arrayOf(int, undefined)), 'int []');
  });
});

const constant = (target: Type): Type => ({ kind: 'qualified', qualifier: 'const', target });

/** A type as gdb's script describes it. */
function describeType(type: Type | undefined): unknown {
  assert.ok(type);
  const plain = underlying(type);
  if (plain.kind === 'enum') {
    return [plain.byteSize, plain.enumerators.map(({ name, value }) => [name, Number(value)])];
  }
  if (plain.kind !== 'struct' && plain.kind !== 'union') return [sizeOf(plain), []];
  return [
    plain.byteSize,
    plain.members.map(({ name, type: memberType, byteOffset, bitField }) => [
      name ?? '',
      byteOffset * 8 + (bitField?.bitOffset ?? 0),
      bitField?.bitSize ?? 0,
      typeName(memberType).replaceAll(' ', ''),
    ]),
  ];
}
