import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hartMode, type HartMode } from '../../../src/hart/hart-mode.ts';
import { op, ramBase, TestMachine } from '../fixture.ts';

const handler = ramBase + 0x1000;
const place = ramBase + 0x2_0000;
const loopLength = 12;

/** What accesses memory near x2, and what does not. */
const instruction = fc.oneof(
  fc
    .record({ mnemonic: fc.constantFrom('lb', 'lhu', 'lw', 'ld'), imm: fc.integer({ min: 0, max: 40 }) })
    .map(({ mnemonic, imm }) => op(mnemonic, { rd: 5, rs1: 2, imm })),
  fc
    .record({ mnemonic: fc.constantFrom('sb', 'sh', 'sw', 'sd'), imm: fc.integer({ min: 0, max: 40 }) })
    .map(({ mnemonic, imm }) => op(mnemonic, { rs2: 6, rs1: 2, imm })),
  fc
    .constantFrom('amoadd.w', 'amoswap.d', 'lr.d', 'sc.d', 'amocas.d')
    .map((mnemonic) => op(mnemonic, { rd: 5, rs1: 2, rs2: mnemonic === 'lr.d' ? 0 : 6 })),
  fc.constantFrom(
    op('addi', { rd: 6, rs1: 6, imm: 3 }),
    op('cbo.zero', { rs1: 2 }),
    op('ecall'),
    op('fld', { rd: 1, rs1: 2, imm: 16 }),
  ),
);

const bits = (...places: readonly number[]): fc.Arbitrary<bigint> =>
  fc.subarray([...places]).map((chosen) => chosen.reduce((set, each) => set | (1n << BigInt(each)), 0n));

const matchModes = bits(3, 4, 6, 23, 24);
/** mcontrol6 with few of its features at a time, so that something matches now and then. */
const match = fc
  .record({
    access: fc.constantFrom(1n, 1n, 2n, 3n, 4n, 7n),
    data: fc.constantFrom(0n, 0n, 0n, 1n << 21n),
    chain: fc.constantFrom(0n, 0n, 0n, 1n << 11n),
    how: fc.constantFrom(0n, 0n, 0n, 1n, 2n, 3n, 8n, 9n),
    size: fc.constantFrom(0n, 0n, 0n, 3n, 5n),
    modes: matchModes,
  })
  .map(
    ({ access, data, chain, how, size, modes }) =>
      (6n << 60n) | access | data | chain | modes | (how << 7n) | (size << 16n),
  );
const trigger = fc.oneof(
  { weight: 4, arbitrary: match },
  fc
    .tuple(fc.nat(20), bits(6, 7, 9, 25, 26))
    .map(([count, modes]) => (3n << 60n) | modes | (BigInt(count) << 10n)),
  bits(6, 7, 9, 11, 12).map((modes) => (5n << 60n) | modes),
);

const compared = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }).map((offset) => BigInt(place + offset)) },
  fc.nat(loopLength).map((index) => BigInt(ramBase + 4 * index)),
  fc.integer({ min: 0, max: 12 }).map(BigInt),
);

const mode: fc.Arbitrary<HartMode> = fc.constantFrom(
  hartMode(3, false),
  hartMode(1, false),
  hartMode(0, false),
  hartMode(1, true),
);

describe('hart/triggers in the interpreter and in the evaluator', () => {
  it('come to the same state', () => {
    const machines = [new TestMachine('reference'), new TestMachine('interpreter')] as const;
    fc.assert(
      fc.property(
        fc.array(instruction, { minLength: loopLength - 1, maxLength: loopLength - 1 }),
        fc.array(fc.tuple(trigger, compared), { minLength: 1, maxLength: 3 }),
        mode,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 5 }),
        fc.nat(3),
        (loop, triggers, where, budgets, tcontrol) => {
          for (const machine of machines) {
            machine.hart.reset(0n);
            machine.physical.poke(place, new Uint8Array(256));
            machine.program([...loop, op('jal', { rd: 0, imm: -4 * loop.length })]);
            // Goes on after the instruction that trapped, in the mode that it came from.
            machine.program(
              [
                op('csrrs', { rd: 7, csr: 0x341 }),
                op('addi', { rd: 7, rs1: 7, imm: 4 }),
                op('csrrw', { rs1: 7, csr: 0x341 }),
                op('mret'),
              ],
              handler,
            );
            machine.setCsr('mtvec', BigInt(handler));
            machine.setCsr('mstatus', 1n << 13n);
            machine.setCsr('vsstatus', 1n << 13n);
            machine.setCsr('menvcfg', 0xf0n);
            machine.setCsr('henvcfg', 0xf0n);
            machine.setCsr('senvcfg', 0xf0n);
            machine.setCsr('tcontrol', tcontrol === 0 ? 0n : 0x88n);
            machine.setX({ 2: BigInt(place), 6: 1n });
            machine.enter(where);
            machine.hart.run(budgets[0] ?? 1);
            triggers.forEach(([data, compare], index) => {
              machine.setCsr('tselect', BigInt(index));
              machine.setCsr('tdata2', compare);
              machine.setCsr('tdata1', data);
            });
          }
          for (const budget of budgets) for (const machine of machines) machine.hart.run(budget);
          const [reference, engine] = machines;
          assert.equal(engine.state.trapsTaken, reference.state.trapsTaken);
          assert.deepEqual(engine.hart.stateBytes, reference.hart.stateBytes);
          assert.deepEqual(engine.physical.peek(place, 128), reference.physical.peek(place, 128));
        },
      ),
      { numRuns: 80, seed: 7 },
    );
  });
});
