import assert from 'node:assert/strict';
import { exitsBody } from '../../../src/dap/views/exits.ts';
import { guestsBody } from '../../../src/dap/views/guests.ts';
import type { SliceResult } from '../../../src/debugger/debugger.ts';
import { ImageSet } from '../../../src/debugger/images/image-set.ts';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import { StrataDebugger } from '../../../src/debugger/strata-debugger.ts';
import { ConsoleLogs } from '../../../src/debugger/target/console-logs.ts';
import { Target } from '../../../src/debugger/target/target.ts';
import { createMachine } from '../../../src/machine/machine.ts';
import { kernelBase } from '../../vmm/tiny-guest.ts';
import { givenWord, tinyHypervisor } from '../../vmm/observed/tiny-hypervisor.ts';

/** A debugger on software in HS mode that runs a guest of its own. */
class Session {
  readonly target: Target;
  readonly core: StrataDebugger;

  constructor() {
    const machine = createMachine({ image: tinyHypervisor(), ramBytes: 16 << 20, engine: 'interpreter' });
    this.target = new Target({ machine, vmm: undefined, images: new ImageSet([]) });
    this.core = new StrataDebugger(this.target, new ConsoleLogs());
  }

  stopAt(filter: string, condition?: string): void {
    this.core.setBreakpoints('filters', [
      { kind: 'filter', filter, ...(condition !== undefined && { condition }) },
    ]);
  }

  run(direction: 'forward' | 'backward' = 'forward'): SliceResult {
    this.core.resume({ kind: 'continue', direction });
    for (;;) {
      const result = this.core.runSlice(1_000_000);
      if (result.kind !== 'running') return result;
    }
  }

  runToStop(direction: 'forward' | 'backward' = 'forward'): string {
    const result = this.run(direction);
    assert.equal(result.kind, 'stopped');
    return result.stop.description;
  }

  value(text: string): string {
    const result = this.core.evaluate(text, undefined);
    return result.ok ? result.variable.value : result.message;
  }
}

describe('debugger/run: exits to a VMM that is software of the machine', () => {
  it('stops at the first instruction of that VMM, in a stack that goes on into the guest', () => {
    const session = new Session();
    session.stopAt('exit.mmio-store');
    assert.equal(session.runToStop(), 'VM exit: guest-page fault (store, GPA 0x10000000)');
    assert.deepEqual(session.core.stop?.reason.kind, 'exit');
    const { cpu } = session.target.currentThread;
    assert.deepEqual([cpu.mode.virtual, cpu.pc], [false, cpu.getCsr('stvec')]);
    const frames = session.core.stackTrace(1);
    assert.equal(frames[1]?.name, '— VM exit: guest-page fault (store, GPA 0x10000000) —');
    const [, , guest] = frames;
    assert.ok(guest?.kind === 'code');
    assert.equal(guest.pc, cpu.getCsr('sepc'));
    assert.match(guest.pcReference, /^gva:vmid5:0x0:/);
  });

  it('lets conditions and expressions ask about the exit, in the guest’s own spaces', () => {
    const session = new Session();
    session.stopAt('exit.any', 'guest == "vmid5" && gpa == 0x10000005');
    session.runToStop();
    const values = ['reason', 'exit.htinst != 0', 'write', 'size', 'exit.stage'].map((text) =>
      session.value(text),
    );
    assert.deepEqual(values.slice(0, 4), ['mmio-load', '1', 'false', '1']);
    assert.match(session.value(`gpa(${kernelBase})`), /\S/);
    const scopes = session.core.scopes(session.core.stackTrace(1)[0]?.id ?? 0);
    const exit = scopes.find(({ name }) => name === 'This exit');
    assert.ok(exit?.variables().some(({ name, value }) => name === 'gpa' && /10000005/.test(value)));
  });

  it('goes from exit to exit, and back', () => {
    const session = new Session();
    session.stopAt('exit.any');
    const forward = [1, 2, 3, 4, 5].map(() => session.runToStop());
    assert.match(forward[0] ?? '', /debug_console_write_byte/);
    assert.match(forward[4] ?? '', /system_reset/);
    assert.equal(session.runToStop('backward'), forward[3]);
    assert.equal(session.runToStop('backward'), forward[2]);
    assert.equal(exitsBody(session.target, { limit: 10 }).total, 3);
    session.stopAt('exit.shutdown');
    assert.equal(session.runToStop(), forward[4]);
    assert.equal(session.run().kind, 'ended');
  });

  it('finds who wrote a word of the guest’s memory, long before there was a guest', () => {
    const session = new Session();
    session.stopAt('exit.any');
    session.runToStop();
    session.stopAt('exit.shutdown');
    const offer = session.core.watchable(
      `gpa:vmid5:0x${givenWord.toString(16)}`,
      { isAddress: true },
      undefined,
    );
    assert.ok(offer.ok);
    const request = { kind: 'data', dataId: offer.dataId, access: 'write' } as const;
    const [bound] = session.core.setBreakpoints('data', [request]);
    assert.equal(bound?.verified, true, bound?.message);
    assert.match(
      session.runToStop('backward'),
      /^gpa:vmid5:0x803ffff8: 0x0 → 0x200000df, written by kernel on hart 0 at 0x8020/,
    );
    assert.equal(session.target.observed?.guests.length, 0);
    assert.match(session.runToStop(), /system_reset/);
  });

  it('shows the guest by its VMID, with what its second stage maps, and its exits', () => {
    const session = new Session();
    session.stopAt('exit.virtual-csr');
    session.runToStop();
    const { guests, owner } = guestsBody(session.target);
    assert.equal(owner.stratum, 'kernel');
    assert.equal(guests.length, 1);
    const [guest] = guests;
    assert.deepEqual([guest?.name, guest?.vmid, guest?.exits], ['vmid5', 5, 4]);
    assert.deepEqual(guest?.memory, { guestBase: '0x80000000', size: 2 ** 30 });
    assert.equal(
      guest.vcpus[0]?.pc,
      `0x${(session.target.currentThread.cpu.getCsr('sepc') ?? 0n).toString(16)}`,
    );
    const { total, recent } = exitsBody(session.target, { guest: 'vmid5', limit: 2 });
    assert.equal(total, 4);
    assert.deepEqual(
      recent.map(({ title, stages }) => [title, stages]),
      [
        ['virtual instruction (csrr t3,hgatp)', []],
        ['guest-page fault (load, GPA 0x10000005)', []],
      ],
    );
    assert.throws(() => exitsBody(session.target, { guest: 'b', limit: 1 }), /no guest 'b'/);
  });

  it('reads guest-physical memory and walks the guest’s addresses through its second stage', () => {
    const session = new Session();
    session.stopAt('trap.any', 'to == "kernel" && cause == "environment call from VS mode"');
    session.runToStop();
    const place = { guest: 'vmid5', address: BigInt(kernelBase) } as const;
    const own = session.core.readMemory({ space: 'hpa', address: place.address }, 0n, 16);
    assert.deepEqual(session.core.readMemory({ space: 'gpa', ...place }, 0n, 16).bytes, own.bytes);
    assert.equal(
      session.core.readMemory({ space: 'gpa', ...place, address: 0x1000_0000n }, 0n, 4).bytes.length,
      0,
    );
    session.core.resume({
      kind: 'step',
      how: 'out',
      direction: 'forward',
      granularity: 'instruction',
      threadId: 1,
    });
    while (session.core.stop === undefined) session.core.runSlice(1000);
    const thread = session.target.currentThread;
    assert.equal(thread.cpu.mode.virtual, true);
    const walk = walkAddress(session.target, thread, 0x1000_0000n, 'write');
    assert.match(walk.verdict, /guest-page fault/);
  });
});
