import assert from 'node:assert/strict';
import { csrByName } from '../../src/isa/csrs/index.ts';
import { explainCsr, fieldText } from '../../src/isa/explain-csr.ts';

describe('isa/explain-csr', () => {
  it('tells of a CSR its address, fields, views and exceptions', () => {
    const text = explainCsr('vsie') ?? '';
    assert.match(text, /^\*\*`vsie`\*\* · CSR 0x204, read-write · Priv\. hypervisor, vsie$/m);
    assert.match(text, /^\| 5 \| STIE \| WARL \| Is the supervisor timer interrupt enabled\? \|$/m);
    assert.match(text, /A view of `mie`, 1 bit lower where `hideleg` allows it\./);
    assert.match(text, /- virtual instruction in VS, VU/);
  });

  it('decodes a value', () => {
    const text = explainCsr('satp', (8n << 60n) | 0x8_0123n) ?? '';
    assert.match(text, /\| 63:60 \| MODE \| Sv39 \(8\) \|/);
    assert.match(text, /\| 43:0 \| PPN \| 0x80123 \|/);
  });

  it('calls read-only what no write changes', () => {
    for (const name of ['time', 'misa', 'hgeie']) {
      assert.match(explainCsr(name) ?? '', /, read-only ·/, name);
    }
  });

  it('does not know what does not exist', () => {
    assert.equal(explainCsr('nosuch'), undefined);
  });

  it('names values of fields, also of PMP entries', () => {
    const [entry] = csrByName.get('pmpcfg0')?.fields ?? [];
    assert(entry);
    assert.equal(fieldText(entry, 0x9fn), 'L NAPOT RWX (159)');
  });
});
