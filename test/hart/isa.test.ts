import assert from 'node:assert/strict';
import { isaOf } from '../../src/isa/configuration/isa.ts';
import { decoderOf } from '../../src/isa/decode.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import { standardPolicy } from '../../src/hart/translator/translation-policy.ts';
import { op, ramBase, TestMachine } from './fixture.ts';

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

    // Unpriv. I, control transfer; without C an instruction begins at a multiple of four.
    const astray: readonly (readonly [string, number])[] = [
      ['jal', op('jal', { rd: 1, imm: 0x102 })],
      ['jalr', op('jalr', { rd: 1, rs1: 5, imm: 0x102 })],
      ['a branch that is taken', op('beq', { rs1: 0, rs2: 0, imm: 0x102 })],
      ['a branch to another page', op('beq', { rs1: 0, rs2: 0, imm: -2 })],
    ];
    for (const [what, word] of astray)
      it(`traps ${what} to what is not aligned, with nothing done`, () => {
        const machine = new TestMachine(engine, { isa: base });
        machine.program([word]);
        machine.setX({ 1: 77n, 5: BigInt(ramBase) });
        machine.step();
        const target = BigInt(ramBase) + (what.includes('page') ? -2n : 0x102n);
        assert.deepEqual(
          ['mcause', 'mepc', 'mtval'].map((name) => machine.csr(name)),
          [0n, BigInt(ramBase), target],
        );
        assert.equal(machine.state.getX(1), 77n);
      });

    it('lets a branch to what is not aligned be, where it is not taken', () => {
      const machine = new TestMachine(engine, { isa: base });
      machine.program([op('bne', { rs1: 0, rs2: 0, imm: 0x102 })]);
      machine.step();
      assert.equal(machine.state.pc, BigInt(ramBase) + 4n);
    });

    it('traps a jump of hot code as soon as it goes astray', () => {
      const machine = new TestMachine(engine, { isa: base, policy: { ...standardPolicy, pageHeat: 0 } });
      // From the 512th time round on it is two bytes further.
      machine.program([
        op('addi', { rd: 6, rs1: 6, imm: 1 }),
        op('srli', { rd: 7, rs1: 6, imm: 9 }),
        op('slli', { rd: 7, rs1: 7, imm: 1 }),
        op('add', { rd: 7, rs1: 7, rs2: 5 }),
        op('jalr', { rd: 1, rs1: 7, imm: 0 }),
      ]);
      machine.setX({ 5: BigInt(ramBase) });
      const stop = machine.hart.run(5 * 512);
      assert.equal(stop.kind, 'budget', JSON.stringify(stop));
      assert.deepEqual(
        ['mcause', 'mepc', 'mtval'].map((name) => machine.csr(name)),
        [0n, BigInt(ramBase) + 16n, BigInt(ramBase) + 2n],
      );
      assert.equal(machine.state.getX(6), 512n);
    });

    it('keeps the two low bits of exception pcs zero without C, and one with it', () => {
      for (const [isa, kept] of [
        [base, 0xfffcn],
        [isaOf(['C']), 0xfffen],
      ] as const) {
        for (const name of ['mepc', 'sepc']) {
          const machine = new TestMachine(engine, { isa });
          machine.program([op('csrrw', { rd: 0, rs1: 5, csr: name === 'mepc' ? 0x341 : 0x141 })]);
          machine.setX({ 5: 0xffffn });
          machine.step();
          assert.equal(machine.csr(name), kept, `${name}, ${isa.text}`);
        }
      }
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
