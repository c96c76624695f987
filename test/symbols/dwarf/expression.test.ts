import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { evaluateExpression, evaluateToNumber } from '../../../src/symbols/dwarf/expression.ts';
import type { ExpressionContext, Location } from '../../../src/symbols/dwarf/location.ts';
import { DW_OP } from '../../../src/symbols/dwarf/operations.ts';

const CONTEXT: ExpressionContext = {
  register: (register) => (register < 32 ? BigInt(register) * 0x100n : undefined),
  readMemory: (address, length) =>
    address < 0x1000n ? new Uint8Array(length).fill(Number(address & 0xffn)) : undefined,
  frameBase: () => 0x5000n,
  cfa: () => 0x6000n,
  indexedAddress: (index) => (index === 3 ? 0x7000n : undefined),
  baseType: (offset) => (offset === 9 ? { byteSize: 1, isSigned: true, isFloat: false } : undefined),
};

const evaluate = (...bytes: readonly number[]): Location =>
  evaluateExpression(new Uint8Array(bytes), CONTEXT);
const number = (...bytes: readonly number[]): bigint | undefined =>
  evaluateToNumber(new Uint8Array(bytes), CONTEXT);

describe('symbols/dwarf/expression', () => {
  it('finds addresses by frame base, register, CFA, constant and index', () => {
    assert.deepEqual(evaluate(DW_OP.fbreg, 0x70), { kind: 'address', address: 0x4ff0n });
    assert.deepEqual(evaluate(DW_OP.breg0 + 2, 0x10), { kind: 'address', address: 0x210n });
    assert.deepEqual(evaluate(DW_OP.bregx, 2, 0x7f), { kind: 'address', address: 0x1ffn });
    assert.deepEqual(evaluate(DW_OP.call_frame_cfa), { kind: 'address', address: 0x6000n });
    assert.deepEqual(evaluate(DW_OP.addr, 1, 2, 0, 0, 0, 0, 0, 0x80), {
      kind: 'address',
      address: 0x8000_0000_0000_0201n,
    });
    assert.deepEqual(evaluate(DW_OP.addrx, 3), { kind: 'address', address: 0x7000n });
    assert.deepEqual(evaluate(DW_OP.breg0, 8, DW_OP.deref_size, 2), { kind: 'address', address: 0x0808n });
  });

  it('finds values in registers, in the expression, and in pieces', () => {
    assert.deepEqual(evaluate(DW_OP.reg0 + 10), { kind: 'register', register: 10 });
    assert.deepEqual(evaluate(DW_OP.regx, 40), { kind: 'register', register: 40 });
    assert.deepEqual(evaluate(DW_OP.const1s, 0xff, DW_OP.stack_value), {
      kind: 'value',
      value: 2n ** 64n - 1n,
    });
    assert.deepEqual(evaluate(DW_OP.implicit_value, 2, 7, 8), {
      kind: 'bytes',
      bytes: new Uint8Array([7, 8]),
    });
    assert.deepEqual(
      evaluate(
        DW_OP.reg0 + 10,
        DW_OP.piece,
        4,
        DW_OP.piece,
        2,
        DW_OP.lit0 + 5,
        DW_OP.stack_value,
        DW_OP.bit_piece,
        3,
        1,
      ),
      {
        kind: 'pieces',
        pieces: [
          { bitSize: 32, bitOffset: 0, location: { kind: 'register', register: 10 } },
          { bitSize: 16, bitOffset: 0, location: { kind: 'unavailable', reason: 'optimized out' } },
          { bitSize: 3, bitOffset: 1, location: { kind: 'value', value: 5n } },
        ],
      },
    );
  });

  it('computes in 64 bits, signed where the operation is', () => {
    const minusOne = [DW_OP.const1s, 0xff];
    assert.equal(number(...minusOne, DW_OP.lit0 + 2, DW_OP.div), 0n);
    assert.equal(number(...minusOne, DW_OP.lit0 + 1, DW_OP.shra), 2n ** 64n - 1n);
    assert.equal(number(...minusOne, DW_OP.lit0 + 1, DW_OP.shr), 2n ** 63n - 1n);
    assert.equal(number(...minusOne, DW_OP.lit0, DW_OP.lt), 1n);
    assert.equal(number(DW_OP.lit0 + 1, DW_OP.lit0, DW_OP.div), 0n);
    assert.equal(number(DW_OP.lit0 + 5, DW_OP.neg, DW_OP.abs), 5n);
    assert.equal(
      number(DW_OP.lit0 + 1, DW_OP.lit0 + 2, DW_OP.lit0 + 5, DW_OP.rot, DW_OP.drop, DW_OP.minus),
      4n,
    );
    assert.equal(number(DW_OP.lit0 + 1, DW_OP.lit0 + 2, DW_OP.swap, DW_OP.minus), 1n);
    assert.equal(
      number(DW_OP.lit0 + 5, DW_OP.lit0, DW_OP.bra, 1, 0, DW_OP.lit0 + 2, DW_OP.plus_uconst, 0x80, 1),
      130n,
    );
    assert.equal(number(DW_OP.const2u, 0xff, 0x80, DW_OP.convert, 9), 2n ** 64n - 1n);
  });

  it('says why a value cannot be had', () => {
    const reasons: readonly [readonly number[], RegExp][] = [
      [[], /^optimized out$/],
      [[DW_OP.breg0 + 31, 0, DW_OP.deref], /memory at 0x1f00 cannot be read/],
      [[DW_OP.bregx, 40, 0], /register 40 is not known/],
      [[DW_OP.entry_value, 1, DW_OP.reg0], /function’s entry/],
      [[DW_OP.form_tls_address], /thread-local/],
      [[DW_OP.plus], /damaged/],
      [[DW_OP.addr, 1], /damaged/],
      [[DW_OP.skip, 0xfd, 0xff], /does not end/],
      [[DW_OP.dup], /damaged/],
      [[DW_OP.lit0 + 1, DW_OP.lit0 + 1, 0x02], /not known/],
    ];
    for (const [bytes, reason] of reasons) {
      const location = evaluate(...bytes);
      assert.ok(location.kind === 'unavailable', JSON.stringify(bytes));
      assert.match(location.reason, reason);
    }
  });

  it('answers any bytes, and soon', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const begin = performance.now();
        evaluateExpression(bytes, CONTEXT);
        assert.ok(performance.now() - begin < 1000);
      }),
      { numRuns: 500 },
    );
  });
});
