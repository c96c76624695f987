import assert from 'node:assert/strict';
import { decode } from '../../src/isa/decode.ts';
import { transformedInstruction } from '../../src/hart/transformed-instruction.ts';
import { op, plain } from './fixture.ts';

const transform = (word: number, offset = 0): bigint =>
  transformedInstruction(decode(word) ?? assert.fail('no instruction'), offset);

describe('hart/transformed-instruction', () => {
  it('drops base and displacement of loads and stores, and keeps their data register', () => {
    const load = op('lhu', { rd: 13, rs1: 14, imm: -5 });
    assert.equal(transform(load), plain(op('lhu', { rd: 13 })));
    const store = op('sd', { rs1: 14, rs2: 15, imm: -2048 });
    assert.equal(transform(store), plain(op('sd', { rs2: 15 })));
  });

  it('puts into rs1 how far into the access the fault was', () => {
    assert.equal(transform(op('ld', { rd: 1, rs1: 2, imm: 8 }), 7), plain(op('ld', { rd: 1, rs1: 7 })));
  });

  it('keeps all but the base of atomics and of HLV and HSV', () => {
    const amo = op('amoadd.d', { rd: 1, rs1: 2, rs2: 3, aq: 1, rl: 1 });
    assert.equal(transform(amo), plain(op('amoadd.d', { rd: 1, rs2: 3, aq: 1, rl: 1 })));
    assert.equal(transform(op('hlvx.wu', { rd: 9, rs1: 8 })), plain(op('hlvx.wu', { rd: 9 })));
    assert.equal(transform(op('hsv.b', { rs2: 9, rs1: 8 })), plain(op('hsv.b', { rs2: 9 })));
  });

  it('expands compressed instructions, and tells by bit 1 that they were', () => {
    assert.equal(transform(op('c.lw', { rd: 9, rs1: 10, imm: 64 })), plain(op('lw', { rd: 9 })) & ~2n);
    assert.equal(transform(op('c.sdsp', { rs2: 20, imm: 16 })), plain(op('sd', { rs2: 20 })) & ~2n);
  });
});
