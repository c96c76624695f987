import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Clint } from '../../src/machine/devices/clint.ts';
import { Ns16550a } from '../../src/machine/devices/ns16550a.ts';
import { Plic } from '../../src/machine/devices/plic.ts';
import type { Device } from '../../src/machine/device.ts';

/** Devices with registers of 1, 4 and 8 bytes, in two places. */
const makes: Readonly<Record<string, () => Device>> = {
  ns16550a: () => new Ns16550a({ interrupt: () => {}, output: () => {} }),
  plic: () => new Plic({ sources: 8, contexts: [{ hart: 0, level: 'S' }], externalInterrupt: () => {} }),
  clint: () =>
    new Clint({
      harts: 1,
      clock: { ticks: () => 0x1_8765_4321n },
      setTime: () => {},
      softwareInterrupt: () => {},
      timerInterrupt: () => {},
      comparisonChanged: () => {},
    }),
};

describe('machine/device', () => {
  for (const [name, make] of Object.entries(makes)) {
    const places = make().registers.map(({ offset }) => offset);
    it(`does to ${name} by numbers what it does by BigInts`, () => {
      const access = fc.record({
        kind: fc.constantFrom('load', 'store'),
        offset: fc
          .tuple(fc.constantFrom(...places), fc.integer({ min: 0, max: 7 }))
          .map(([at, by]) => at + by),
        size: fc.constantFrom(1, 2, 4),
        value: fc.nat(0xffff_ffff),
      });
      fc.assert(
        fc.property(fc.array(access, { maxLength: 30 }), (accesses) => {
          const one = make();
          const other = make();
          for (const { kind, offset, size, value } of accesses) {
            const bits = size === 4 ? value : value % 2 ** (8 * size);
            if (kind === 'store')
              assert.equal(one.storeNumber(offset, size, bits), other.store(offset, size, BigInt(bits)));
            else {
              const loaded = one.loadNumber(offset, size);
              assert.equal(loaded === undefined ? undefined : BigInt(loaded), other.load(offset, size));
            }
          }
          assert.deepEqual(one.save(), other.save());
        }),
      );
    });
  }
});
