import assert from 'node:assert/strict';
import { VirtioEntropy } from '../../../src/machine/virtio/virtio-entropy.ts';
import { Driver } from './driver.ts';

describe('machine/virtio/virtio-entropy', () => {
  it('gives the same bytes for the same seed, and others each time', () => {
    const [first, second] = [entropy(7), entropy(7)];
    const bytes = ask(first);
    assert.deepEqual(bytes, ask(second));
    assert.notDeepEqual(ask(first), bytes);
    assert.notDeepEqual(ask(entropy(8)), bytes);
    assert.ok(new Set(bytes).size > 20);
  });

  it('goes on from where it was saved, and begins again when it is made anew', () => {
    const driver = entropy(7);
    const begun = ask(driver);
    const saved = driver.device.save();
    const next = ask(driver);
    driver.device.restore(saved);
    driver.skipTo(0, 1);
    assert.deepEqual(ask(driver), next);
    driver.device.renew();
    driver.skipTo(0, 0);
    driver.start();
    assert.deepEqual(ask(driver), begun);
  });
});

function entropy(seed: number): Driver {
  const driver = new Driver(new VirtioEntropy({ seed }));
  driver.start();
  return driver;
}

function ask(driver: Driver): number[] {
  const { room, length } = driver.request(0, [{ room: 13 }, { room: 20 }]);
  assert.equal(length, 33);
  return [...room];
}
