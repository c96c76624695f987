import assert from 'node:assert/strict';
import { entryOfTask, isOfOtherTask } from '../../../src/debugger/stack/other-task.ts';
import { hartMode } from '../../../src/hart/hart-mode.ts';
import type { TrapRecord } from '../../../src/hart/trap-records.ts';

const user = hartMode(0, false);
const supervisor = hartMode(1, false);
const stack = 0xff20_0000_0001_0000n;

describe('debugger/stack/other-task', () => {
  describe('isOfOtherTask', () => {
    it('knows a handler by its outermost function, which is on the stack that it interrupted', () => {
      assert.equal(interruptAt(stack), false);
      assert.equal(interruptAt(stack + 320n), false);
      assert.equal(interruptAt(stack + 4096n), false);
    });

    it('knows another task by its stack, below or far above', () => {
      assert.equal(interruptAt(stack - 8n), true);
      assert.equal(interruptAt(stack + 4097n), true);
      assert.equal(interruptAt(stack + 0x8000n), true);
    });

    it('asks only of traps from the kernel into itself', () => {
      const elsewhere = stack + 0x8000n;
      assert.equal(interruptAt(elsewhere, user), false);
      assert.equal(interruptAt(elsewhere, hartMode(1, true)), false);
      assert.equal(interruptAt(elsewhere, supervisor, hartMode(3, false)), false);
    });

    it('says nothing where no stack pointer is known', () => {
      const record = { from: supervisor, to: supervisor, sp: stack + 0x8000n };
      assert.equal(isOfOtherTask([], record), false);
      assert.equal(isOfOtherTask([activationAt(stack), activationAt(undefined)], record), false);
    });
  });

  describe('entryOfTask', () => {
    const root = (9n << 60n) | 0x8_1234n;
    const saved = new Set([0x3fff_f000n, 0x2an]);
    const call = recordOf({ step: 100, sp: 0x3fff_f000n, root });

    it('finds the call by what its handler saved of it, on whatever hart', () => {
      const ofOthers = [
        recordOf({ step: 200, sp: 0x3fff_e000n, root }),
        recordOf({ step: 300, sp: 0x2bn, root }),
      ];
      assert.equal(entryOfTask([...ofOthers, call], saved, root), call);
      assert.equal(entryOfTask(ofOthers, saved, root), undefined);
    });

    it('takes the latest', () => {
      const latest = recordOf({ step: 300, sp: 0x2an, root });
      assert.equal(
        entryOfTask([call, latest, recordOf({ step: 200, sp: 0x2an, root })], saved, root),
        latest,
      );
    });

    it('takes none of another space', () => {
      assert.equal(entryOfTask([call], saved, root + 1n), undefined);
    });

    it('takes none but calls of processes to their own kernel', () => {
      const inKernel = recordOf({ ...call, from: supervisor });
      const ofGuest = recordOf({ ...call, from: hartMode(0, true) });
      const toFirmware = recordOf({ ...call, to: hartMode(3, false) });
      assert.equal(entryOfTask([inKernel, ofGuest, toFirmware], saved, root), undefined);
      const withinGuest = recordOf({ ...call, from: hartMode(0, true), to: hartMode(1, true) });
      assert.equal(entryOfTask([withinGuest], saved, root), withinGuest);
    });
  });
});

/** Does `isOfOtherTask` take a trap with that stack pointer for another's than the handler's on `stack`? */
function interruptAt(sp: bigint, from = supervisor, to = supervisor): boolean {
  return isOfOtherTask([activationAt(stack - 0x100n), activationAt(stack)], { from, to, sp });
}

/** All that is looked at of an activation. */
function activationAt(sp: bigint | undefined): Parameters<typeof isOfOtherTask>[0][number] {
  return { registers: { pc: 0n, x: [0n, 0n, sp], pcKind: 'exact' } };
}

function recordOf(of: Partial<TrapRecord>): TrapRecord {
  const zeros = { step: 0, pc: 0n, ra: 0n, sp: 0n, fp: 0n, a7: 0n, root: 0n, hgatp: 0n };
  return { ...zeros, from: user, to: supervisor, interrupt: false, code: 8, ...of };
}
