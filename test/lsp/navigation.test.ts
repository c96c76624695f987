import assert from 'node:assert/strict';
import { readAssembly } from '../../src/lsp/assembly-document.ts';
import { definitionOf, outlineOf } from '../../src/lsp/navigation.ts';

const document = readAssembly('a: nop\n1: j 1f\n1: j 1b\nb: call a\n.data\nc: .word 1\n');

describe('lsp/navigation', () => {
  it('goes from a name to its label', () => {
    assert.equal(definitionOf(document, 'a', 3)?.line, 0);
    assert.equal(definitionOf(document, 'nowhere', 3), undefined);
  });

  it('takes numbered labels forwards and backwards from the line', () => {
    assert.equal(definitionOf(document, '1f', 1)?.line, 2);
    assert.equal(definitionOf(document, '1b', 2)?.line, 2);
    assert.equal(definitionOf(document, '1b', 1)?.line, 1);
    assert.equal(definitionOf(document, '1f', 2), undefined);
  });

  it('outlines named labels, each to the next label or section', () => {
    assert.deepEqual(
      outlineOf(document).map(({ label, endLine }) => [label.name, label.line, endLine]),
      [
        ['a', 0, 2],
        ['b', 3, 3],
        ['c', 5, 6],
      ],
    );
  });
});
