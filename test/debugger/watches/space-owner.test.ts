import assert from 'node:assert/strict';
import { isOthers } from '../../../src/debugger/watches/space-owner.ts';

describe('debugger/watches/space-owner', () => {
  const listed = { title: 'ls (160)', pid: 160 };
  const next = { title: 'cat (161)', pid: 161 };
  const byProgram = { title: 'ls.elf', program: '/bin/ls.elf' };
  const byOther = { title: 'cat.elf', program: '/bin/cat.elf' };

  it('knows another process by its number, and another program by where it lies', () => {
    assert.equal(isOthers([next], [listed]), true);
    assert.equal(isOthers([byOther], [byProgram]), true);
    assert.equal(isOthers([listed], [listed]), false);
    assert.equal(isOthers([byProgram], [byProgram]), false);
  });

  it('takes nobody for another who is known in another way: its kernel lists it no more', () => {
    assert.equal(isOthers([byProgram], [listed]), false);
    assert.equal(isOthers([listed], [byProgram]), false);
  });

  it('says nothing where nobody is known, nor of a thread beside the one there was', () => {
    assert.equal(isOthers([], [listed]), false);
    assert.equal(isOthers([next], []), false);
    assert.equal(isOthers([listed, next], [listed]), false);
  });
});
