import assert from 'node:assert/strict';
import { Breakpoints } from '../../src/hart/breakpoints.ts';

describe('hart/breakpoints', () => {
  it('holds virtual and physical addresses apart', () => {
    const breakpoints = new Breakpoints();
    breakpoints.add('virtual', 0xffff_ffc0_0000_1002n);
    assert.equal(breakpoints.has('virtual', 0xffff_ffc0_0000_1002n), true);
    assert.equal(breakpoints.has('physical', 0xffff_ffc0_0000_1002n), false);
    assert.equal(breakpoints.has('virtual', 0xffff_ffc0_0000_1004n), false);
  });

  it('tells of every change, and forgets a page with its last breakpoint', () => {
    const breakpoints = new Breakpoints();
    let changes = 0;
    breakpoints.onDidChange(() => changes++);
    breakpoints.add('physical', 0x8000_0ffen);
    breakpoints.add('physical', 0x8000_0000n);
    assert.deepEqual([...breakpoints.pages('physical')], [[0x8_0000n, new Set([0xffe, 0])]]);
    breakpoints.remove('physical', 0x8000_0000n);
    breakpoints.remove('physical', 0x8000_0ffen);
    assert.equal(breakpoints.pages('physical').size, 0);
    assert.equal(changes, 4);
    breakpoints.remove('physical', 0x8000_0ffen);
    assert.equal(changes, 4);
  });
});
