import assert from 'node:assert/strict';
import { csrw, li, loopForever, op, store, wfi, x } from '../machine/fixture.ts';
import type { SliceResult } from '../../src/debugger/debugger.ts';
import { placements, runFlat, wildCode, type PlacementName } from './wild-guest.ts';

const names = Object.keys(placements) as PlacementName[];
const flat = (...words: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);

const csr = { sie: 0x104, stvec: 0x105, satp: 0x180, hgatp: 0x680, mtvec: 0x305, mie: 0x304 };

describe('debugger/create-debuggee, guests that do anything', () => {
  it('runs random code anywhere', () => {
    for (let seed = 1; seed <= 18; seed++) {
      const where = names[seed % names.length] ?? 'hosted';
      assert.doesNotThrow(() => runFlat(wildCode(seed), where, 2000), `seed ${seed}, ${where}`);
    }
  });

  for (const where of names) {
    it(`sees that a guest jumps to nowhere (${where})`, () => {
      const { result } = runFlat(
        flat(...li(x.t0, 0x4000), op('jalr', { rd: 0, rs1: x.t0, imm: 0 })),
        where,
        500,
      );
      // Firmware and VMM enter a guest with a handler at its beginning; M mode has none.
      if (where === 'machine') assertEndless(result, where);
      else assert.equal(result.kind, 'running');
    });

    it(`sees that a guest traps in its own trap handler (${where})`, () => {
      const vector = where === 'machine' ? csr.mtvec : csr.stvec;
      const { result } = runFlat(flat(csrw(vector, 0), 0), where, 500);
      assertEndless(result, where);
    });

    it(`sees that a guest waits for ever, and when input could wake it (${where})`, () => {
      const deaf = runFlat(flat(wfi, op('jal', { rd: 0, imm: -4 })), where, 500);
      assert.equal(deaf.result.kind, 'idle');
      assert.equal(deaf.target.waitsForEver, true);
      const enable = where === 'machine' ? csr.mie : csr.sie;
      const bit = where === 'machine' ? 0x800 : 0x200;
      const listening = runFlat(flat(...li(x.t0, bit), csrw(enable, x.t0), wfi, loopForever), where, 500);
      assert.equal(listening.result.kind, 'idle');
      assert.equal(listening.target.waitsForEver, false);
    });

    it(`takes garbage for page-table roots (${where})`, () => {
      for (const register of [csr.satp, csr.hgatp])
        for (const mode of [0, 8, 15]) {
          const root = [
            op('addi', { rd: x.t0, rs1: 0, imm: mode }),
            op('slli', { rd: x.t0, rs1: x.t0, imm: 60 }),
            op('addi', { rd: x.t0, rs1: x.t0, imm: -1 }),
          ];
          const { result } = runFlat(flat(...root, csrw(register, x.t0), loopForever), where, 200);
          assert.equal(result.kind, 'running');
        }
    });
  }

  it('takes garbage at every register of every device, in every size', () => {
    for (const base of [0x10_0000, 0x200_0000, 0x200_4000, 0x200_bff8, 0xc00_0000, 0xc20_0000, 0x1000_0000])
      for (const where of names) {
        const accesses = Array.from({ length: 16 }, (_, index) => [
          ...['sb', 'sh', 'sw', 'sd'].map((mnemonic) => store(mnemonic, x.t0, x.t1, index)),
          ...['lb', 'lhu', 'lw', 'ld'].map((mnemonic) => op(mnemonic, { rd: x.t2, rs1: x.t0, imm: index })),
        ]).flat();
        // A fault goes on behind the instruction that took it: the handler stands at the image's start.
        const code = flat(
          ...li(x.t0, base),
          op('addi', { rd: x.t1, rs1: 0, imm: -1 }),
          ...accesses,
          loopForever,
        );
        assert.doesNotThrow(() => runFlat(code, where, 1000), `0x${base.toString(16)}, ${where}`);
      }
  });
});

/** Nothing comes of it any more: the stop says why. */
function assertEndless(result: SliceResult, where: PlacementName): void {
  assert.equal(result.kind, 'stopped');
  const stop = result.kind === 'stopped' ? result.stop : undefined;
  assert.equal(stop?.reason.kind, 'fatal');
  const vector = { hosted: 'vstvec', kernel: 'stvec', machine: 'mtvec' }[where];
  assert.match(stop?.description ?? '', new RegExp(`${vector} names, at 0x0, takes a trap itself`));
}
