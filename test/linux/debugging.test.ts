import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { AdapterClient } from '../dap/client.ts';
import { realSystems } from './real-systems.ts';

/** What the guest's first process opens: a module of the initramfs. */
const opened = '/lib/modules/virtio_mmio.ko';
const opens = `process.name == "insmod" && filename == "${opened}"`;

describe('linux/debugging', () => {
  const adapter = new AdapterClient({ patienceMilliseconds: 300_000 });
  let thread = 0;

  const names = async (id = thread): Promise<readonly string[]> =>
    (await adapter.frames(id)).map(({ name }) => name);
  const value = async (expression: string): Promise<string> => {
    const [frame] = await adapter.frames(thread);
    return (await adapter.evaluate(expression, frame?.id ?? 0)).result;
  };
  const word = async (expression: string): Promise<bigint> =>
    BigInt(/^0x[0-9a-f]+/.exec(await value(expression))?.[0] ?? 0);
  const functions = async (
    ...breakpoints: readonly { readonly name: string; readonly condition?: string }[]
  ): Promise<readonly DebugProtocol.Breakpoint[]> =>
    (
      await adapter.ask<DebugProtocol.SetBreakpointsResponse['body']>('setFunctionBreakpoints', {
        breakpoints,
      })
    ).breakpoints;
  const move = async (command: string, more: object = {}): Promise<DebugProtocol.StoppedEvent['body']> => {
    const stop = await adapter.toStop(() => adapter.ask(command, { threadId: thread, ...more }));
    thread = stop.threadId ?? 0;
    return stop;
  };

  before(async function () {
    const { kernel: image, initrd } = realSystems(this);
    await adapter.start();
    const stopped = adapter.event<DebugProtocol.StoppedEvent['body']>('stopped');
    const machine = { vmm: 'none', memory: '512M', append: 'console=ttyS0 earlycon', harts: 4 };
    await adapter.launch({ image, initrd, ...machine }, async () => {
      const bound = await functions(
        { name: 'kernel!start_kernel' },
        { name: 'kernel!smp_callin' },
        { name: 'kernel!do_sys_openat2', condition: opens },
      );
      assert.deepEqual(
        bound.map(({ verified }) => verified),
        [true, true, true],
      );
    });
    thread = (await stopped).threadId ?? 0;
  });

  after(() => adapter.stop());

  it('finds the symbols in the Image, and stops by name where its C begins', async () => {
    const { modules } = await adapter.ask<DebugProtocol.ModulesResponse['body']>('modules');
    assert.deepEqual(
      modules.map(({ name, symbolStatus }) => ({ name, symbolStatus })),
      [{ name: 'kernel', symbolStatus: 'symbols and types' }],
    );
    assert.deepEqual(await names(), ['kernel!start_kernel', 'kernel!_start_kernel']);
  });

  it('steps an instruction, and a line is one where no source is known', async () => {
    const before = await word('$pc');
    await move('next', { granularity: 'instruction' });
    const after = await word('$pc');
    assert.ok(after === before + 2n || after === before + 4n, `0x${after.toString(16)}`);
    await move('stepBack', { granularity: 'instruction' });
    assert.equal(await word('$pc'), before);
  });

  it('stops all harts where one of them comes to a breakpoint, each of which is a thread', async () => {
    const stop = await move('continue');
    assert.equal(stop.allThreadsStopped, true);
    assert.equal(thread, 2, 'hart 1 is the second thread');
    assert.deepEqual(await names(), ['kernel!smp_callin', 'kernel!secondary_start_sbi']);
    const { threads } = await adapter.ask<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.deepEqual(
      threads.map(({ name }) => name),
      ['hart 0', 'hart 1', 'hart 2', 'hart 3'],
    );
    const waiting = await names(1);
    // Hart 0 may already do the next thing; and since 6.16 a thread begins in C.
    assert.ok(waiting.includes('kernel!cpu_up'), waiting.join('\n'));
    assert.match(waiting.join('\n'), /kernel!kernel_init\n(kernel!ret_from_fork\w*\n?)+$/);
    assert.equal((await names(4)).length, 1, 'hart 3 has not begun');
  });

  it('steps the hart that it is asked to step', async () => {
    const before = await word('$pc');
    const [frame] = await adapter.frames(1);
    thread = 1;
    await move('next', { granularity: 'instruction' });
    assert.equal(thread, 1);
    assert.notEqual(
      (await adapter.frames(1))[0]?.instructionPointerReference,
      frame?.instructionPointerReference,
    );
    thread = 2;
    await move('next', { granularity: 'instruction' });
    assert.equal(thread, 2);
    assert.notEqual(await word('$pc'), before);
  });

  it('stops at one call of many by a condition, with the stack down to the process', async () => {
    await functions({ name: 'kernel!do_sys_openat2', condition: opens });
    await move('continue');
    assert.equal(await value('(char *)$a1'), `${await value('$a1')} "${opened}"`);
    const found = await names();
    assert.equal(found[0], 'kernel!do_sys_openat2');
    assert.match(found[1] ?? '', /^kernel!.*sys_openat$/);
    assert.deepEqual(found.slice(2, 5), [
      'kernel!do_trap_ecall_u',
      'kernel!handle_exception',
      '— ecall from U: system call 56 —',
    ]);
    assert.equal(found.length, 6, found.join('\n'));
  });

  it('walks an address of the kernel and one of the process as the tables say', async () => {
    const satp = await word('$satp');
    const places = [
      { address: await word('&kernel!linux_banner'), as: 'kernel' },
      { address: await word('$a1'), as: 'process' },
    ] as const;
    for (const { address, as } of places) {
      const shown = await adapter.custom('strata/walk', { threadId: thread, address: hex(address), as });
      const physical = await translate(adapter, satp, address);
      assert.equal(shown.result.kind === 'mapped' && BigInt(shown.result.hpa), physical, shown.verdict);
      assert.equal(await value(`walk(${hex(address)})`), hex(physical));
    }
    const banner = await translate(adapter, satp, await word('&kernel!linux_banner'));
    const text = await adapter.memory(`hpa:${hex(banner)}`, 0, 14);
    assert.equal(text.toString('latin1'), 'Linux version ');
    const forbidden = await adapter.custom('strata/walk', { threadId: thread, address: '$a1', as: 'kernel' });
    assert.match(forbidden.verdict, /load page fault: U is 1 and SUM is 0/);
    const unmapped = await adapter.custom('strata/walk', { threadId: thread, address: '0x10' });
    assert.equal(unmapped.result.kind === 'fault' && unmapped.result.trap, 'load page fault');
  });

  it('knows the process that makes the call, and the spaces of processes', async () => {
    assert.equal(await value('process.name'), 'insmod');
    assert.equal(await value('((struct task_struct *)$tp)->comm'), '"insmod"');
    const pid = await value('process.pid');
    const { spaces } = await adapter.custom('strata/spaces', {});
    const titles = spaces.map(({ title }) => title).join('\n');
    assert.match(titles, new RegExp(`insmod, process ${pid}`));
    assert.match(titles, /process 1\b/, 'init, which waits for it');
  });

  it('shows devices as the kernel has set them up', async () => {
    const { devices } = await adapter.custom('strata/devices', {});
    const register = (device: string, name: string): bigint => {
      const found = devices.find(({ id }) => id === device)?.registers.find((each) => each.name === name);
      return BigInt(found?.value ?? assert.fail(`no ${device}.${name}`));
    };
    assert.equal(register('uart0', 'LCR') & 0x83n, 3n, '8 bits, no access to the divisor');
    assert.notEqual(register('uart0', 'IER') & 1n, 0n, 'the console takes interrupts for input');
  });

  it('stops in a module that is loaded only later, with its types and the stack across both', async () => {
    const [bound] = await functions({ name: 'virtio_mmio!virtio_mmio_probe' });
    assert.equal(bound?.verified, false);
    assert.match(bound?.message ?? '', /known once the kernel has loaded it/);
    const changed = adapter.event<DebugProtocol.BreakpointEvent['body']>('breakpoint');
    await move('continue');
    assert.equal((await changed).breakpoint.verified, true);
    const found = await names();
    assert.equal(found[0], 'virtio_mmio!virtio_mmio_probe');
    assert.ok(found.includes('kernel!do_init_module'), found.join('\n'));
    assert.match(found.at(-2) ?? '', /^— ecall from U: system call 273/);
    assert.match(await value('pdev->name'), /"[0-9a-f]+\.virtio_mmio"$/);
  });

  it('steps out of a function to its caller', async () => {
    const [, caller] = await names();
    await move('next', { granularity: 'instruction' });
    await move('stepOut');
    assert.equal((await names())[0], caller);
  });

  it('stops at a trap from a process, and steps out of its handler', async () => {
    await functions();
    await adapter.filters([{ filterId: 'trap.load-page-fault', condition: 'from == "process"' }]);
    const stop = await move('continue');
    assert.equal(stop.reason, 'exception');
    assert.match(stop.description ?? '', /load page fault, U to S/);
    const found = await names();
    assert.deepEqual(found.slice(0, 2), ['kernel!handle_exception', '— load page fault in U —']);
    const interrupted = await word('$sepc');
    await adapter.filters([]);
    await move('stepOut');
    assert.equal(await word('$pc'), interrupted);
  });
});

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

/** The physical address by the tables alone: Priv. 4.3.2 (12.3.2), with no code of the debugger's but its reads. */
async function translate(adapter: AdapterClient, satp: bigint, address: bigint): Promise<bigint> {
  let table = (satp & ((1n << 44n) - 1n)) << 12n;
  for (let level = Number(satp >> 60n) - 6; level >= 0; level--) {
    const shift = BigInt(12 + 9 * level);
    const slot = table + 8n * ((address >> shift) & 0x1ffn);
    const entry = (await adapter.memory(`hpa:${hex(slot)}`, 0, 8)).readBigUInt64LE();
    const page = ((entry >> 10n) & ((1n << 44n) - 1n)) << 12n;
    if ((entry & 0xen) !== 0n) return page + (address & ((1n << shift) - 1n));
    assert.equal(entry & 1n, 1n, `the entry of level ${level} is valid`);
    table = page;
  }
  return assert.fail('there is a leaf');
}
