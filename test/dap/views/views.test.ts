import assert from 'node:assert/strict';
import { deviceViews } from '../../../src/dap/views/devices.ts';
import { exitsBody } from '../../../src/dap/views/exits.ts';
import { guestsBody } from '../../../src/dap/views/guests.ts';
import { presentSpace } from '../../../src/dap/views/spaces.ts';
import { presentWalk } from '../../../src/dap/views/walk.ts';
import { parseMemoryReference } from '../../../src/debugger/memory-reference.ts';
import { listSpaces } from '../../../src/debugger/memory/spaces.ts';
import { walkAddress } from '../../../src/debugger/paging/walk-address.ts';
import { HostedTarget } from '../../debugger/hosted-target.ts';
import { pebbleTarget } from '../../debugger/bare-target.ts';

/** What a client gets of a body: no bigint may be left in it. */
function travelled<Body>(body: Body): Body {
  const text = JSON.stringify(body);
  assert.deepEqual(JSON.parse(text), body);
  return body;
}

describe('dap/views', () => {
  const hosted = new HostedTarget({ a: 'run="count 100"', b: 'run=hello' });
  const { target, vmm } = hosted;
  hosted.runToProcess('a', 'count.elf');
  const inProcess = travelled(guestsBody(target));
  hosted.runToExit('mmio-store', 'emulate');

  it('tells who owns the CPU: stratum, guest and process', () => {
    assert.deepEqual(inProcess.owner, { stratum: 'process', guest: 'a', process: 'count.elf' });
    const { owner } = guestsBody(target);
    assert.deepEqual(owner, { stratum: 'vmm', guest: vmm.currentExit?.record.guest });
  });

  it('gives the CPU to the VMM while every guest waits', () => {
    const waiting = new HostedTarget({ a: '' });
    assert.equal(waiting.machine.run({ budget: 50_000_000 }).kind, 'idle');
    const body = guestsBody(waiting.target);
    assert.deepEqual(body.owner, { stratum: 'vmm' });
    assert.equal(body.guests[0]?.vcpus[0]?.state, 'waiting');
  });

  it('tells the state of guests and their vCPUs', () => {
    const [a, b] = inProcess.guests;
    assert.deepEqual(
      [a?.name, a?.vmid, a?.state, a?.vcpus[0]?.state, a?.vcpus[0]?.mode],
      ['a', 1, 'running', 'running', 'VU'],
    );
    assert.equal(b?.vcpus[0]?.threadId, 2);
    assert.equal(a?.memory.guestBase, '0x80000000');
    assert.notEqual(a?.memory.hostBase, b?.memory.hostBase);
    assert.equal(inProcess.guests.reduce((sum, { exits }) => sum + exits, 0) <= vmm.statistics.total, true);
  });

  it('has no guests where no VMM is hosted', () => {
    const bare = pebbleTarget('run=hello').target;
    const body = travelled(guestsBody(bare));
    assert.deepEqual([body.placement, body.guests, body.owner], ['none', [], { stratum: 'kernel' }]);
    assert.deepEqual(exitsBody(bare, { limit: 10 }), { total: 0, byReason: [], recent: [] });
    assert.ok(deviceViews(bare).every(({ owner }) => owner === 'machine'));
  });

  it('counts exits by reason, and shows the newest first', () => {
    const { total, byReason, recent } = travelled(exitsBody(target, { limit: 20 }));
    assert.equal(total, vmm.statistics.total);
    assert.equal(
      byReason.reduce((sum, { count }) => sum + count, 0),
      total,
    );
    assert.ok(Math.abs(byReason.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
    assert.deepEqual(
      recent.map(({ sequence }) => sequence),
      Array.from({ length: 20 }, (_, index) => total - 1 - index),
    );
  });

  it('shows an exit under way: what is done of it, and what comes', () => {
    const [newest] = exitsBody(target, { limit: 1 }).recent;
    assert.equal(newest?.title, 'guest-page fault (store, uart0.THR)');
    assert.deepEqual(
      newest?.stages.map(({ name, done }) => `${name} ${done}`),
      ['exit true', 'decode true', 'find true', 'emulate false', 'resume false'],
    );
    assert.match(newest?.details['access'] ?? '', /^store of 1 byte from \w+: 0x[0-9a-f]+$/);
    assert.match(newest?.stages[2]?.summary ?? '', /^GPA 0x10000000 belongs to uart0/);
  });

  it('filters exits by guest and by reason', () => {
    const [any] = exitsBody(target, { guest: 'b', limit: 1 }).recent;
    assert.ok(any);
    const ofB = exitsBody(target, { guest: 'b', reason: any.reason, limit: 50 });
    assert.ok(ofB.recent.length > 0);
    assert.ok(ofB.recent.every(({ guest, reason }) => guest === 'b' && reason === any.reason));
    assert.ok(ofB.total < vmm.statistics.total);
    assert.throws(() => exitsBody(target, { guest: 'c', limit: 1 }), /there is no guest 'c'/);
  });

  it('shows the devices of each guest and of the machine, and takes nothing from them', () => {
    const before = hosted.machine.board.bus.regions.map(({ device }) => device.save());
    const devices = travelled(deviceViews(target));
    assert.deepEqual(
      hosted.machine.board.bus.regions.map(({ device }) => device.save()),
      before,
    );
    const uart = devices.find(({ id, owner }) => id === 'uart0' && owner === 'a');
    assert.deepEqual([uart?.base, uart?.interrupt], ['0x10000000', 10]);
    const status = uart?.registers.find(({ name }) => name === 'LSR');
    const field = status?.fields.find(({ name }) => name === 'THRE');
    assert.equal(field?.value, '0x1');
    assert.ok(field?.summary);
    const [identification] = uart?.registers.filter(({ name }) => name === 'IIR') ?? [];
    assert.ok(identification?.fields.some(({ meaning }) => meaning !== undefined));
    assert.deepEqual(new Set(devices.map(({ owner }) => owner)), new Set(['a', 'b', 'machine']));
  });

  it('gives spaces by references that lead back to them', () => {
    for (const space of travelled(listSpaces(target).map(presentSpace))) {
      assert.ok(space.memoryReference.startsWith(`${space.id}:`));
      assert.notEqual(parseMemoryReference(space.memoryReference), undefined);
    }
  });

  it('shows a walk level by level, with flags, and why it faults', () => {
    const address = vmm.currentExit?.record.gva ?? assert.fail();
    const view = travelled(presentWalk(walkAddress(target, target.currentThread, address, 'write')));
    assert.equal(view.mode, 'VS mode, Sv39 through Sv39x4');
    assert.deepEqual(view.result, { kind: 'fault', trap: 'store/AMO guest-page fault', to: 'the VMM' });
    const [first, ...second] = view.stages;
    assert.deepEqual([first?.stage, first?.output], ['VS-stage', '0x10000000']);
    assert.match(first?.root ?? '', /^vsatp 0x8000/);
    assert.deepEqual(
      second.map(({ purpose }) => purpose),
      [
        'level 2 entry of the VS-stage',
        'level 1 entry of the VS-stage',
        'level 0 entry of the VS-stage',
        'final address',
      ],
    );
    assert.equal(first?.levels.at(-1)?.flags, 'DAG--WRV');
    assert.deepEqual(second.at(-1)?.levels, [
      {
        level: 2,
        index: 0,
        address: second.at(-1)?.levels[0]?.address,
        value: '0x0',
        flags: '--------',
        kind: 'invalid',
        note: 'V is 0',
      },
    ]);
  });
});
