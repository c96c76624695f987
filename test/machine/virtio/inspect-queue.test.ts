import assert from 'node:assert/strict';
import { memoryFolder } from '../../../src/machine/host-folder.ts';
import { Network } from '../../../src/machine/network/network.ts';
import { VirtioNet } from '../../../src/machine/virtio/net/virtio-net.ts';
import { Driver } from './driver.ts';

function card(): Driver {
  const network = new Network({ stations: [{ name: 'a', mac: 0x5254_0000_0001 }], web: memoryFolder({}) });
  const [port] = network.ports;
  assert.ok(port);
  return new Driver(new VirtioNet({ mac: 0x5254_0000_0001, port }));
}

describe('machine/virtio/inspect-queue', () => {
  it('shows how far a queue is, and the requests that wait, and takes none', () => {
    const driver = card();
    driver.start();
    driver.offer(0, [{ room: 1500 }, { room: 26 }], 0);
    driver.describe(0, 2, { address: 5, length: 9 });
    driver.offerHead(0, 2);
    const before = driver.device.save();
    const receive = driver.device.inspect().find(({ label }) => label === 'queue 0: receive');
    assert.equal(receive?.value, '2 waiting, 0 in flight, of 8');
    assert.deepEqual(
      receive.parts?.map(({ label, value }) => `${label}: ${value}`),
      [
        'descriptor table: 0x80000000',
        'available ring: 0x80001000, 0 taken',
        'used ring: 0x80002000, 0 put',
        'descriptor 0: 0 bytes to read, 1526 to write',
        'descriptor 2: descriptor 2 names 9 bytes at 0x5, which are not all RAM',
      ],
    );
    assert.deepEqual(driver.device.save(), before);
  });

  it('says what is wrong, and which queues are not set up', () => {
    const driver = card();
    assert.deepEqual(driver.device.inspect().slice(-3), [
      { label: 'features', value: 'none accepted' },
      { label: 'queue 0: receive', value: 'not ready; up to 256 entries' },
      { label: 'queue 1: transmit', value: 'not ready; up to 256 entries' },
    ]);
    driver.start();
    driver.request(1, [{ send: new Uint8Array(3) }]);
    const [problem] = driver.device.inspect();
    assert.deepEqual(problem, { label: 'problem', value: 'a frame of 3 bytes, less than its header' });
  });
});
