import assert from 'node:assert/strict';
import { op, TestMachine } from '../fixture.ts';

const place = 0x8010_0040;

for (const engine of ['reference', 'interpreter', 'translator'] as const) {
  describe(`hart/operations/compare-and-swap with engine ${engine}`, () => {
    it('compares and swaps words: only low ones count, and the old is sign-extended', () => {
      const machine = run(
        engine,
        'amocas.w',
        { rd: 5, rs2: 6, rs1: 1 },
        { 5: 0x1_8000_0001n, 6: 0x7_0000_0009n },
      );
      assert.equal(machine.read(place), 0x1111_1111_0000_0009n);
      assert.equal(machine.state.getX(5), 0xffff_ffff_8000_0001n);
    });

    it('leaves memory as it is where the values differ', () => {
      const machine = run(engine, 'amocas.d', { rd: 5, rs2: 6, rs1: 1 }, { 5: 1n, 6: 2n });
      assert.equal(machine.read(place), 0x1111_1111_8000_0001n);
      assert.equal(machine.state.getX(5), 0x1111_1111_8000_0001n);
    });

    it('swaps pairs of registers', () => {
      const values = { 6: 0x1111_1111_8000_0001n, 7: 0x22n, 8: 3n, 9: 4n };
      const machine = run(engine, 'amocas.q', { rd: 6, rs2: 8, rs1: 1 }, values);
      assert.deepEqual([machine.read(place), machine.read(place + 8)], [3n, 4n]);
      assert.deepEqual([machine.state.getX(6), machine.state.getX(7)], [0x1111_1111_8000_0001n, 0x22n]);
    });

    it('takes a pair of x0 for zero, and writes neither of its registers', () => {
      const machine = run(engine, 'amocas.q', { rd: 0, rs2: 0, rs1: 1 }, {});
      assert.equal(machine.state.getX(1), BigInt(place));
      assert.equal(machine.read(place + 8), 0x22n);
    });

    it('refuses odd pairs, and addresses that are not aligned', () => {
      assert.equal(run(engine, 'amocas.q', { rd: 5, rs2: 8, rs1: 1 }, {}).csr('mcause'), 2n);
      assert.equal(run(engine, 'amocas.q', { rd: 6, rs2: 9, rs1: 1 }, {}).csr('mcause'), 2n);
      const misaligned = run(engine, 'amocas.q', { rd: 6, rs2: 8, rs1: 1 }, { 1: BigInt(place + 8) });
      assert.deepEqual([misaligned.csr('mcause'), misaligned.csr('mtval')], [7n, BigInt(place + 8)]);
    });
  });
}

function run(
  engine: 'reference' | 'interpreter' | 'translator',
  mnemonic: string,
  operands: Parameters<typeof op>[1],
  values: Readonly<Record<number, bigint>>,
): TestMachine {
  const machine = new TestMachine(engine);
  machine.write(place, 0x1111_1111_8000_0001n);
  machine.write(place + 8, 0x22n);
  machine.setX({ 1: BigInt(place), ...values });
  machine.program([op(mnemonic, operands)]);
  machine.step();
  return machine;
}
