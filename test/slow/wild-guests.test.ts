import assert from 'node:assert/strict';
import { placements, runFlat, wildCode, type PlacementName } from '../debugger/wild-guest.ts';

describe('debugger/create-debuggee, guests that do anything', function () {
  this.timeout(1_200_000);

  for (const where of Object.keys(placements) as PlacementName[])
    it(`runs two hundred random guests (${where})`, () => {
      for (let seed = 1000; seed < 1200; seed++)
        assert.doesNotThrow(() => runFlat(wildCode(seed), where, 20_000), `seed ${seed}`);
    });
});
