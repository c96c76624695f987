import assert from 'node:assert/strict';
import { explainWord } from '../../src/lsp/hover.ts';

describe('lsp/hover', () => {
  it('explains instructions of floating point, their registers and rounding modes', () => {
    assert.match(explainWord('fadd.d', true) ?? '', /fadd\.d fd, fs1, fs2, rm/);
    assert.match(explainWord('fa0', false) ?? '', /fa0.*f10.*argument or return value/);
    assert.match(explainWord('f18', false) ?? '', /fs2.*f18.*saved/);
    assert.match(explainWord('RTZ', false) ?? '', /rtz.*towards zero/);
    assert.match(explainWord('dyn', false) ?? '', /frm/);
    assert.equal(explainWord('rxx', false), undefined);
  });
});
