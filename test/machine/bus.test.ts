import assert from 'node:assert/strict';
import { AddressMap } from '../../src/machine/bus.ts';
import { decodeFields } from '../../src/machine/device.ts';
import { Ns16550a } from '../../src/machine/devices/ns16550a.ts';
import { TestFinisher } from '../../src/machine/devices/test-finisher.ts';

describe('machine/bus', () => {
  it('hands an access to the device at its address, relative to its base', () => {
    const { map, sent } = board();
    assert.equal(map.store(0x1000_0000, 1, 0x41n), true);
    assert.deepEqual(sent, [0x41]);
    assert.equal(map.load(0x1000_0005, 1), 0x60n);
  });

  it('answers nothing where no device is', () => {
    const { map } = board();
    assert.equal(map.load(0x1000_0100, 1), undefined);
    assert.equal(map.store(0x4000_0000, 4, 0n), false);
    assert.equal(map.describe(0x4000_0000, 'read'), undefined);
  });

  it('describes what an address reaches', () => {
    const { map } = board();
    const location = map.describe(0x1000_0000, 'write');
    assert.deepEqual(
      [location?.region.name, location?.offset, location?.register?.name],
      ['uart0', 0, 'THR'],
    );
    assert.equal(map.describe(0x1000_0000, 'read')?.register?.name, 'RBR');
    assert.equal(map.describe(0x1000_0080, 'read')?.register, undefined);
  });

  it('refuses regions that overlap', () => {
    const finisher = new TestFinisher({ request: () => {} });
    assert.throws(
      () =>
        new AddressMap([
          { name: 'a', base: 0x1000, size: 0x1000, device: finisher },
          { name: 'b', base: 0x1800, size: 0x1000, device: finisher },
        ]),
      { code: 'broken-invariant' },
    );
  });

  it('takes a register apart into named fields', () => {
    const { map } = board();
    const register = map.describe(0x1000_0003, 'read')?.register;
    assert.ok(register);
    const text = decodeFields(register, 0x83n).map(({ field, value, meaning }) => [
      field.name,
      value,
      meaning,
    ]);
    assert.deepEqual(text, [
      ['DLAB', 1n, 'divisor'],
      ['BREAK', 0n, undefined],
      ['PARITY', 0n, 'none'],
      ['STB', 0n, '1'],
      ['WLS', 3n, '8 bits'],
    ]);
  });
});

function board() {
  const sent: number[] = [];
  const map = new AddressMap([
    {
      name: 'uart0',
      base: 0x1000_0000,
      size: 0x100,
      device: new Ns16550a({ interrupt: () => {}, output: (byte) => sent.push(byte) }),
      interrupt: 10,
    },
    { name: 'finisher', base: 0x10_0000, size: 0x1000, device: new TestFinisher({ request: () => {} }) },
  ]);
  return { map, sent };
}
