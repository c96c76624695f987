import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoundBreakpoint } from '../../src/debugger/breakpoints/breakpoint.ts';
import type { Stop } from '../../src/debugger/stop.ts';
import type { DataAccess } from '../../src/debugger/watches/data-watch.ts';
import type { WatchOffer } from '../../src/debugger/watches/watch-offer.ts';
import { Computer } from './computer.ts';
import { makeExt4Image } from './disk-image.ts';
import { realSystems } from './real-systems.ts';

const text = 'written by the host\n';
/** Of the first bytes of that, as memory is shown. */
const hex = '77 72 69 74 74 65 6e 20';
/** Where struct pages begin in Sv57's layout (Documentation/arch/riscv/vm-layout.rst), of 64 bytes each. */
const firstPage = 0xff1c_0000_0000_0000n;

/** One Linux serves all of these, in their order. */
describe('linux/watches', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-linux-'));
  let computer: Computer;
  let changes: BoundBreakpoint[] = [];

  before(async function () {
    const { kernel: image, initrd } = realSystems(this);
    const files = join(folder, 'files');
    mkdirSync(files);
    writeFileSync(join(files, 'greeting'), text);
    const disks = [{ file: makeExt4Image(folder, files) }];
    const append = 'console=ttyS0 earlycon cryptomgr.notests';
    computer = await Computer.start({ vmm: 'none', memory: '512M', append, image, initrd, disks, harts: 4 });
    computer.debuggee.core.onDidChangeBreakpoint((change) => changes.push(change));
    computer.expect('guest# ', { steps: 6_000_000_000 });
    computer.command('mount -t ext4 /dev/vda /mnt; ls /mnt');
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Offers to watch what is meant in the innermost or the outermost frame: that of the process. */
  function offer(what: string, bytes?: number, of: 'kernel' | 'process' = 'kernel'): string {
    const { core, target } = computer.debuggee;
    const frames = core.stackTrace(target.currentThread.id);
    const request = bytes === undefined ? {} : { bytes, isAddress: true as const };
    const found: WatchOffer = core.watchable(what, request, frames.at(of === 'kernel' ? 0 : -1)?.id);
    return found.ok ? found.dataId : assert.fail(found.message);
  }

  function watch(access: DataAccess, ...dataIds: readonly string[]): void {
    changes = [];
    const { core } = computer.debuggee;
    const bound = core.setBreakpoints(
      'data',
      dataIds.map((dataId) => ({ kind: 'data', dataId, access })),
    );
    for (const { verified, message } of bound) assert.equal(verified, true, message);
  }

  function breakAt(...breakpoints: readonly { readonly name: string; readonly condition: string }[]): void {
    const { core } = computer.debuggee;
    core.setBreakpoints(
      'functions',
      breakpoints.map((each) => ({ kind: 'function', ...each })),
    );
  }

  /** The next stop, which must come soon. */
  function run(direction: 'forward' | 'backward' = 'forward'): Stop {
    const { core, target } = computer.debuggee;
    core.resume({ kind: 'continue', direction });
    for (const limit = target.machine.steps + 50_000_000; ;) {
      const result = core.runSlice(1_000_000);
      if (result.kind === 'stopped') return result.stop;
      assert.ok(result.kind === 'running' && target.machine.steps < limit, `a stop: ${result.kind}`);
    }
  }

  /** Goes on with nothing set. */
  function goOn(): void {
    breakAt();
    watch('write');
    computer.debuggee.core.resume({ kind: 'continue', direction: 'forward' });
  }

  function value(expression: string): string {
    const result = computer.debuggee.core.evaluate(expression, undefined, 'look');
    return result.ok ? result.variable.value : assert.fail(`${expression}: ${result.message}`);
  }

  const stack = (): string =>
    computer.debuggee.core
      .stackTrace(computer.debuggee.target.currentThread.id)
      .map(({ name }) => name)
      .join('\n');

  it('name the hart that writes a variable of the kernel, and go back to the writes before', () => {
    watch('write', offer('jiffies'));
    const ticks = [1, 2, 3].map(() => run());
    for (const { description, threadId } of ticks) {
      const found =
        /^jiffies: (\d+) → (\d+), written by kernel on hart (\d) in kernel!tick_do_update_jiffies64$/;
      const [, before, after, hart] = found.exec(description) ?? assert.fail(description);
      assert.ok(Number(after) > Number(before));
      assert.equal(Number(hart), threadId - 1);
    }
    for (const tick of [ticks[1], ticks[0]]) {
      const back = run('backward');
      assert.deepEqual([back.mark, back.description], [tick?.mark, tick?.description]);
    }
    goOn();
  });

  it('find who wrote what nobody knows the type of, in a process’s call', () => {
    const before = BigInt(value('(unsigned long)total_forks'));
    computer.command('ls / >/dev/null');
    watch('write', offer('(unsigned long)total_forks'));
    const after = before + 1n;
    assert.equal(
      run('backward').description.replace(/hart \d/, 'hart'),
      `(unsigned long)total_forks: ${before} → ${after}, written by kernel on hart in kernel!copy_process`,
    );
    assert.match(stack(), /kernel!kernel_clone[\s\S]*— ecall from U: system call 220/);
    assert.equal(value('process.name'), 'sh');
    goOn();
    computer.expect('guest# ');
  });

  it('see a disk write into the page cache, and the kernel copy that to a process', () => {
    breakAt(
      { name: 'kernel!ksys_read', condition: 'process.name == "head"' },
      { name: 'virtio_blk!virtio_queue_rq', condition: 'process.name == "head"' },
    );
    computer.type('head -c 8 /mnt/greeting\n');
    // It may have to read what says where the file is, first.
    do run();
    while (!stack().startsWith('kernel!ksys_read'));
    const buffer = offer('$a1', 8);
    run();
    const page = BigInt(
      value('((struct blk_mq_queue_data *)$a1)->rq->bio->bi_io_vec->bv_page').split(' ')[0] ?? 0,
    );
    const number = (page - firstPage) / 64n + BigInt(value('(unsigned long)vmemmap_start_pfn'));
    const cached = offer(`hpa:0x${(4096n * number).toString(16)}`, 512);
    breakAt();
    watch('write', buffer, cached);
    const disk = run();
    assert.match(
      disk.description,
      new RegExp(`^hpa:0x[0-9a-f]+ at \\+0x0: .* → ${hex} .*, written by virtio0 \\(virtio-block\\)$`),
    );
    assert.match(stack(), /^virtio_mmio!vm_notify/);
    const copy = run();
    assert.match(
      copy.description,
      /^\$a1 \(0x[0-9a-f]+\).* → 0x\w*77, written by kernel on hart \d in kernel!/,
    );
    assert.match(stack(), /copy_(page_)?to_iter[\s\S]*filemap_read/);
    assert.deepEqual(run('backward').mark, disk.mark);
    goOn();
    assert.match(computer.expect('guest# '), /written/);
  });

  it('are of one process, though another gets its page tables; and are there again where time goes back', () => {
    const call = '((struct pt_regs *)$a0)';
    const condition = `process.name == "head" && ${call}->a7 == 64`;
    breakAt({ name: 'kernel!do_trap_ecall_u', condition });
    computer.type('head -c 8 /mnt/greeting\n');
    run();
    const pid = value('process.pid');
    // Around there, static programs have what they use most.
    const data = offer(`${value(`${call}->gp`)} - 0x800`, 4096, 'process');
    breakAt();
    watch('write', data);
    const { core } = computer.debuggee;
    // What others of the same program write there is nothing to stop for.
    computer.type('ls / >/dev/null; cat /proc/version; uname -a; ls / | wc -l; echo do""ne\n');
    for (let stops = 0; ; stops++) {
      assert.ok(stops < 100_000);
      core.resume({ kind: 'continue', direction: 'forward' });
      if (stopsOrPrints('done')) break;
      assert.equal(value('process.pid'), pid);
    }
    core.pause();
    assert.match(changes.at(-1)?.message ?? '', /^(Nothing is mapped|This is memory of)/);
    run('backward');
    assert.deepEqual([value('process.name'), value('process.pid')], ['head', pid]);
    assert.equal(changes.at(-1)?.verified, true);
    goOn();
  });

  /** `true` where the text was printed first. */
  function stopsOrPrints(wanted: string): boolean {
    const { core } = computer.debuggee;
    const seen = computer.printed.length;
    for (let slices = 0; slices < 500; slices++) {
      const result = core.runSlice(1_000_000);
      if (result.kind === 'stopped') return false;
      if (computer.printed.slice(seen - wanted.length).includes(wanted)) return true;
    }
    return assert.fail(`waited for ${wanted}`);
  }
});
