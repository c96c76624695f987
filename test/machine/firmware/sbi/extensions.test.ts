import assert from 'node:assert/strict';
import { findSbiFunction } from '../../../../src/machine/firmware/sbi/call.ts';
import { firmwareSbiExtensions } from '../../../../src/machine/firmware/sbi/extensions.ts';
import { hsmState } from '../../../../src/machine/firmware/sbi/sbi.ts';
import { ret, sbiBoard } from './board.ts';

const susp = 0x5355_5350n;
const allOnes = 0xffff_ffff_ffff_ffffn;

describe('machine/firmware/sbi', () => {
  it('answers "not supported" to extensions and functions that are not there', () => {
    const { call } = sbiBoard();
    assert.deepEqual(call(0x1234n, 0n), ret(-2n));
    assert.deepEqual(call(0x10n, 99n), ret(-2n));
    assert.deepEqual(call(0x10n + (1n << 32n), 0n), ret(-2n));
  });

  it('names each extension and function once', () => {
    const ids = firmwareSbiExtensions.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { functions, name } of firmwareSbiExtensions) {
      assert.deepEqual(
        functions.map(({ id }) => id),
        functions.map((_, index) => index),
        name,
      );
    }
  });

  describe('Base', () => {
    it('tells the version, and which extensions are there', () => {
      const { call } = sbiBoard();
      assert.deepEqual(call(0x10n, 0n), ret(0n, 0x0300_0000n));
      assert.deepEqual(call(0x10n, 3n, 0x5449_4d45n), ret(0n, 1n));
      assert.deepEqual(call(0x10n, 3n, 0n), ret(0n, 1n));
      assert.deepEqual(call(0x10n, 3n, 0x53_5441n), ret(0n, 0n));
      assert.deepEqual(call(0x10n, 5n), ret(0n, 42n));
    });
  });

  describe('TIME', () => {
    it('sets the timer, also by the legacy call', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(0x5449_4d45n, 0n, 123n), ret(0n));
      assert.deepEqual(call(0n, 77n, allOnes), { kind: 'legacy-return', value: 0n });
      assert.deepEqual(log, ['timer 123', `timer ${allOnes}`]);
    });
  });

  describe('IPI', () => {
    it('interrupts the harts of a mask, from its base on, or all', () => {
      const { call, log } = sbiBoard();
      call(0x73_5049n, 0n, 0b101n, 1n);
      call(0x73_5049n, 0n, 0n, allOnes);
      assert.deepEqual(log, ['ipi 1', 'ipi 3', 'ipi 0', 'ipi 1', 'ipi 2', 'ipi 3']);
    });

    it('interrupts none where the mask names a hart that is not there', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(0x73_5049n, 0n, 0b11n, 3n), ret(-3n));
      assert.deepEqual(log, []);
    });

    it('takes the legacy mask from virtual memory, and hands its fault on', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(4n, 0n, 0x100n), { kind: 'legacy-return', value: 0n });
      assert.deepEqual(log, ['ipi 1']);
      const outcome = call(4n, 0n, 0xbad0n);
      assert.equal(outcome.kind === 'fault' && outcome.trap.code, 13);
    });
  });

  describe('RFENCE', () => {
    it('hands on which fence, where and for whom', () => {
      const { call, fences } = sbiBoard();
      call(0x5246_4e43n, 0n, 1n, 0n);
      call(0x5246_4e43n, 1n, 1n, 1n, 0n, 0n);
      call(0x5246_4e43n, 2n, 2n, 0n, 0x1000n, 0x2000n, 9n);
      call(0x5246_4e43n, 3n, 2n, 0n, 0x1000n, allOnes, 5n);
      call(0x5246_4e43n, 6n, 0n, allOnes, 0x1000n, 0x10n);
      const range = { start: 0x1000n, size: 0x2000n };
      assert.deepEqual(fences, [
        [[0], { kind: 'fence.i' }],
        [[1], { kind: 'sfence.vma', range: 'all' }],
        [[1], { kind: 'sfence.vma', range, asid: 9n }],
        [[1], { kind: 'hfence.gvma', range: 'all', vmid: 5n }],
        [[0, 1, 2, 3], { kind: 'hfence.vvma', range: { start: 0x1000n, size: 0x10n } }],
      ]);
    });
  });

  describe('RFENCE, refused', () => {
    it('knows no such hart, no range beyond the last address, and no hypervisor where there is none', () => {
      const { call, fences } = sbiBoard();
      assert.deepEqual(call(0x5246_4e43n, 1n, 0b1_0000n, 0n, 0n, 0n), ret(-3n));
      assert.deepEqual(call(0x5246_4e43n, 1n, 1n, 0n, allOnes, 2n), ret(-5n));
      assert.deepEqual(call(0x5246_4e43n, 7n, 1n, 0n), ret(-2n));
      const without = sbiBoard({ hasHypervisor: false });
      for (const id of [3n, 4n, 5n, 6n]) assert.deepEqual(without.call(0x5246_4e43n, id, 1n, 0n), ret(-2n));
      assert.deepEqual([...fences, ...without.fences], []);
      assert.deepEqual(without.call(0x5246_4e43n, 1n, 1n, 0n, allOnes, 1n), ret(0n));
    });
  });

  describe('HSM', () => {
    it('starts a stopped hart once', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(0x48_534dn, 2n, 1n), ret(0n, 1n));
      assert.deepEqual(call(0x48_534dn, 0n, 1n, 0x200n, 7n), ret(0n));
      assert.deepEqual(call(0x48_534dn, 0n, 1n, 0x200n, 7n), ret(-6n));
      assert.deepEqual(call(0x48_534dn, 2n, 1n), ret(0n, 0n));
      assert.deepEqual(log, ['start 1 512 7']);
    });

    it('refuses harts that are not there and addresses that are not memory', () => {
      const { call } = sbiBoard();
      assert.deepEqual(call(0x48_534dn, 0n, 4n, 0x200n), ret(-3n));
      assert.deepEqual(call(0x48_534dn, 0n, 1n, 0x1_0000n), ret(-5n));
      assert.deepEqual(call(0x48_534dn, 0n, 1n, 0x201n), ret(-5n));
      assert.deepEqual(call(0x48_534dn, 2n, 9n), ret(-3n));
    });

    it('stops and suspends the caller', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(0x48_534dn, 1n), { kind: 'no-return' });
      assert.deepEqual(call(0x48_534dn, 3n, 0n), ret(0n));
      assert.deepEqual(call(0x48_534dn, 3n, 0xffff_ffff_8000_0000n, 0x40n, 2n), { kind: 'no-return' });
      assert.deepEqual(call(0x48_534dn, 3n, 1n), ret(-3n));
      assert.deepEqual(log, ['stop', 'suspend', 'suspend 64 2']);
    });
  });

  describe('SUSP', () => {
    it('lets the system sleep, all of whose other harts are stopped, and resumes it elsewhere', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(susp, 0n, 0n, 0x40n, 9n), { kind: 'no-return' });
      assert.deepEqual(log, ['suspend 64 9']);
    });

    it('refuses other kinds of sleep, addresses that are not memory, and while another hart runs', () => {
      const { call, log, states } = sbiBoard();
      for (const type of [1n, 0x7fff_ffffn, 0x8000_0000n])
        assert.deepEqual(call(susp, 0n, type, 0x40n), ret(-3n));
      assert.deepEqual(call(susp, 0n, 0n, 0x41n), ret(-5n));
      assert.deepEqual(call(susp, 0n, 0n, 0x1_0000n), ret(-5n));
      states[2] = hsmState.suspended;
      assert.deepEqual(call(susp, 0n, 0n, 0x40n), ret(-4n));
      assert.deepEqual(call(susp, 1n), ret(-2n));
      assert.deepEqual(log, []);
    });
  });

  describe('SRST', () => {
    it('resets, and refuses reserved types and reasons', () => {
      const { call, log } = sbiBoard();
      assert.deepEqual(call(0x5352_5354n, 0n, 0n, 1n), { kind: 'no-return' });
      assert.deepEqual(call(8n, 0n), { kind: 'no-return' });
      assert.deepEqual(call(0x5352_5354n, 0n, 3n, 0n), ret(-3n));
      assert.deepEqual(call(0x5352_5354n, 0n, 0n, 2n), ret(-3n));
      assert.deepEqual(log, ['reset 0 1', 'reset 0 0']);
    });
  });

  describe('DBCN', () => {
    it('writes from memory', () => {
      const { call, memory, output } = sbiBoard();
      memory.set([0x68, 0x69], 0x80);
      assert.deepEqual(call(0x4442_434en, 0n, 2n, 0x80n, 0n), ret(0n, 2n));
      assert.deepEqual(call(0x4442_434en, 2n, 0x121n), ret(0n));
      assert.deepEqual(call(1n, 0n, 0x3fn), { kind: 'legacy-return', value: 0n });
      assert.equal(output(), 'hi!?');
    });

    it('reads what waits, and no more', () => {
      const { call, memory, input } = sbiBoard();
      input.push(0x61, 0x62, 0x63);
      assert.deepEqual(call(0x4442_434en, 1n, 2n, 0x80n, 0n), ret(0n, 2n));
      assert.deepEqual([...memory.subarray(0x80, 0x84)], [0x61, 0x62, 0, 0]);
      assert.deepEqual(call(0x4442_434en, 1n, 9n, 0x84n, 0n), ret(0n, 1n));
      assert.deepEqual(call(2n, 0n), { kind: 'legacy-return', value: -1n });
    });

    it('refuses a buffer that is not all memory, and takes no input for it', () => {
      const { call, input } = sbiBoard();
      input.push(0x61);
      assert.deepEqual(call(0x4442_434en, 0n, 2n, 0x3ffn, 0n), ret(-3n));
      assert.deepEqual(call(0x4442_434en, 0n, 2n, 0x80n, 1n), ret(-3n));
      assert.deepEqual(call(0x4442_434en, 1n, allOnes, 0x80n, 0n), ret(-3n));
      assert.deepEqual(call(2n, 0n), { kind: 'legacy-return', value: 0x61n });
    });
  });

  it('finds the name of a call for records', () => {
    assert.equal(
      findSbiFunction(firmwareSbiExtensions, { extension: 8n, function: 55n })?.function.name,
      'sbi_shutdown',
    );
    assert.equal(findSbiFunction(firmwareSbiExtensions, { extension: 0x55n, function: 0n }), undefined);
  });
});
