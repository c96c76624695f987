import assert from 'node:assert/strict';
import { listProcesses, taskAt } from '../../../src/introspection/linux/tasks.ts';
import { FakeKernel, listHead, type Layout } from '../fake-kernel.ts';

const base = 0xffff_ffff_8000_0000n;
const layout: Layout = {
  list_head: listHead,
  mm_struct: { size: 16, members: [['pgd', 'u64', 8]] },
  task_struct: {
    size: 64,
    members: [
      ['tasks', 'struct list_head', 0],
      ['pid', 'u32', 16],
      ['tgid', 'u32', 20],
      ['mm', 'struct mm_struct *', 24],
      ['comm', 'char[16]', 32],
    ],
  },
};

/** The idle task, init, and a thread of the kernel's. */
function kernel(): FakeKernel {
  const fake = new FakeKernel(layout, { init_task: base });
  fake.put('task_struct', base, { comm: 'swapper/0' });
  fake.put('mm_struct', base + 0x1000n, { pgd: base + 0x5000n });
  fake.put('task_struct', base + 0x100n, { comm: 'init', mm: base + 0x1000n });
  fake.put('task_struct', base + 0x200n, { comm: 'kthreadd' });
  [1n, 2n].forEach((pid, index) => {
    fake.word(base + BigInt(0x100 * (index + 1)) + 16n, pid, 4);
    fake.word(base + BigInt(0x100 * (index + 1)) + 20n, pid, 4);
  });
  fake.ring([base, base + 0x100n, base + 0x200n]);
  return fake;
}

describe('introspection/linux/tasks', () => {
  it('lists processes with their page tables, and threads of the kernel without', () => {
    const shown = listProcesses(kernel().linux).map(({ name, pid, pageTable }) => ({ name, pid, pageTable }));
    assert.deepEqual(shown, [
      { name: 'init', pid: 1, pageTable: base + 0x5000n },
      { name: 'kthreadd', pid: 2, pageTable: undefined },
    ]);
  });

  it('describes the task at an address, and none where there is no memory', () => {
    const { linux } = kernel();
    assert.equal(taskAt(linux, base + 0x100n)?.name, 'init');
    assert.equal(taskAt(linux, base + 0x10_0000n), undefined);
  });
});
