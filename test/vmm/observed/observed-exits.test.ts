import assert from 'node:assert/strict';
import { createMachine, type Machine } from '../../../src/machine/machine.ts';
import { ObservedExits } from '../../../src/vmm/observed/observed-exits.ts';
import { titleOf } from '../../../src/vmm/exits/title.ts';
import { tinyHypervisor, vmid } from './tiny-hypervisor.ts';

const guest = `vmid${vmid}`;

describe('vmm/observed/observed-exits', () => {
  it('sees the exits of a guest whose VMM is software of the machine, with reason and operands', () => {
    const { machine, exits } = observed();
    assert.deepEqual(machine.run(), { kind: 'exit', code: 0, by: 'sbi-srst' });
    const seen = [...exits.newestExits()].toReversed();
    assert.deepEqual(
      seen.map((exit) => [exit.reason, titleOf(exit)]),
      [
        ['hypercall', 'hypercall sbi_debug_console_write_byte(byte = 0x41)'],
        ['mmio-store', 'guest-page fault (store, GPA 0x10000000)'],
        ['mmio-load', 'guest-page fault (load, GPA 0x10000005)'],
        ['virtual-csr', 'virtual instruction (csrr t3,hgatp)'],
        ['shutdown', 'hypercall sbi_system_reset(reset_type = 0x0, reset_reason = 0x0)'],
      ],
    );
    const [call, store, load] = seen;
    assert.equal(call?.hypercall?.arguments[0], 0x41n);
    assert.deepEqual(store?.access, { kind: 'store', size: 1, value: 0x42n, register: 6 });
    assert.deepEqual(load?.access, { kind: 'load', size: 1, value: undefined, register: 7 });
    assert.deepEqual(
      seen.map((exit) => exit.guest),
      seen.map(() => guest),
    );
  });

  it('knows what an exit cost once the guest is entered again, and of which none was', () => {
    const { machine, exits } = observed();
    machine.run();
    const seen = [...exits.newestExits()].toReversed();
    // The trap and seven instructions; the first has the firmware's part in it, the last never came back.
    assert.deepEqual(
      seen.slice(1).map(({ cost }) => cost),
      [8, 8, 8, undefined],
    );
    assert.deepEqual(seen[1]?.resumed, { guest, vcpu: 0 });
    assert.deepEqual(seen[1].stages, []);
  });

  it('counts by guest and reason, and keeps the guest’s second-stage root', () => {
    const { machine, exits } = observed();
    machine.run();
    assert.equal(exits.statistics.total, 5);
    assert.equal(
      exits.statistics.by(({ reason }) => reason).find(({ key }) => key === 'hypercall')?.count,
      1,
    );
    const [only] = exits.guests;
    assert.equal(only?.name, guest);
    assert.equal(only.exits, 5);
    assert.equal(only.hgatp & 0xfff_ffff_ffffn, 0x80400n);
    // Loading numbers takes an instruction or several: 7 for the first call, say.
    assert.ok(only.steps >= 10 && only.steps < 40, `${only.steps} steps`);
  });

  it('has an exit under way until its guest is entered again', () => {
    const { machine, exits } = observed();
    const [hart] = machine.harts;
    assert.ok(hart);
    runUntil(machine, () => exits.statistics.total === 2);
    assert.equal(exits.underWay(hart)?.record.reason, 'mmio-store');
    runUntil(machine, () => hart.state.virtual);
    assert.equal(exits.underWay(hart), undefined);
  });

  it('goes back with the machine', () => {
    const { machine, exits } = observed();
    runUntil(machine, () => exits.statistics.total === 2);
    const saved = machine.save();
    machine.run();
    assert.equal(exits.statistics.total, 5);
    machine.restore(saved);
    assert.equal(exits.statistics.total, 2);
    assert.equal([...exits.newestExits()].length, 2);
    machine.run();
    assert.deepEqual([exits.statistics.total, exits.guests[0]?.exits], [5, 5]);
    machine.reset();
    assert.deepEqual([exits.statistics.total, exits.guests], [0, []]);
  });
});

function observed(): { readonly machine: Machine; readonly exits: ObservedExits } {
  const machine = createMachine({ image: tinyHypervisor(), ramBytes: 16 << 20, engine: 'interpreter' });
  const exits = new ObservedExits({ ramBase: machine.board.memory.ramBase });
  machine.observeExits(exits);
  return { machine, exits };
}

function runUntil(machine: Machine, isThere: () => boolean): void {
  for (let steps = 0; steps < 1000 && !isThere(); steps++) machine.run({ budget: 1 });
  assert.ok(isThere());
}
