import assert from 'node:assert/strict';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import type { WalkAccess } from '../../../src/debugger/paging/address-walk.ts';
import { exceptionCode } from '../../../src/hart/trap.ts';
import { supervisorMode, virtualSupervisorMode } from '../../../src/hart/hart-mode.ts';
import { atp } from '../bare-target.ts';
import { HostedTarget } from '../hosted-target.ts';

const accesses: Readonly<Record<number, WalkAccess>> = {
  [exceptionCode.loadGuestPageFault]: 'read',
  [exceptionCode.storeGuestPageFault]: 'write',
  [exceptionCode.instructionGuestPageFault]: 'execute',
};

describe('debugger/paging of guests', () => {
  it('explains the fault of an exit: the device, its register, and that the VMM takes the trap', () => {
    const hosted = new HostedTarget({ a: 'run=hello' });
    hosted.runToExit('mmio-store', 'decode');
    const record = hosted.vmm.currentExit?.record ?? assert.fail();
    const { outcome, verdict } = walkAddress(hosted.target, hosted.thread('a'), record.gva ?? 0n, 'write');
    assert.ok(outcome.kind === 'fault');
    assert.deepEqual(outcome.trap, {
      code: exceptionCode.storeGuestPageFault,
      name: 'store/AMO guest-page fault',
    });
    assert.deepEqual(outcome.receiver, supervisorMode);
    assert.deepEqual(outcome.guest, {
      gpa: record.gpa,
      place: { kind: 'device', device: 'uart0', register: 'THR' },
    });
    assert.equal(
      verdict,
      'A store in VS mode takes a store/AMO guest-page fault: V is 0 in the G-stage entry at level 2 for GPA 0x10000000 (uart0.THR, a virtual device); the VMM takes the trap.',
    );
  });

  it('finds for every exit by a guest-page fault the trap and the address that the hart reported', () => {
    const hosted = new HostedTarget({ a: 'run=hello', b: 'run=hello' });
    const seen = new Set<string>();
    let walked = 0;
    hosted.machine.run({
      budget: 3_000_000,
      stopBeforeStage: ({ name }) => {
        const record = hosted.vmm.currentExit?.record;
        if (name !== 'decode' || record?.isGuestPageFault !== true) return false;
        const access = accesses[record.cause] ?? assert.fail();
        const thread = hosted.thread(record.guest);
        const { outcome } = walkAddress(hosted.target, thread, record.stval, access);
        assert.ok(outcome.kind === 'fault', `exit ${record.sequence} at ${record.pc}`);
        assert.deepEqual([outcome.trap.code, outcome.guest?.gpa], [record.cause, record.gpa]);
        seen.add(access);
        walked++;
        return false;
      },
    });
    assert.ok(walked > 200, String(walked));
    assert.deepEqual([...seen].toSorted(), ['read', 'write']);
  });

  it('tells of RAM that the VMM has not backed yet, for the access and for the page tables', () => {
    const hosted = new HostedTarget({ a: 'run="count 100"' }, 'on-demand');
    hosted.runToProcess('a', 'count.elf');
    const thread = hosted.thread('a');
    const unused = 0xffff_ffc0_80c0_0000n;
    const data = walkAddress(hosted.target, thread, unused, 'read', 'kernel');
    assert.ok(data.outcome.kind === 'fault');
    assert.deepEqual(data.outcome.guest, { gpa: 0x80c0_0000n, place: { kind: 'ram' } });
    assert.match(
      data.verdict,
      /GPA 0x80c00000 \(RAM that the VMM has not backed yet\); the VMM takes the trap/,
    );
    thread.cpu.setCsr('satp', atp(0x80c0_0000));
    const table = walkAddress(hosted.target, thread, unused, 'write', 'kernel');
    assert.ok(table.outcome.kind === 'fault');
    assert.equal(table.outcome.trap.name, 'store/AMO guest-page fault');
    assert.deepEqual(table.outcome.pass?.purpose, { kind: 'entry', level: 2, use: 'read' });
    assert.match(table.verdict, /where the VS-stage entry of level 2 is to be read/);
  });

  it('tells whose memory an address is, and that a process’s faults are its kernel’s', () => {
    const hosted = new HostedTarget({ a: 'run="count 100"', b: 'run="count 100"' });
    hosted.runToProcess('b', 'count.elf');
    for (const name of ['a', 'b']) {
      const thread = hosted.thread(name);
      const code = walkAddress(hosted.target, thread, 0xffff_ffc0_8020_0000n, 'execute', 'kernel');
      assert.ok(code.outcome.kind === 'mapped');
      assert.deepEqual(code.outcome.owner, { kind: 'guest', guest: name, gpa: 0x8020_0000n });
      const { outcome, verdict } = walkAddress(hosted.target, thread, 0n, 'write', 'process');
      assert.ok(outcome.kind === 'fault');
      assert.deepEqual(outcome.receiver, virtualSupervisorMode);
      assert.match(
        verdict,
        new RegExp(`^A store in VU mode takes .*; the kernel of ${name} takes the trap\\.$`),
      );
    }
  });
});
