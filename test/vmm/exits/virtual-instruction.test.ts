import assert from 'node:assert/strict';
import { Laboratory } from '../fixture.ts';
import { TinyGuest } from '../tiny-guest.ts';

/** Counts exceptions in s5, of which the last code is in s6, and goes on after each. */
function surviving(build: (guest: TinyGuest) => TinyGuest): TinyGuest {
  const guest = new TinyGuest().la('t0', 'handler').csrw('stvec', 't0');
  return build(guest)
    .exit(0)
    .label('handler')
    .op('addi', { rd: 's5', rs1: 's5', imm: 1 })
    .csrr('s6', 'scause')
    .csrr('s7', 'stval')
    .csrr('t6', 'sepc')
    .op('addi', { rd: 't6', rs1: 't6', imm: 4 })
    .csrw('sepc', 't6')
    .op('sret');
}

describe('vmm/exits/virtual-instruction', () => {
  it('makes illegal instructions of what only a hypervisor may do', () => {
    const guest = surviving((g) =>
      g.csrr('t0', 'hstatus').csrr('t0', 'vsstatus').op('hfence.gvma').op('hlv.w', { rd: 't0', rs1: 't0' }),
    );
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    assert.deepEqual(laboratory.reasons(), { 'virtual-csr': 2, 'virtual-hypervisor': 2, shutdown: 1 });
    const [vcpu] = laboratory.vmm.guests[0]?.vcpus ?? [];
    assert.equal(vcpu?.getX(21), 4n);
    assert.equal(vcpu?.getX(22), 2n);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.csr, 'hstatus');
    assert.equal(record?.injected?.code, 2);
    assert.equal(record?.injected?.tval, BigInt(record?.instruction?.word ?? 0));
  });

  it('takes WFI for a wish to wait, from the kernel alone', () => {
    // Software interrupt enabled and made pending by itself: WFI goes on at once.
    const guest = new TinyGuest().li('t0', 2).csrw('sie', 't0').csrw('sip', 't0').op('wfi').exit(0);
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    assert.deepEqual(laboratory.reasons(), { 'virtual-wfi': 1, shutdown: 1 });
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.action, 'schedule');
    assert.deepEqual(record?.resumed, { guest: 'a', vcpu: 0 });
  });

  it('treats WFI, SRET and SFENCE.VMA of a process as illegal', () => {
    const guest = surviving((g) =>
      g
        .la('t0', 'process')
        .csrw('sepc', 't0')
        .op('sret')
        .label('process')
        .op('wfi')
        .op('sret')
        .op('sfence.vma')
        .csrr('t0', 'sscratch'),
    );
    const laboratory = new Laboratory({ a: guest });
    assert.equal(laboratory.runToEnd(), 0);
    assert.deepEqual(laboratory.reasons(), {
      'virtual-wfi': 1,
      'virtual-sret': 1,
      'virtual-sfence': 1,
      'virtual-csr': 1,
      shutdown: 1,
    });
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.from, 'process');
    assert.equal(record?.injected?.code, 2);
    assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(21), 4n);
  });
});
