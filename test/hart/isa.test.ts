import assert from 'node:assert/strict';
import { isaOf } from '../../src/isa/configuration/isa.ts';
import { decoderOf } from '../../src/isa/decode.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import { op, TestMachine } from './fixture.ts';

const base = isaOf([]);

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart with an instruction set of its own, engine ${engine}`, () => {
    it('takes instructions of other extensions for illegal ones', () => {
      for (const mnemonic of ['mul', 'amoadd.d', 'andn', 'c.nop', 'hlv.d', 'cbo.zero', 'czero.eqz']) {
        const word = op(mnemonic, {});
        const machine = new TestMachine(engine, { isa: base });
        machine.program([word]);
        machine.step();
        assert.deepEqual([machine.csr('mcause'), machine.csr('mtval')], [2n, BigInt(word)], mnemonic);
      }
    });

    it('has no CSRs of other extensions, and their fields are read-only zero', () => {
      for (const csr of [0x600, 0x14d, 0xc00, 0xc03]) {
        const machine = new TestMachine(engine, { isa: base });
        machine.program([op('csrrs', { rd: 1, csr })]);
        machine.step();
        assert.equal(machine.csr('mcause'), 2n, csr.toString(16));
      }
      const machine = new TestMachine(engine, { isa: base });
      assert.equal(machine.csr('mideleg'), 0n);
      machine.setCsr('menvcfg', 0xffff_ffff_ffff_ffffn);
      assert.equal(machine.csr('menvcfg'), 1n);
      machine.setCsr('medeleg', 0xffff_ffff_ffff_ffffn);
      assert.equal(machine.csr('medeleg') >> 16n, 0n);
      machine.setCsr('satp', 9n << 60n);
      assert.equal(machine.csr('satp'), 0n);
      assert.equal(machine.csr('misa'), base.misa);
    });
  });
}

describe('isa/decode of an instruction set', () => {
  it('knows exactly the instructions of its extensions', () => {
    const isa = isaOf(['M', 'Zba', 'Zicond']);
    const decode = decoderOf(isa);
    for (const { encoding, extension, mnemonic } of allInstructions) {
      const found = decode(encoding.match)?.instruction.extension;
      if (isa.includes({ extension })) assert.equal(found, extension, mnemonic);
      else assert.ok(found === undefined || isa.includes({ extension: found }), mnemonic);
    }
  });
});
