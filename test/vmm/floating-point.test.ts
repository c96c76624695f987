import assert from 'node:assert/strict';
import { Laboratory } from './fixture.ts';
import { TinyGuest } from './tiny-guest.ts';

/** sstatus.FS */
const initial = 0x2000;

/**
 * Fills all of its floating-point registers with numbers from `first` on and sets fcsr, computes for a long time,
 * and looks whether they are still there: 0 if so.
 */
function keeps(first: number, fcsr: number, mode: 'FS on' | 'FS off at times' = 'FS on'): TinyGuest {
  const guest = new TinyGuest().li('t0', initial).op('csrrs', { rd: 'zero', rs1: 't0', csr: 'sstatus' });
  for (let index = 0; index < 32; index++)
    guest.li('t1', first + index).op('fmv.d.x', { rd: `f${index}`, rs1: 't1' });
  guest.li('t1', fcsr).csrw('fcsr', 't1');
  if (mode === 'FS off at times')
    guest.li('t0', 3 * initial).op('csrrc', { rd: 'zero', rs1: 't0', csr: 'sstatus' });
  guest
    .li('t0', 20_000)
    .label('spin')
    .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
    .branch('bne', 't0', 'zero', 'spin');
  if (mode === 'FS off at times')
    guest.li('t0', initial).op('csrrs', { rd: 'zero', rs1: 't0', csr: 'sstatus' });
  guest.csrr('t1', 'fcsr').li('t2', fcsr).branch('bne', 't1', 't2', 'lost');
  for (let index = 0; index < 32; index++)
    guest
      .op('fmv.x.d', { rd: 't1', rs1: `f${index}` })
      .li('t2', first + index)
      .branch('bne', 't1', 't2', 'lost');
  return guest.exit(0).label('lost').exit(9);
}

describe('vmm, floating point', () => {
  it('gives each guest its registers, rounding mode and flags back', () => {
    const laboratory = new Laboratory(
      { a: keeps(100, 0x21), b: keeps(200, 0x42), c: keeps(300, 0x1f, 'FS off at times') },
      { sliceSteps: 1_000 },
    );
    assert.equal(laboratory.runToEnd(), 0);
    assert.ok((laboratory.reasons()['timer-interrupt'] ?? 0) > 50);
  });

  it('keeps sstatus.FS of each: one that has it off takes an illegal instruction', () => {
    const without = new TinyGuest()
      .la('t0', 'handler')
      .csrw('stvec', 't0')
      .li('t0', 3 * initial)
      .op('csrrc', { rd: 'zero', rs1: 't0', csr: 'sstatus' })
      .li('t0', 20_000)
      .label('spin')
      .op('addi', { rd: 't0', rs1: 't0', imm: -1 })
      .branch('bne', 't0', 'zero', 'spin')
      .op('fmv.d.x', { rd: 'f0', rs1: 't0' })
      .exit(9)
      .label('handler')
      .csrr('s0', 'scause')
      .exit(0);
    const laboratory = new Laboratory({ a: keeps(100, 0), b: without }, { sliceSteps: 1_000 });
    assert.equal(laboratory.runToEnd(), 0);
    assert.equal(laboratory.vmm.guests[1]?.vcpus[0]?.getX(8), 2n);
  });
});
