import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isMnemonic, readAssembly, wordAt } from '../../src/lsp/assembly-document.ts';

const text = `
# a comment with label: in it
        .section .text.start, "ax"
        .globl _start
        .equ UART, 0x10000000
_start: li t0, UART            // csrw no, code
1:      lbu t1, 5(t0) /* spans
two: lines */   beqz t1, 1b
        .macro push reg
message: .asciz "text: with # and \\" quote"
        c.addi sp, -16; csrr a0, mstatus
`;
const document = readAssembly(text);

describe('lsp/assembly-document', () => {
  it('finds labels, macros and constants, and none in comments or strings', () => {
    assert.deepEqual(
      document.labels.map(({ name, line, kind, global, local }) => ({ name, line, kind, global, local })),
      [
        { name: 'UART', line: 4, kind: 'constant', global: false, local: false },
        { name: '_start', line: 5, kind: 'label', global: true, local: false },
        { name: '1', line: 6, kind: 'label', global: false, local: true },
        { name: 'push', line: 8, kind: 'macro', global: false, local: false },
        { name: 'message', line: 9, kind: 'label', global: false, local: false },
      ],
    );
  });

  it('finds where sections begin', () => {
    assert.deepEqual(document.sections, [{ name: '.text.start', line: 2 }]);
  });

  it('gives the word under the cursor, mnemonics with their dots', () => {
    assert.equal(wordAt(document, 10, 10)?.text, 'c.addi');
    assert.equal(wordAt(document, 10, 33)?.text, 'mstatus');
    assert.equal(wordAt(document, 1, 6), undefined);
  });

  it('tells a mnemonic from an operand, after labels and semicolons too', () => {
    assert.ok(isMnemonic(document, 5, 8));
    assert.ok(!isMnemonic(document, 5, 11));
    assert.ok(isMnemonic(document, 10, 24));
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (any) => readAssembly(any).code.length === any.split('\n').length));
  });
});
