import assert from 'node:assert/strict';
import type { VirtioFunction } from '../../../src/machine/virtio/virtio-function.ts';
import { descriptorFlag } from '../../../src/machine/virtio/descriptor-walk.ts';
import { Driver, offsetOf, ramStart } from '../virtio/driver.ts';

const needsReset = 64;

describe('machine/devices/virtio-mmio', () => {
  it('is found by its magic, and an empty slot by its device 0', () => {
    const empty = new Driver(undefined);
    assert.equal(empty.get('MagicValue'), 0x7472_6976);
    assert.equal(empty.get('Version'), 2);
    assert.equal(empty.get('DeviceID'), 0);
    assert.equal(empty.get('QueueNumMax'), 0);
    assert.equal(echo().get('DeviceID'), 77);
  });

  it('answers other widths than 32 bits with zero, and ignores them', () => {
    const driver = echo();
    assert.equal(driver.device.load(0, 1), 0n);
    assert.equal(driver.device.load(0, 8), 0n);
    assert.equal(driver.device.load(2, 4), undefined);
    driver.device.store(offsetOf('Status'), 1, 1n);
    assert.equal(driver.get('Status'), 0);
  });

  it('has no shared memory', () => {
    assert.equal(echo().get('SHMLenLow'), 0xffff_ffff);
    assert.equal(echo().get('SHMBaseHigh'), 0xffff_ffff);
  });

  it('does not agree to features that it has not offered', () => {
    const driver = echo();
    driver.set('Status', 3);
    driver.set('DriverFeaturesSel', 0);
    driver.set('DriverFeatures', 1);
    driver.set('Status', 11);
    assert.equal(driver.get('Status'), 3);
    driver.set('DriverFeatures', 0);
    driver.set('Status', 11);
    assert.equal(driver.get('Status'), 11);
    driver.set('DriverFeatures', 1 << 28);
    assert.equal(driver.device.transport.accepts(28), false, 'settled once FEATURES_OK is set');
  });

  it('uses no buffer before DRIVER_OK, and those that are there then', () => {
    const driver = echo();
    driver.set('Status', 11);
    driver.setUp(0);
    driver.offer(0, [{ send: Uint8Array.of(1, 2, 3) }, { room: 3 }]);
    driver.notify(0);
    assert.deepEqual(driver.used(0), []);
    driver.set('Status', 15);
    assert.deepEqual(driver.used(0), [{ head: 0, length: 3 }]);
  });

  it('interrupts when a buffer is used, until that is acknowledged', () => {
    const driver = echo();
    driver.start([29]);
    driver.request(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
    assert.equal(driver.line, true);
    assert.equal(driver.get('InterruptStatus'), 1);
    driver.set('InterruptACK', 2);
    assert.equal(driver.line, true);
    driver.set('InterruptACK', 1);
    assert.equal(driver.line, false);
    driver.view.setUint16(0x1000, 1, true);
    driver.request(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
    assert.equal(driver.line, false, 'VIRTQ_AVAIL_F_NO_INTERRUPT');
  });

  it('interrupts at the event index that the driver named, and names its own', () => {
    const driver = echo();
    driver.start();
    const usedEvent = 0x1000 + 4 + 2 * driver.size;
    const availableEvent = 0x2000 + 4 + 8 * driver.size;
    driver.view.setUint16(usedEvent, 2, true);
    for (let count = 1; count <= 4; count++) {
      driver.request(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
      assert.equal(driver.interrupts, count < 3 ? 0 : 1, `after ${count}`);
      assert.equal(driver.view.getUint16(availableEvent, true), count);
      driver.set('InterruptACK', 1);
    }
  });

  it('goes round its rings and past 2^16', () => {
    const driver = echo();
    driver.start([29]);
    driver.skipTo(0, 65_520);
    for (let count = 0; count < 40; count++) {
      const { room } = driver.request(0, [{ send: Uint8Array.of(count & 0xff) }, { room: 1 }]);
      if (room[0] !== (count & 0xff)) assert.fail(`request ${count}`);
    }
  });

  it('takes indirect tables, after ordinary descriptors too', () => {
    const driver = echo();
    driver.start();
    driver.memory.bytes.set([1, 2, 3, 4], 0x9_0000);
    driver.describe(0, 0, { address: ramStart + 0x9_0000, length: 2, flags: descriptorFlag.next, next: 1 });
    driver.describe(0, 1, { address: ramStart + 0xa_0000, length: 32, flags: descriptorFlag.indirect });
    driver.describe(
      0,
      0,
      { address: ramStart + 0x9_0002, length: 2, flags: descriptorFlag.next, next: 1 },
      0xa_0000,
    );
    driver.describe(0, 1, { address: ramStart + 0xb_0000, length: 4, flags: descriptorFlag.write }, 0xa_0000);
    driver.offerHead(0, 0);
    driver.notify(0);
    assert.deepEqual([...driver.bytes(ramStart + 0xb_0000, 4)], [1, 2, 3, 4]);
    assert.deepEqual(driver.used(0), [{ head: 0, length: 4 }]);
  });

  const { next, write, indirect } = descriptorFlag;
  const good = ramStart + 0x9_0000;
  const bad: readonly (readonly [string, (driver: Driver) => void, RegExp])[] = [
    ['a loop', (driver) => driver.describe(0, 0, { address: good, length: 1, flags: next, next: 0 }), /loop/],
    ['a buffer below RAM', (driver) => driver.describe(0, 0, { address: 0x1000, length: 1 }), /not all RAM/],
    [
      'a buffer past RAM',
      (driver) => driver.describe(0, 0, { address: good, length: 0xffff_ffff }),
      /not all RAM/,
    ],
    [
      'a buffer at the end of addresses',
      (driver) => driver.describe(0, 0, { address: 0xffff_ffff_ffff_ffffn, length: 2 }),
      /not all RAM/,
    ],
    [
      'a readable after a writable buffer',
      (driver) => {
        driver.describe(0, 0, { address: good, length: 1, flags: next | write, next: 1 });
        driver.describe(0, 1, { address: good, length: 1 });
      },
      /follows one for it to write/,
    ],
    [
      'a next one that is not there',
      (driver) => driver.describe(0, 0, { address: good, length: 1, flags: next, next: 8 }),
      /goes on with 8/,
    ],
    [
      'an indirect table with a next one',
      (driver) => driver.describe(0, 0, { address: good, length: 16, flags: indirect | next, next: 1 }),
      /has a next/,
    ],
    [
      'an indirect table of no whole descriptors',
      (driver) => driver.describe(0, 0, { address: good, length: 17, flags: indirect }),
      /no multiple/,
    ],
    [
      'an indirect table outside RAM',
      (driver) => driver.describe(0, 0, { address: 16, length: 16, flags: indirect }),
      /outside RAM/,
    ],
    [
      'an indirect table in an indirect table',
      (driver) => {
        driver.describe(0, 0, { address: good, length: 16, flags: indirect });
        driver.describe(0, 0, { address: good, length: 16, flags: indirect }, 0x9_0000);
      },
      /indirect itself/,
    ],
    ['a head that is not there', (driver) => driver.view.setUint16(0x1004, 8, true), /descriptor 8 of 8/],
    ['an index too far ahead', (driver) => driver.view.setUint16(0x1002, 10, true), /entries ahead/],
  ];
  for (const [what, spoil, problem] of bad) {
    it(`needs a reset after ${what}`, () => {
      const driver = echo();
      driver.start();
      driver.offer(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
      spoil(driver);
      driver.notify(0);
      assert.notEqual(driver.get('Status') & needsReset, 0);
      assert.match(driver.device.transport.problem ?? '', problem);
      assert.equal(driver.get('InterruptStatus'), 2, 'told by a change of configuration');
      assert.deepEqual(driver.used(0), []);
      driver.notify(0);
      driver.set('Status', 15);
      assert.notEqual(driver.get('Status') & needsReset, 0, 'until it is reset');
      driver.set('Status', 0);
      assert.equal(driver.get('Status'), 0);
      assert.equal(driver.line, false);
    });
  }

  it('needs a reset where a ring lies outside RAM, or a size is no power of two', () => {
    for (const name of ['QueueDriverLow', 'QueueDeviceLow', 'QueueDescLow'] as const) {
      const driver = echo();
      driver.start();
      driver.set('QueueReady', 0);
      driver.set(name, 0x1000);
      driver.set('QueueReady', 1);
      driver.offer(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
      driver.notify(0);
      // An available ring that cannot be read has nothing in it.
      if (name !== 'QueueDriverLow') assert.match(driver.device.transport.problem ?? '', /outside RAM/, name);
    }
    const driver = echo();
    driver.set('QueueNum', 6);
    driver.set('QueueReady', 1);
    assert.notEqual(driver.get('Status') & needsReset, 0);
    assert.equal(driver.get('QueueReady'), 0);
  });

  it('resets a queue alone', () => {
    const driver = echo();
    driver.start();
    driver.request(0, [{ send: Uint8Array.of(1) }, { room: 1 }]);
    driver.set('QueueSel', 0);
    driver.set('QueueReset', 1);
    assert.equal(driver.get('QueueReset'), 0);
    assert.equal(driver.get('QueueReady'), 0);
    assert.equal(driver.device.transport.queues[0]?.state.used, 0);
    assert.equal(driver.get('Status'), 15);
  });
});

/** A device that sends back what it is sent. */
function echo(): Driver {
  const plugged: VirtioFunction = {
    deviceId: 77,
    model: 'echo',
    summary: '',
    features: [],
    queues: [{ name: 'requests', size: 8 }],
    configuration: [],
    peek: () => 0n,
    attach: () => {},
    serve: (queue) => {
      for (const chain of queue.pending())
        queue.put(chain, chain.write(0, chain.read(0, chain.readableBytes)));
    },
    reset: () => {},
    save: () => null,
    restore: () => {},
  };
  return new Driver(plugged);
}
