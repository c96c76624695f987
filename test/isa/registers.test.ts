import assert from 'node:assert/strict';
import { abiNames, registerName, registerNumber, registerRoles } from '../../src/isa/registers.ts';

describe('isa/registers', () => {
  it('names 32 registers and their roles', () => {
    assert.equal(new Set(abiNames).size, 32);
    assert.equal(registerRoles.length, 32);
  });

  it('finds a register by each of its names', () => {
    for (let number = 0; number < 32; number++) {
      assert.equal(registerNumber(registerName(number)), number);
      assert.equal(registerNumber(registerName(number, 'numeric')), number);
    }
    assert.equal(registerNumber('fp'), 8);
    assert.equal(registerNumber('x32'), undefined);
  });

  it('knows the registers that traps and calls depend on', () => {
    const names = [0, 1, 2, 8, 10, 17, 18, 28].map((number) => registerName(number));
    assert.deepEqual(names, ['zero', 'ra', 'sp', 's0', 'a0', 'a7', 's2', 't3']);
  });
});
