import assert from 'node:assert/strict';
import { fieldMask, legalize, type Csr } from '../../src/isa/csr.ts';
import { allCsrs, csrByAddress, csrByName } from '../../src/isa/csrs/index.ts';

describe('isa/csrs', () => {
  it('has each name and address once', () => {
    assert.equal(csrByName.size, allCsrs.length);
    assert.equal(csrByAddress.size, allCsrs.length);
  });

  for (const csr of allCsrs) {
    it(`describes ${csr.name} consistently`, () => {
      let seen = 0n;
      for (const field of csr.fields) {
        assert(field.high <= 63 && field.low <= field.high, field.name);
        assert.equal(seen & fieldMask(field), 0n, `${field.name} overlaps`);
        seen |= fieldMask(field);
        if (field.rule === 'RO') assert.equal(csr.writable & fieldMask(field), 0n, field.name);
      }
      if (csr.fields.length > 0)
        assert.equal((csr.writable | csr.reset) & ~seen, 0n, 'bits outside all fields');
      if (csr.address >>> 10 === 3) assert.equal(csr.writable, 0n);
      assert.equal(legalize(csr, csr.reset, csr.reset), csr.reset);
    });
  }

  it('refers to registers and fields that exist', () => {
    for (const { name, guards, viewOf, virtualAlias } of allCsrs) {
      for (const reference of [viewOf?.register, viewOf?.gate, virtualAlias]) {
        assert(reference === undefined || csrByName.has(reference), `${name}: ${reference}`);
      }
      for (const { field } of guards) {
        const [register = '', fieldName] = field?.split('.') ?? ['mstatus', 'SIE'];
        assert(
          named(register).fields.some((candidate) => candidate.name === fieldName),
          `${name}: ${field}`,
        );
      }
    }
  });

  it('lets a view be written only where it can be seen', () => {
    for (const { name, viewOf, writable } of allCsrs) {
      if (viewOf) assert.equal(writable & ~(viewOf.mask >> BigInt(viewOf.shift)), 0n, name);
    }
  });

  it('puts VS registers where V = 1 looks for them: 0x100 above', () => {
    for (const { name, virtualAlias, address } of allCsrs) {
      if (virtualAlias) assert.equal(named(virtualAlias).address, address + 0x100, name);
    }
  });

  it('keeps a WARL field where the new value is not legal', () => {
    assert.equal(legalize(named('mstatus'), 0xa_0000_1800n, 0x1002n), 0xa_0000_1802n);
    assert.equal(legalize(named('mtvec'), 1n, 0x8000_0003n), 0x8000_0001n);
    assert.equal(legalize(named('pmpcfg0'), 0x1fn, 0x0f1an), 0x0f1fn);
  });

  it('voids an unsupported write of satp whole, and one of hgatp only in part', () => {
    const unsupported = (5n << 60n) | 0x1234n;
    assert.equal(legalize(named('satp'), 8n << 60n, unsupported), 8n << 60n);
    assert.equal(legalize(named('hgatp'), 8n << 60n, unsupported), (8n << 60n) | 0x1234n);
  });

  it('gives sstatus the fields that it shows of mstatus, and no others', () => {
    const sstatus = named('sstatus');
    const mask = sstatus.fields.reduce((bits, field) => bits | fieldMask(field), 0n);
    assert.equal(sstatus.viewOf?.mask, mask);
    assert.equal(sstatus.reset, named('mstatus').reset & mask);
  });
});

function named(name: string): Csr {
  const csr = csrByName.get(name);
  assert(csr, name);
  return csr;
}
