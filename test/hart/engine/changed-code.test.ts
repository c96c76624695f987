import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccessSize } from '../../../src/isa/semantics.ts';
import { op, ramBase, TestMachine } from '../fixture.ts';

/** Translates all that runs, soon: after so many steps the hart is elsewhere each time. */
const policy = { interval: 13, pageHeat: 0, loopHeat: 3, changeHeat: 2, capacity: 8 };
const pageEnd = ramBase + 0x2000;
/** The code that is written to lies half in the page before `pageEnd`. */
const instructions = 16;
const codeBytes = 4 * instructions;
const code = pageEnd - codeBytes / 2;
const elsewhere = ramBase + 0x10_0000;
const [address, value, target] = [8, 9, 5];
const sums = [10, 11];
const stores: readonly (readonly [AccessSize, string])[] = [
  [1, 'sb'],
  [2, 'sh'],
  [4, 'sw'],
  [8, 'sd'],
];

describe('hart/engine, code that is stored to', () => {
  it('runs as it was written, whichever bytes of it a store of any size changed', () => {
    const engines = ['reference', 'interpreter', 'translator'] as const;
    const machines = engines.map((engine) => new TestMachine(engine, { policy }));
    fc.assert(
      fc.property(
        fc.constantFrom(...stores),
        fc.integer({ min: -8, max: codeBytes - 1 }),
        ([size, mnemonic], offset) => {
          // What comes after the code stays a return.
          fc.pre(offset + size <= codeBytes);
          const [expected, ...others] = machines.map((machine) => {
            const { hart, physical } = machine;
            physical.poke(code - 8, Buffer.concat([Buffer.alloc(8), before, returns]));
            physical.poke(ramBase, loopAround(mnemonic));
            hart.state.pc = BigInt(ramBase);
            hart.state.setX(address, BigInt(elsewhere));
            hart.state.setX(target, BigInt(code));
            hart.state.setX(value, after.readBigUInt64LE(8 + offset));
            for (const sum of sums) hart.state.setX(sum, 0n);
            hart.run(10 * (instructions + 4));
            hart.state.setX(address, BigInt(code + offset));
            hart.run(10 * (instructions + 4));
            return Buffer.from(hart.stateBytes);
          });
          for (const [index, other] of others.entries())
            assert.ok(other.equals(expected as Buffer), `the ${engines[index + 1]} ran what was written`);
        },
      ),
      { numRuns: 300 },
    );
    assert.ok((machines[2]?.translation()?.dropped ?? 0) > 300);
  });
});

/** A store, and a call of the code. */
function loopAround(store: string): Buffer {
  return Buffer.concat([
    bytesOf(op(store, { rs1: address, rs2: value })),
    bytesOf(op('jalr', { rd: 1, rs1: target })),
    bytesOf(op('jal', { rd: 0, imm: -8 })),
  ]);
}

function bytesOf(word: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(word | 0);
  return bytes;
}

const numbers = Array.from({ length: instructions }, (_, index) => index);
/** Of each byte of the code some bits are to change, and what has bytes of both is again an ADDI or an XORI. */
const before = Buffer.concat(numbers.map((imm) => bytesOf(op('addi', { rd: 10, rs1: 10, imm }))));
const after = Buffer.concat([
  Buffer.alloc(8),
  ...numbers.map((index) => bytesOf(op('xori', { rd: 11, rs1: 11, imm: ~index }))),
  Buffer.alloc(8),
]);
const returns = bytesOf(op('jalr', { rd: 0, rs1: 1 }));
