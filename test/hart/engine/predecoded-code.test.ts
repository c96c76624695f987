import assert from 'node:assert/strict';
import { Breakpoints } from '../../../src/hart/breakpoints.ts';
import { specialHandler } from '../../../src/hart/engine/handlers.ts';
import { PredecodedCode, type CodeUser } from '../../../src/hart/engine/predecoded-code.ts';
import { decode } from '../../../src/isa/decode.ts';
import { createMachineMemory } from '../../../src/hart/layout.ts';
import { op, ramBase } from '../fixture.ts';

const nop = op('addi', {});

describe('hart/engine/predecoded-code', () => {
  it('decodes a straight run, up to a jump', () => {
    const { code, handlerAt, fill } = setUp();
    fill(0, [nop, op('c.nop'), op('ebreak'), op('jal', { imm: 8 }), nop]);
    code.recordsOf(0);
    code.decodeFrom(0, 0, undefined);
    assert.ok(handlerAt(0, 0) > specialHandler.breakpoint);
    assert.ok(handlerAt(0, 4) > specialHandler.breakpoint);
    assert.notEqual(handlerAt(0, 4), handlerAt(0, 0));
    assert.equal(handlerAt(0, 6), specialHandler.slow);
    assert.ok(handlerAt(0, 10) > specialHandler.breakpoint);
    assert.equal(handlerAt(0, 2), specialHandler.decode);
    assert.equal(handlerAt(0, 14), specialHandler.decode);
  });

  it('drops what overlaps the bytes that changed, and nothing else', () => {
    const { code, handlerAt, fill } = setUp();
    fill(0, [nop, nop, nop, nop]);
    code.recordsOf(0);
    code.decodeFrom(0, 0, undefined);
    code.invalidate(6, 1);
    assert.deepEqual(
      [0, 4, 8, 12].map((offset) => handlerAt(0, offset) === specialHandler.decode),
      [false, true, false, false],
    );
    code.invalidate(0x800, 0x2000);
    assert.ok(handlerAt(0, 0) > specialHandler.breakpoint);
  });

  it('tells its users whose records they must forget, and which pages to watch', () => {
    const { code, events, address } = setUp(2);
    const [first, second] = [code.recordsOf(7), code.recordsOf(8)];
    code.recordsOf(9);
    assert.deepEqual(events, [
      `watch ${address(7)}`,
      `watch ${address(8)}`,
      `forget ${first}`,
      `watch ${address(9)}`,
    ]);
    assert.deepEqual(
      [7, 8, 9].map((page) => code.has(page)),
      [false, true, true],
    );
    assert.equal(code.recordsOf(8), second);
  });

  it('lets a page go that is written again and again, and one that came back not so soon', () => {
    const { code } = setUp(2);
    const gone: number[] = [];
    for (let stores = 1; stores <= 100; stores++) {
      code.recordsOf(3);
      code.invalidate(0x3008, 8);
      if (!code.has(3)) gone.push(stores);
    }
    assert.deepEqual(gone, [16, 48]);
    code.recordsOf(4);
    code.recordsOf(5);
    assert.ok(code.has(4) && code.has(5), 'its place is free for another');
  });

  it('keeps a page that was asked for since it was last looked at', () => {
    const { code } = setUp(3);
    for (const page of [1, 2, 3, 4]) code.recordsOf(page);
    code.recordsOf(2);
    code.recordsOf(5);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((page) => code.has(page)),
      [false, true, false, true, true],
    );
  });

  it('puts a breakpoint into a record and takes it out again', () => {
    const { code, handlerAt, fill, breakpoints } = setUp();
    fill(0, [nop, nop]);
    code.recordsOf(0);
    code.decodeFrom(0, 0, undefined);
    const handler = handlerAt(0, 4);
    breakpoints.add('physical', BigInt(ramBase + 4));
    assert.equal(handlerAt(0, 4), specialHandler.breakpoint);
    breakpoints.add('virtual', 0x7000n);
    code.armVirtual(0, 7n);
    assert.equal(handlerAt(0, 0), specialHandler.breakpoint);
    breakpoints.remove('physical', BigInt(ramBase + 4));
    assert.equal(handlerAt(0, 4), handler);
    assert.equal(handlerAt(0, 0), handler);
  });
});

interface SetUp {
  readonly code: PredecodedCode;
  readonly breakpoints: Breakpoints;
  readonly events: readonly string[];
  readonly handlerAt: (page: number, offset: number) => number;
  readonly fill: (page: number, words: readonly number[]) => void;
  readonly address: (page: number) => number;
}

function setUp(predecodedPages = 16): SetUp {
  const memory = createMachineMemory({ harts: 1, ramBase, ramSize: 0x1_0000, predecodedPages });
  const breakpoints = new Breakpoints();
  const code = new PredecodedCode({ memory, breakpoints, decode, alignment: 2 });
  const events: string[] = [];
  const user: CodeUser = {
    forgetRecords: (records) => events.push(`forget ${records}`),
    watchStores: (page) => events.push(`watch ${page}`),
    breakpointsChanged: () => events.push('breakpoints'),
  };
  code.attach(user);
  const view = new DataView(memory.wasm.buffer);
  return {
    code,
    breakpoints,
    events,
    handlerAt: (page, offset) => view.getUint16(code.recordsOf(page) + 8 * offset, true),
    fill: (page, words) => {
      let at = page * 0x1000;
      for (const word of words) {
        if ((word & 3) === 3) memory.ramView.setUint32(at, word, true);
        else memory.ramView.setUint16(at, word, true);
        at += (word & 3) === 3 ? 4 : 2;
      }
    },
    address: (page) => memory.ramOffset + page * 0x1000,
  };
}
