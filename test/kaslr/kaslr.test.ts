import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { cpioMode, writeCpio } from '../../scripts/linux/cpio.ts';
import { relocatableLinux, type RelocatableLinux } from '../../scripts/linux/relocatable-linux.ts';
import { AdapterClient } from '../dap/client.ts';

/** Where Linux for riscv64 is linked. */
const linkedAt = 0xffff_ffff_8000_0000n;
const functions = ['setup_vm', 'start_kernel', 'kernel_init', 'do_sys_openat2'];

/** The first process tells where the kernel says that its functions are, and ends; of which the kernel panics. */
const init = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox grep -E ' (${functions.join('|')}|panic|linux_banner)$' /proc/kallsyms
exit 3
`;

describe('kaslr', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-kaslr-'));
  const initrd = join(folder, 'initramfs.cpio');
  let linux: RelocatableLinux;

  before(function () {
    this.timeout(3_600_000);
    linux = relocatableLinux();
    writeFileSync(initrd, initramfs(readFileSync(linux.busybox)));
  });

  after(() => rmSync(folder, { recursive: true }));

  const cases = [
    { where: 'the bare machine', vmm: 'none', kaslrSeed: 1 },
    { where: 'the bare machine', vmm: 'none', kaslrSeed: 12_345 },
    { where: 'the hosted VMM', vmm: 'hosted', kaslrSeed: 987_654_321_012 },
    { where: 'the bare machine, with nokaslr', vmm: 'none', kaslrSeed: 12_345, more: ' nokaslr' },
  ] as const;
  const slides = new Set<bigint>();

  for (const { where, vmm, kaslrSeed, ...rest } of cases)
    it(`stops by name in a Linux that has moved itself, on ${where}, seed ${kaslrSeed}`, async () => {
      const append = `console=ttyS0 earlycon${'more' in rest ? rest.more : ''}`;
      const launch = { image: linux.kernel, initrd, vmm, kaslrSeed, memory: '256M', append };
      const { addresses, told, slide } = await debug(launch);
      assert.deepEqual(addresses, told);
      assert.equal(slides.has(slide), false, 'each seed is another place');
      slides.add(slide);
      assert.equal(slide === 0n, 'more' in rest);
    });
});

/** Debugs from the kernel's first steps to its end: addresses as the debugger has them, and as the kernel tells. */
async function debug(launch: object): Promise<{
  readonly addresses: Readonly<Record<string, bigint>>;
  readonly told: Readonly<Record<string, bigint>>;
  readonly slide: bigint;
}> {
  const adapter = new AdapterClient({ patienceMilliseconds: 300_000 });
  await adapter.start();
  let thread = 0;
  const value = async (expression: string): Promise<bigint> => {
    const [frame] = await adapter.frames(thread);
    const { result } = await adapter.evaluate(expression, frame?.id ?? 0);
    return BigInt(/^0x[0-9a-f]+/.exec(result)?.[0] ?? assert.fail(`${expression}: ${result}`));
  };
  const names = async (): Promise<readonly string[]> =>
    (await adapter.frames(thread)).map(({ name }) => name.replace('kernel!', ''));
  const breakAt = async (list: readonly string[]): Promise<void> => {
    const { breakpoints } = await adapter.ask<DebugProtocol.SetFunctionBreakpointsResponse['body']>(
      'setFunctionBreakpoints',
      { breakpoints: list.map((name) => ({ name: `kernel!${name}` })) },
    );
    for (const { verified, message } of breakpoints) assert.equal(verified, true, message);
  };
  const move = async (command: string, more: object = {}): Promise<void> => {
    const stop = await adapter.toStop(() => adapter.ask(command, { threadId: thread, ...more }));
    thread = stop.threadId ?? 0;
  };
  try {
    const stopped = adapter.event<DebugProtocol.StoppedEvent['body']>('stopped');
    await adapter.launch(launch, () => breakAt(functions));
    thread = (await stopped).threadId ?? 0;

    // Page tables are off.
    assert.deepEqual(await names(), ['setup_vm', '_start_kernel']);
    assert.equal((await value('$pc')) >> 32n, 0n);
    assert.equal(await bannerIn(adapter, await value('&kernel!linux_banner')), 'Linux version ');

    await move('continue');
    assert.deepEqual(await names(), ['start_kernel', '_start_kernel']);
    await move('continue');
    assert.match((await names()).join(' '), /^kernel_init (ret_from_fork\w* ?)+$/);
    await move('continue');
    const openat = await names();
    assert.match(openat.join(' '), /^do_sys_openat2 .*sys_openat do_trap_ecall_u handle_exception — ecall/);
    assert.equal(await bannerIn(adapter, await value('&kernel!linux_banner')), 'Linux version ');

    const pc = await value('$pc');
    const { instructions } = await adapter.ask<NonNullable<DebugProtocol.DisassembleResponse['body']>>(
      'disassemble',
      {
        memoryReference: `0x${pc.toString(16)}`,
        instructionCount: 1,
        resolveSymbols: true,
      },
    );
    assert.deepEqual(
      [instructions[0]?.symbol, BigInt(instructions[0]?.address ?? 0)],
      ['do_sys_openat2', pc],
    );
    await move('next', { granularity: 'instruction' });
    assert.notEqual(await value('$pc'), pc);
    await move('stepBack', { granularity: 'instruction' });
    assert.equal(await value('$pc'), pc);
    await move('stepOut');
    assert.equal((await names())[0], openat[1]);

    await breakAt(['panic']);
    await move('continue');
    assert.deepEqual((await names()).slice(0, 3), ['panic', 'do_exit', 'do_group_exit']);
    const symbols = [...functions.filter((name) => name !== 'setup_vm'), 'panic', 'linux_banner'];
    const addresses: Record<string, bigint> = {};
    for (const name of symbols) addresses[name] = await value(`&kernel!${name}`);
    await breakAt([]);
    await adapter.ask('continue', { threadId: thread });
    const printed = await untilPrinted(adapter, /end Kernel panic/);
    const told: Record<string, bigint> = {};
    for (const name of symbols)
      told[name] = BigInt(`0x${new RegExp(`^([0-9a-f]{16}) \\w ${name}\\b`, 'm').exec(printed)?.[1]}`);
    const offset = /Kernel Offset: (0x[0-9a-f]+) from (0x[0-9a-f]+)/.exec(printed);
    assert.equal(BigInt(offset?.[2] ?? linkedAt), linkedAt);
    return { addresses, told, slide: BigInt(offset?.[1] ?? 0) };
  } finally {
    await adapter.stop();
  }
}

async function bannerIn(adapter: AdapterClient, address: bigint): Promise<string> {
  return (await adapter.memory(`0x${address.toString(16)}`, 0, 14)).toString('latin1');
}

/** What all consoles have printed as soon as it has this. */
async function untilPrinted(adapter: AdapterClient, awaited: RegExp): Promise<string> {
  const deadline = performance.now() + 300_000;
  for (;;) {
    const printed = [...adapter.consoles.values()].join('');
    if (awaited.test(printed)) return printed.replaceAll('\r', '');
    assert.ok(performance.now() < deadline, printed.slice(-2000));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function initramfs(busybox: Uint8Array): Uint8Array {
  return writeCpio([
    ...['bin', 'dev', 'proc'].map((path) => ({ path, mode: cpioMode.folder })),
    { path: 'dev/console', mode: cpioMode.characterDevice, device: { major: 5, minor: 1 } },
    { path: 'bin/busybox', mode: cpioMode.program, bytes: busybox },
    { path: 'init', mode: cpioMode.program, bytes: Buffer.from(init) },
  ]);
}
