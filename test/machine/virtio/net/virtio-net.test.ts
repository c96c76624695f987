import assert from 'node:assert/strict';
import { deviceStatus } from '../../../../src/machine/virtio/transport.ts';
import { memoryFolder } from '../../../../src/machine/host-folder.ts';
import { frameOf } from '../../../../src/machine/network/ethernet.ts';
import { Network } from '../../../../src/machine/network/network.ts';
import { mergeableBuffers } from '../../../../src/machine/virtio/net/registers.ts';
import { VirtioNet } from '../../../../src/machine/virtio/net/virtio-net.ts';
import { Driver } from '../driver.ts';

const macs = [0x5254_0000_0001, 0x5254_0000_0002, 0x5254_0000_0003];
const receive = 0;
const transmit = 1;
const header = new Uint8Array(12);

function drivers(): readonly Driver[] {
  const network = new Network({
    stations: macs.map((mac, index) => ({ mac, name: `g${index}` })),
    web: memoryFolder({}),
  });
  return network.ports.map((port, index) => new Driver(new VirtioNet({ mac: macs[index] ?? 0, port })));
}

/** A frame of so many bytes, from one card to another. */
function frame(from: number, to: number | undefined, bytes: number): Uint8Array {
  return frameOf({
    source: macs[from] ?? 0,
    destination: to === undefined ? 0xffff_ffff_ffff : (macs[to] ?? 0),
    type: 0x88b5,
    payload: Uint8Array.from({ length: bytes - 14 }, (_, index) => index),
  });
}

function sendFrame(driver: Driver | undefined, bytes: Uint8Array): void {
  driver?.request(transmit, [{ send: header }, { send: bytes }]);
}

describe('machine/virtio/net/virtio-net', () => {
  it('shows its address and that the cable is in', () => {
    const [driver] = drivers();
    const bytes = Array.from({ length: 8 }, (_, index) => Number(driver?.device.load(0x100 + index, 1)));
    assert.deepEqual(bytes, [0x52, 0x54, 0, 0, 0, 1, 1, 0]);
    assert.equal(driver?.device.load(0x10a, 2), 1500n);
  });

  it('carries a frame to the card that it is for, and one for all to all', () => {
    const all = drivers();
    const [first, second, third] = all;
    const rooms = all.map((driver) => {
      driver.start();
      return [driver.offer(receive, [{ room: 1526 }], 0), driver.offer(receive, [{ room: 1526 }], 1)].flat();
    });
    sendFrame(second, frame(1, undefined, 60));
    assert.deepEqual(
      all.map((driver) => driver.used(receive).length),
      [1, 0, 1],
    );
    assert.equal(first?.line, true);
    const answer = frame(0, 1, 100);
    sendFrame(first, answer);
    assert.deepEqual(second?.used(receive), [{ head: 0, length: 112 }]);
    assert.deepEqual(third?.used(receive), []);
    const bytes = second.bytes(rooms[1]?.[0] ?? 0, 112);
    assert.deepEqual([...bytes.subarray(0, 12)], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    assert.deepEqual(bytes.subarray(12), answer);
  });

  it('spreads a frame over buffers where the driver can merge them', () => {
    const [first, second] = drivers();
    first?.start();
    second?.start();
    for (const head of [0, 1, 2, 3]) second?.offer(receive, [{ room: 100 }], head);
    sendFrame(first, frame(0, 1, 238));
    assert.deepEqual(second?.used(receive), [
      { head: 0, length: 100 },
      { head: 1, length: 100 },
      { head: 2, length: 50 },
    ]);
  });

  it('keeps frames until the driver has buffers for them, all of one', () => {
    const [first, second] = drivers();
    first?.start();
    second?.start();
    second?.offer(receive, [{ room: 100 }], 0);
    sendFrame(first, frame(0, 1, 150));
    sendFrame(first, frame(0, 1, 60));
    assert.deepEqual(second?.used(receive), []);
    second.offer(receive, [{ room: 1526 }], 1);
    second.offer(receive, [{ room: 1526 }], 2);
    second.notify(receive);
    assert.deepEqual(second.used(receive), [
      { head: 0, length: 100 },
      { head: 1, length: 62 },
      { head: 2, length: 72 },
    ]);
  });

  it('needs a reset where a buffer is too small and cannot be merged, or has no room at all', () => {
    for (const [room, without] of [
      [100, [mergeableBuffers]],
      [0, []],
    ] as const) {
      const [first, second] = drivers();
      first?.start();
      second?.start(without);
      second?.offer(receive, room === 0 ? [{ send: Uint8Array.of(1) }] : [{ room }], 0);
      sendFrame(first, frame(0, 1, 150));
      assert.equal((second?.get('Status') ?? 0) & deviceStatus.needsReset, deviceStatus.needsReset);
    }
  });

  it('needs a reset where a frame to send has no header, and drops one that no cable carries', () => {
    const [first, second] = drivers();
    first?.start();
    second?.start();
    second?.offer(receive, [{ room: 4000 }], 0);
    sendFrame(first, new Uint8Array(1515));
    sendFrame(first, new Uint8Array(13));
    assert.deepEqual(second?.used(receive), []);
    assert.deepEqual(first?.used(transmit), []);
    first?.request(transmit, [{ send: new Uint8Array(11) }]);
    assert.equal((first?.get('Status') ?? 0) & deviceStatus.needsReset, deviceStatus.needsReset);
  });

  it('loses what comes while the driver is not there', () => {
    const [first, second] = drivers();
    first?.start();
    sendFrame(first, frame(0, 1, 60));
    second?.start();
    second?.offer(receive, [{ room: 1526 }], 0);
    second?.notify(receive);
    assert.deepEqual(second?.used(receive), []);
    assert.match(JSON.stringify(second.device.inspect()), /52:54:00:00:00:02.*1 lost/);
  });

  it('comes back as it was saved, with frames that wait', () => {
    const [first, second] = drivers();
    first?.start();
    second?.start();
    sendFrame(first, frame(0, 1, 60));
    const saved = second?.device.save();
    second?.device.renew();
    if (saved) second?.device.restore(saved);
    second?.offer(receive, [{ room: 1526 }], 0);
    second?.notify(receive);
    assert.deepEqual(second?.used(receive), [{ head: 0, length: 72 }]);
  });
});
