import assert from 'node:assert/strict';
import { Laboratory } from '../fixture.ts';
import { TinyGuest } from '../tiny-guest.ts';

function breaking(): TinyGuest {
  return new TinyGuest()
    .la('t0', 'handler')
    .csrw('stvec', 't0')
    .op('ebreak')
    .word(0)
    .exit(0)
    .label('handler')
    .op('addi', { rd: 's5', rs1: 's5', imm: 1 })
    .csrr('t6', 'sepc')
    .op('addi', { rd: 't6', rs1: 't6', imm: 4 })
    .csrw('sepc', 't6')
    .op('sret');
}

describe('vmm/exits/exception', () => {
  it('stays out of the guest’s own exceptions', () => {
    const laboratory = new Laboratory({ a: breaking() });
    assert.equal(laboratory.runToEnd(), 0);
    assert.deepEqual(laboratory.reasons(), { shutdown: 1 });
  });

  it('sees those that it intercepts, and the guest notices no difference', () => {
    const laboratory = new Laboratory(
      { a: breaking() },
      { intercept: ['breakpoint', 'illegal-instruction'] },
    );
    assert.equal(laboratory.runToEnd(), 0);
    assert.deepEqual(laboratory.reasons(), { breakpoint: 1, 'illegal-instruction': 1, shutdown: 1 });
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(21), 2n);
    assert.equal(laboratory.vmm.exit(0)?.instruction?.word, 0x0010_0073);
    assert.deepEqual(laboratory.vmm.exit(1)?.injected?.code, 2);
  });
});
