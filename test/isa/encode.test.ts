import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decode } from '../../src/isa/decode.ts';
import { encode } from '../../src/isa/encode.ts';
import { cLui } from '../../src/isa/extensions/c-computation.ts';
import { cLw } from '../../src/isa/extensions/c-memory.ts';
import { allInstructions } from '../../src/isa/extensions/index.ts';
import { addi, slli } from '../../src/isa/extensions/rv64i-computation.ts';
import { jal } from '../../src/isa/extensions/rv64i-control.ts';
import { operandsOf } from '../../src/isa/operands.ts';

/** Zcb: two bits of offset or one for three registers each, six with one register, c.mul with two; and c.mop. */
const zcbAccesses = 2 * 256 + 3 * 128;
const zcbComputations = 6 * 8 + 64;
const mayBeOperations = 8;
// Counted from the manual's tables (Unpriv. C): floating-point forms and reserved encodings.
const illegalQuadrant0 = 2048 + 8 - zcbAccesses;
const illegalQuadrant1 = 64 + 1 + 31 + 128 - zcbComputations - mayBeOperations;
const illegalQuadrant2 = 2 * 64 + 1;

describe('isa/encode', () => {
  it('undoes decode for every 16-bit word, and the base instruction can be encoded as well', () => {
    let legal = 0;
    for (let word = 0; word < 0x1_0000; word++) {
      const decoded = (word & 3) === 3 ? undefined : decode(word);
      if (decoded?.compressed === undefined) continue;
      legal++;
      assert.equal(encode(decoded.compressed, operandsOf(word, decoded.compressed.encoding)), word);
      const { instruction, rd, rs1, rs2, imm } = decoded;
      const base = decode(encode(instruction, { rd, rs1, rs2, imm }));
      assert.equal(base?.instruction, instruction);
      assert.deepEqual([base.rd, base.rs1, base.rs2, base.imm], [rd, rs1, rs2, imm]);
    }
    assert.equal(legal, 3 * 16384 - illegalQuadrant0 - illegalQuadrant1 - illegalQuadrant2);
  });

  it('undoes decode for 32-bit words of every instruction', () => {
    const words = fc.tuple(fc.constantFrom(...allInstructions), fc.integer());
    fc.assert(
      fc.property(words, ([{ encoding }, open]) => {
        const word = (encoding.match | (open & ~encoding.mask)) >>> 0;
        const decoded = decode(word);
        const { rm = 0 } = operandsOf(word, encoding);
        // Reserved rounding modes.
        if (rm === 5 || rm === 6) return;
        assert(decoded);
        assert.equal(encode(decoded.instruction, operandsOf(word, decoded.instruction.encoding)), word);
      }),
      { numRuns: 5000 },
    );
  });

  it('undoes decode for random words, where they are instructions', () => {
    fc.assert(
      fc.property(fc.integer(), (bits) => {
        const decoded = decode(bits | 3);
        if (!decoded) return;
        const { instruction, word } = decoded;
        assert.equal(encode(instruction, operandsOf(word, instruction.encoding)), word);
      }),
      { numRuns: 5000 },
    );
  });

  it('refuses an operand that does not fit', () => {
    const refusal = { code: 'operand-out-of-range', blame: 'user' };
    assert.throws(() => encode(addi, { rd: 1, imm: 2048 }), refusal);
    assert.throws(() => encode(addi, { rd: 32 }), refusal);
    assert.throws(() => encode(slli, { imm: -1 }), refusal);
    assert.throws(() => encode(jal, { imm: 3 }), refusal);
    assert.throws(() => encode(cLw, { rd: 8, rs1: 1 }), refusal);
  });

  it('refuses what a compressed instruction excludes', () => {
    assert.throws(() => encode(cLui, { rd: 2, imm: 4096 }), { code: 'reserved-encoding' });
    assert.throws(() => encode(cLui, { rd: 3, imm: 0 }), { code: 'reserved-encoding' });
  });
});
