import assert from 'node:assert/strict';
import type { Machine } from '../../src/machine/machine.ts';
import { machineMemory } from '../../src/machine/virtio/direct-memory.ts';
import type { MachineStop } from '../../src/machine/machine-stop.ts';
import { launchBare, launchHosted } from './determinism.ts';
import { Laboratory } from '../vmm/fixture.ts';
import { TinyGuest } from '../vmm/tiny-guest.ts';
import { finish, li, loopForever, op, program, ramBase, sbi, start, store, x } from './fixture.ts';

const data = ramBase + 0x10_0000;
/** SBI: the debug console's function that reads. */
const console = { extension: 0x4442_434e, read: 1 };

for (const engine of ['reference', 'interpreter', 'translator'] as const)
  describe(`machine/watched-accesses with engine ${engine}`, () => {
    it('end a run after the instruction, before a breakpoint at the next, and before the end it makes', () => {
      const words = [toData(x.t0), store('sd', x.t0, x.t0), op('addi', { rd: 0 }), loopForever];
      const { machine } = start({ image: program(words), firmware: 'none', engine });
      const at = BigInt(ramBase + 4 * words.indexOf(store('sd', x.t0, x.t0)));
      machine.breakpoints.add('virtual', at + 4n);
      machine.watchpoints.add({ address: data + 4, length: 1, reads: false, writes: true });
      const [access, ...others] = accessesOf(machine.run({ budget: 100 }));
      assert.equal(others.length, 0);
      assert.ok(access);
      assert.deepEqual([access.accessor, access.hart, access.pc], ['hart', 0, at]);
      assert.deepEqual([access.address, access.before.length, access.mode.privilege], [data, 8, 3]);
      assert.equal(machine.steps, 1 + words.indexOf(store('sd', x.t0, x.t0)));
      assert.deepEqual(machine.run({ budget: 100 }), { kind: 'breakpoint', hart: 0, pc: at + 4n });
      assert.equal(machine.run({ until: machine.steps + 5 }).kind, 'budget');
    });

    it('are those of the last step, too', () => {
      const words = [toData(x.t0), store('sd', x.t0, x.t0), loopForever];
      const { machine } = start({ image: program(words), firmware: 'none', engine });
      machine.watchpoints.add({ address: data, length: 8, reads: true, writes: true });
      assert.equal(machine.run({ until: words.length - 1 }).kind, 'watchpoint');
      assert.equal(machine.run({ until: words.length - 1 }).kind, 'budget');
    });

    it('are none of a machine that was put into another state', () => {
      const words = [toData(x.t0), store('sd', x.t0, x.t0), ...finish(0x5555)];
      const { machine } = start({ image: program(words), firmware: 'none', engine });
      const saved = machine.save();
      machine.watchpoints.add({ address: data, length: 8, reads: true, writes: true });
      machine.board.physical.poke(data, Uint8Array.of(1));
      machine.restore(saved);
      assert.equal(machine.run({ budget: 1 }).kind, 'budget');
      machine.board.physical.poke(data, Uint8Array.of(1));
      machine.reset();
      assert.equal(machine.run({ budget: 1 }).kind, 'budget');
      assert.equal(machine.run({ budget: 1 }).kind, 'watchpoint');
    });

    it('are told of firmware, once the call is handled', () => {
      const call = sbi(console.extension, console.read, 4, 0, 0);
      const words = [toData(x.a1), ...call.filter((word) => !li(x.a1, 0).includes(word)), loopForever];
      const { machine } = start({ image: program(words), engine });
      machine.input('uart0', Uint8Array.of(0x68, 0x69));
      assert.deepEqual(writes(machine).at(-1), ['firmware', 0x68, 0x69]);
      assert.deepEqual(machine.position, { step: words.length - 1 });
    });

    it('are told of a device by its name, whether it reads or writes', () => {
      const { machine } = start({ image: program([loopForever]), firmware: 'none', engine });
      machine.watchpoints.add({ address: data, length: 4, reads: true, writes: true });
      const memory = machineMemory(machine.board.physical, 'virtio0 (virtio-block)');
      memory.write(data, Uint8Array.of(1, 2));
      memory.read(data - 4, 8);
      memory.read(data + 4, 8);
      machine.board.physical.peek(data, 4);
      const told = accessesOf(machine.run({ budget: 1 }));
      assert.deepEqual(
        told.map(({ kind, accessor, device, after }) => [kind, accessor, device, after.length]),
        [
          ['write', 'device', 'virtio0 (virtio-block)', 2],
          ['read', 'device', 'virtio0 (virtio-block)', 8],
        ],
      );
    });

    it('are told of the VMM, once the exit is handled, in stages or not', () => {
      for (const stopBeforeStage of [undefined, () => false]) {
        const guest = new TinyGuest().sbi(console.extension, console.read, 4, 0x8030_0000, 0).exit(0);
        const { machine, vmm } = new Laboratory({ a: guest }, { engine });
        const address = vmm.guests[0]?.memory.hostAddress(0x8030_0000);
        assert.ok(address !== undefined);
        machine.watchpoints.add({ address, length: 1, reads: false, writes: true });
        machine.input('a', Uint8Array.of(0x68));
        const stop = machine.run({ budget: 1000, ...(stopBeforeStage && { stopBeforeStage }) });
        const last = accessesOf(stop).at(-1);
        assert.deepEqual([last?.accessor, ...(last?.after ?? [])], ['vmm', 0x68]);
        assert.equal(machine.stage, undefined);
      }
    });
  });

/** The first instruction of a program: puts the address of the data into a register. */
function toData(rd: number): number {
  return op('auipc', { rd, imm: data - ramBase });
}

describe('machine/watched-accesses', () => {
  for (const [where, launch] of [
    ['on the bare machine', launchBare],
    ['with two guests', launchHosted],
  ] as const)
    it(`have wasm left no more often for what nobody accesses, ${where}`, () => {
      const [plain, watched] = [false, true].map((isWatched) => {
        const { machine } = launch({ engine: 'translator' });
        const watches = isWatched ? 10 : 0;
        const end = ramBase + machine.board.memory.ramSize;
        for (let index = 1; index <= watches; index++)
          machine.watchpoints.add({
            address: end - 0x1000 * index + 8 * index,
            length: 8,
            reads: index % 2 === 0,
            writes: true,
          });
        assert.equal(machine.run({ until: 1_000_000 }).kind, 'budget');
        return machine.departures;
      });
      assert.deepEqual(watched, plain);
    });
});

function accessesOf(stop: MachineStop): Extract<MachineStop, { kind: 'watchpoint' }>['accesses'] {
  assert.equal(stop.kind, 'watchpoint', stop.kind);
  return stop.kind === 'watchpoint' ? stop.accesses : [];
}

function writes(machine: Machine): readonly unknown[] {
  machine.watchpoints.add({ address: data, length: 4, reads: false, writes: true });
  return accessesOf(machine.run({ budget: 1000 })).map(({ accessor, after }) => [accessor, ...after]);
}
