import assert from 'node:assert/strict';
import { listModules } from '../../../src/introspection/linux/modules.ts';
import { FakeKernel, listHead, type Layout } from '../fake-kernel.ts';

const modules = 0xffff_ffff_8000_0000n;
const layout: Layout = {
  list_head: listHead,
  task_struct: { size: 8, members: [] },
  module_memory: {
    size: 16,
    members: [
      ['base', 'u64', 0],
      ['size', 'u32', 8],
    ],
  },
  mod_kallsyms: {
    size: 32,
    members: [
      ['symtab', 'u64', 0],
      ['num_symtab', 'u32', 8],
      ['strtab', 'u64', 16],
      ['typetab', 'u64', 24],
    ],
  },
  module: {
    size: 256,
    members: [
      ['state', 'u32', 0],
      ['list', 'struct list_head', 8],
      ['name', 'char[56]', 24],
      ['mem', 'struct module_memory[7]', 80],
      ['kallsyms', 'struct mod_kallsyms *', 200],
    ],
  },
  btf: {
    size: 16,
    members: [
      ['data', 'u64', 0],
      ['data_size', 'u32', 8],
    ],
  },
  btf_module: {
    size: 32,
    members: [
      ['list', 'struct list_head', 0],
      ['module', 'u64', 16],
      ['btf', 'struct btf *', 24],
    ],
  },
};

/** Before Linux 6.4 a module had two stretches, the code of each first. */
const olderLayout: Layout = {
  ...layout,
  module_layout: {
    size: 24,
    members: [
      ['base', 'u64', 0],
      ['size', 'u64', 8],
      ['text_size', 'u64', 16],
    ],
  },
  module: {
    size: 256,
    members: [
      ...(layout['module']?.members.filter(([name]) => name !== 'mem') ?? []),
      ['core_layout', 'struct module_layout', 80],
    ],
  },
};

/** Two modules in the list, the second not set up yet; the first has a function, an object and a label. */
function kernel(): FakeKernel {
  const fake = new FakeKernel(layout, { modules, init_task: 0n, btf_modules: modules + 0x10n });
  const [first, second] = [modules + 0x1000n, modules + 0x2000n];
  fake.put('list_head', modules);
  fake.put('list_head', modules + 0x10n);
  fake.put('module', first, { name: 'kvm', kallsyms: modules + 0x3000n });
  fake.put('module', second, { name: 'late', state: 3n, kallsyms: modules + 0x3000n });
  fake.ring([modules, first + 8n, second + 8n]);
  for (const [index, base, size] of [
    [0, 0x1_0000n, 0x3000n],
    [1, 0x2_0000n, 0x1000n],
  ] as const) {
    fake.word(first + 80n + BigInt(16 * index), modules + base);
    fake.word(first + 88n + BigInt(16 * index), size, 4);
    fake.word(second + 80n, modules + base);
  }
  const tables = {
    symtab: modules + 0x4000n,
    num_symtab: 4n,
    strtab: modules + 0x5000n,
    typetab: modules + 0x6000n,
  };
  fake.put('mod_kallsyms', modules + 0x3000n, tables);
  const names = ['', '.LVL7', 'kvm_run', 'kvm_list'];
  let offset = 0;
  names.forEach((name, index) => {
    fake.bytes(tables.symtab + BigInt(24 * index), new Uint8Array(24));
    fake.word(tables.symtab + BigInt(24 * index), BigInt(offset), 4);
    // The object lies below the function, and comes after it.
    fake.word(tables.symtab + BigInt(24 * index + 8), index === 0 ? 0n : modules + 0x1_0000n - BigInt(index));
    fake.bytes(tables.strtab + BigInt(offset), Buffer.from(`${name}\0`));
    offset += name.length + 1;
  });
  fake.bytes(tables.typetab, Buffer.from('Uttd'));
  fake.put('btf_module', modules + 0x7000n, { module: first, btf: modules + 0x7100n });
  fake.put('btf', modules + 0x7100n, { data: modules + 0x7200n, data_size: 3n });
  fake.bytes(modules + 0x7200n, Uint8Array.of(1, 2, 3));
  fake.ring([modules + 0x10n, modules + 0x7000n]);
  return fake;
}

describe('introspection/linux/modules', () => {
  it('lists what is loaded, with where it lies', () => {
    const found = listModules(kernel().linux);
    assert.deepEqual(
      found.map(({ name, address, parts }) => ({ name, address, parts })),
      [
        {
          name: 'kvm',
          address: modules + 0x1000n,
          parts: [
            { address: modules + 0x1_0000n, size: 0x3000, isCode: true },
            { address: modules + 0x2_0000n, size: 0x1000, isCode: false },
          ],
        },
      ],
      'what is being set up is left out',
    );
  });

  it('reads symbols by address, and leaves out labels', () => {
    const [module] = listModules(kernel().linux);
    assert.deepEqual(
      module?.symbols().map(({ name, type }) => `${type} ${name}`),
      ['d kvm_list', 't kvm_run'],
    );
  });

  it('believes in no names without an end, and in no stretch of less than nothing', () => {
    const fake = kernel();
    fake.bytes(modules + 0x5000n, new Uint8Array(2000).fill(0x61));
    const [module] = listModules(fake.linux);
    assert.deepEqual(
      module?.symbols().map(({ name }) => name.length),
      [512, 512, 512],
    );
    const older = new FakeKernel(olderLayout, { modules, init_task: 0n });
    older.put('list_head', modules);
    older.put('module', modules + 0x1000n, { name: 'odd', kallsyms: modules + 0x3000n });
    older.put('module_layout', modules + 0x1050n, {
      base: modules + 0x1_0000n,
      size: 0x1000n,
      text_size: 0x2000n,
    });
    older.ring([modules, modules + 0x1008n]);
    assert.deepEqual(
      listModules(older.linux).map(({ parts }) => parts.map(({ size }) => size)),
      [[0x2000]],
    );
  });

  it('finds the types that the kernel keeps for it', () => {
    const [module] = listModules(kernel().linux);
    assert.deepEqual(module?.types(), Uint8Array.of(1, 2, 3));
  });

  it('ends where memory cannot be read, and where a list does not', () => {
    const fake = new FakeKernel(layout, { modules, init_task: 0n });
    assert.deepEqual(listModules(fake.linux), []);
    const endless = kernel();
    endless.word(modules + 0x1008n, modules + 0x1008n);
    assert.equal(listModules(endless.linux).length, 1000);
  });
});
