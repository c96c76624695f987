import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ClockReader } from '../../src/hart/clock-reader.ts';
import { MachineClock } from '../../src/machine/machine-clock.ts';

describe('hart/clock-reader', () => {
  it('reads what the clock tells, whatever was counted, skipped and set', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 3 }),
        (steps, stepsPerTick, written) => {
          const clock = new MachineClock({ steps: () => steps, stepsPerTick });
          const reader = new ClockReader(clock);
          for (const ticks of [undefined, ...written]) {
            if (ticks !== undefined) clock.setTicks(ticks);
            reader.read();
            assert.equal(
              (BigInt(reader.high) << 32n) | BigInt(reader.low),
              BigInt.asUintN(64, clock.ticks()),
            );
            assert.equal(reader.ticks, Number(BigInt.asUintN(64, clock.ticks())));
          }
        },
      ),
    );
  });
});
