import assert from 'node:assert/strict';
import { Laboratory } from '../fixture.ts';
import { kernelBase, TinyGuest } from '../tiny-guest.ts';

/** Ends with the exception's code as exit code. */
function reporting(guest: TinyGuest): TinyGuest {
  return guest
    .label('handler')
    .csrr('s0', 'scause')
    .csrr('s1', 'stval')
    .li('t1', 0x3333)
    .op('slli', { rd: 't2', rs1: 's0', imm: 16 })
    .op('add', { rd: 't1', rs1: 't1', rs2: 't2' })
    .li('t0', 0x10_0000)
    .op('sw', { rs1: 't0', rs2: 't1' });
}

function start(): TinyGuest {
  return new TinyGuest().la('t0', 'handler').csrw('stvec', 't0');
}

describe('vmm/exits/mapping', () => {
  it('gives an access fault where neither memory nor a device is', () => {
    const cases: readonly [string, TinyGuest, number, bigint][] = [
      ['load', start().li('t0', 0x4000_0000).op('lw', { rd: 't1', rs1: 't0' }), 5, 0x4000_0000n],
      ['store', start().li('t0', 0x9000_0004).op('sw', { rs1: 't0', rs2: 't0' }), 7, 0x9000_0004n],
      ['fetch', start().li('t0', 0x9000_0000).op('jalr', { rd: 'zero', rs1: 't0' }), 1, 0x9000_0000n],
      [
        'fetch from a device',
        start().li('t0', 0x1000_0000).op('jalr', { rd: 'zero', rs1: 't0' }),
        1,
        0x1000_0000n,
      ],
    ];
    for (const [what, guest, code, address] of cases) {
      const laboratory = new Laboratory({ a: reporting(guest) });
      assert.equal(laboratory.runToEnd(), code, what);
      const record = laboratory.vmm.exit(0);
      assert.match(record?.reason ?? '', /-missing-mapping$/, what);
      assert.equal(record?.gpa, address, what);
      assert.equal(laboratory.vmm.guests[0]?.vcpus[0]?.getX(9), address, what);
    }
  });

  it('tells page-table walks from the guest’s own accesses', () => {
    // satp names a root table where nothing is; then the fetch of the next instruction fails.
    const root = 0x4000_0000 / 0x1000;
    const guest = reporting(
      start()
        .li('t0', (8n << 60n) | BigInt(root))
        .csrw('satp', 't0'),
    );
    const laboratory = new Laboratory({ a: guest });
    laboratory.run(200);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.reason, 'fetch-missing-mapping');
    assert.equal(record?.isPageTableAccess, true);
    // Sv39 entry 2 of the root, for an address from 2 GiB on.
    assert.equal(record?.gpa, 0x4000_0010n);
    assert.equal(record?.injected?.code, 1);
  });

  it('refuses what the second-stage entry does not permit', () => {
    const guest = reporting(start().li('t0', 0x8040_0000).op('sw', { rs1: 't0', rs2: 't0' }));
    const laboratory = new Laboratory({ a: guest });
    laboratory.vmm.guests[0]?.tables.protect(0x8040_0000, { read: true, write: false, execute: true });
    assert.equal(laboratory.runToEnd(), 7);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.reason, 'store-permission');
    assert.equal(record?.gpa, 0x8040_0000n);
  });

  it('backs memory that is first touched, where frames are given on demand', () => {
    const guest = new TinyGuest()
      .li('t0', 0x8000_0000)
      .op('ld', { rd: 't1', rs1: 't0' })
      .op('sd', { rs1: 't0', rs2: 't0', imm: 8 })
      .op('ld', { rd: 't2', rs1: 't0', imm: 8 })
      .branch('bne', 't1', 'zero', 'bad')
      .branch('bne', 't2', 't0', 'bad')
      .exit(0)
      .label('bad')
      .exit(1);
    const laboratory = new Laboratory({ a: { guest, population: 'on-demand' } });
    assert.equal(laboratory.runToEnd(), 0);
    assert.equal(laboratory.reasons()['load-missing-mapping'], 1);
    const record = laboratory.vmm.exit(0);
    assert.equal(record?.action, 'map');
    assert.deepEqual(laboratory.vmm.guests[0]?.memory.hostAddress(0x8000_0000), Number(record?.mapped?.hpa));
    assert.equal(record?.pc, BigInt(kernelBase + 8));
  });
});
