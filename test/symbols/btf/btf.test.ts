import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Btf } from '../../../src/symbols/btf/btf.ts';
import { btfKind } from '../../../src/symbols/btf/records.ts';
import { typeName } from '../../../src/symbols/type-names.ts';
import { findMember, sizeOf, underlying, type RecordType, type Type } from '../../../src/symbols/types.ts';
import { BtfWriter } from './writer.ts';

/** A kernel's worth: `struct task { struct list { struct list *next; } list; char comm[16]; unsigned flags : 3; … }`. */
function kernel(): BtfWriter {
  const writer = new BtfWriter();
  const int = writer.add(btfKind.INT, 'int', 4, { words: [(1 << 24) | 32] });
  const char = writer.add(btfKind.INT, 'char', 1, { words: [8] });
  const unsigned = writer.add(btfKind.INT, 'unsigned int', 4, { words: [32] });
  const comm = writer.add(btfKind.ARRAY, '', 0, { words: [char, int, 16] });
  const pid = writer.add(btfKind.TYPEDEF, 'pid_t', int);
  // The list's own number is that of the pointer and one more.
  const next = writer.add(btfKind.PTR, '', pid + 3);
  const tagged = writer.add(btfKind.TYPE_TAG, 'rcu', next);
  const list = writer.add(btfKind.STRUCT, 'list', 8, { count: 1, words: [writer.name('next'), tagged, 0] });
  const inner = writer.add(btfKind.UNION, '', 4, { count: 1, words: [writer.name('pid'), pid, 0] });
  const task = [
    [writer.name('list'), list, 0],
    [writer.name('comm'), comm, 64],
    [0, inner, 192],
    [writer.name('flags'), unsigned, (3 << 24) | 226],
  ];
  writer.add(btfKind.STRUCT, 'task', 32, {
    flag: true,
    count: 4,
    words: task.flat(),
  });
  writer.add(btfKind.ENUM, 'state', 4, {
    flag: true,
    count: 2,
    words: [writer.name('RUNNING'), 0, writer.name('DEAD'), 0xffff_ffff],
  });
  writer.add(btfKind.ENUM64, '', 8, { count: 1, words: [writer.name('WIDE'), 1, 2] });
  const pointer = writer.add(btfKind.PTR, '', list);
  const proto = writer.add(btfKind.FUNC_PROTO, '', int, {
    count: 2,
    words: [writer.name('where'), pointer, 0, 0],
  });
  writer.add(btfKind.FUNC, 'list_add', proto);
  return writer;
}

function read(bytes: Uint8Array, base?: Btf): Btf {
  return Btf.read(bytes, base) ?? assert.fail('no BTF');
}

function record(type: Type | undefined): RecordType {
  const found = type && underlying(type);
  return found?.kind === 'struct' || found?.kind === 'union' ? found : assert.fail('no record');
}

describe('symbols/btf/btf', () => {
  it('reads records with their members, bit-fields and anonymous parts', () => {
    const task = record(read(kernel().bytes()).typeNamed(['const', 'struct', 'task']));
    assert.equal(sizeOf(task), 32);
    const shown = ['list', 'comm', 'pid', 'flags'].map((name) => {
      const found = findMember(task, name) ?? assert.fail(name);
      return [name, typeName(found.member.type), found.byteOffset, found.member.bitField];
    });
    assert.deepEqual(shown, [
      ['list', 'struct list', 0, undefined],
      ['comm', 'char [16]', 8, undefined],
      ['pid', 'pid_t', 24, undefined],
      ['flags', 'unsigned int', 28, { bitOffset: 2, bitSize: 3 }],
    ]);
  });

  it('walks types that contain pointers to themselves, past tags', () => {
    let type: Type = record(read(kernel().bytes()).typeNamed(['struct', 'list']));
    for (let depth = 0; depth < 10; depth++) {
      const next: Type = findMember(record(type), 'next')?.member.type ?? assert.fail('no next');
      assert.equal(typeName(next), 'struct list *');
      const plain = underlying(next);
      type = plain.kind === 'pointer' ? plain.target : assert.fail(plain.kind);
    }
  });

  it('knows enumerators, parameters, and the types of the language', () => {
    const btf = read(kernel().bytes());
    assert.equal(btf.enumeratorNamed('DEAD')?.value, -1n);
    assert.equal(btf.enumeratorNamed('WIDE')?.value, 0x2_0000_0001n);
    assert.equal(btf.enumeratorNamed('NONE'), undefined);
    assert.deepEqual(
      btf.parametersOf('list_add')?.map(({ name, type }) => `${typeName(type)} ${name}`),
      ['struct list * where'],
      'what makes it variadic is no parameter',
    );
    assert.equal(btf.parametersOf('list_del'), undefined);
    assert.equal(sizeOf(btf.typeNamed(['unsigned', 'long']) ?? assert.fail()), 8);
    assert.equal(btf.typeNamed(['struct', 'nothing']), undefined);
    assert.equal(btf.typeNamed(['task']), undefined, 'C wants the keyword');
  });

  it('reads a module’s types, which go on from its kernel’s', () => {
    const base = kernel();
    const module = new BtfWriter(base);
    const own = module.add(btfKind.PTR, '', 8);
    module.add(btfKind.STRUCT, 'vm', 8, { count: 1, words: [module.name('lists'), own, 0] });
    const btf = read(module.bytes(), read(base.bytes()));
    const lists = findMember(record(btf.typeNamed(['struct', 'vm'])), 'lists');
    assert.equal(typeName(lists?.member.type ?? assert.fail()), 'struct list *');
    assert.equal(sizeOf(btf.typeNamed(['struct', 'task']) ?? assert.fail()), 32);
    assert.equal(btf.enumeratorNamed('DEAD')?.value, -1n);
    assert.equal(btf.parametersOf('list_add')?.length, 1);
  });

  it('is nothing for other bytes, and ends at damage', () => {
    assert.equal(Btf.read(new Uint8Array(64)), undefined);
    const bytes = kernel().bytes();
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        const btf = Btf.read(damaged);
        const type = btf?.typeNamed(['struct', 'task']);
        if (type !== undefined) typeName(type);
        btf?.enumeratorNamed('DEAD');
        btf?.parametersOf('list_add');
      }),
    );
  });
});
