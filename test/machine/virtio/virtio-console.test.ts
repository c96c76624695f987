import assert from 'node:assert/strict';
import { VirtioConsole } from '../../../src/machine/virtio/virtio-console.ts';
import { Driver } from './driver.ts';

const receive = 0;
const transmit = 1;

function start(): {
  readonly driver: Driver;
  readonly plugged: VirtioConsole;
  readonly printed: () => string;
} {
  let printed = '';
  const plugged = new VirtioConsole({ output: (byte) => (printed += String.fromCharCode(byte)) });
  const driver = new Driver(plugged);
  driver.start();
  return { driver, plugged, printed: () => printed };
}

describe('machine/virtio/virtio-console', () => {
  it('prints what the driver sends', () => {
    const { driver, printed } = start();
    const { length } = driver.request(transmit, [
      { send: Buffer.from('hello ') },
      { send: Buffer.from('there') },
    ]);
    assert.equal(length, 0);
    assert.equal(printed(), 'hello there');
  });

  it('hands on what is typed, when there is room for it', () => {
    const { driver, plugged } = start();
    plugged.receive(Buffer.from('typed'));
    assert.deepEqual(driver.used(receive), []);
    const rooms = [driver.offer(receive, [{ room: 3 }], 0), driver.offer(receive, [{ room: 9 }], 1)].flat();
    driver.notify(receive);
    assert.deepEqual(driver.used(receive), [
      { head: 0, length: 3 },
      { head: 1, length: 2 },
    ]);
    assert.equal(Buffer.from(driver.bytes(rooms[1] ?? 0, 2)).toString(), 'ed');
    assert.equal(driver.line, true);
    driver.offer(receive, [{ room: 4 }], 2);
    plugged.receive(Buffer.from('!'));
    assert.deepEqual(driver.used(receive), [{ head: 2, length: 1 }]);
  });

  it('prints an emergency without any queue', () => {
    const { driver, printed } = start();
    driver.set('Status', 0);
    driver.device.store(0x108, 4, 0x41n);
    assert.equal(printed(), 'A');
  });

  it('comes back with what was typed', () => {
    const { driver, plugged } = start();
    plugged.receive(Buffer.from('abc'));
    const saved = driver.device.save();
    driver.device.renew();
    driver.device.restore(saved);
    driver.offer(receive, [{ room: 9 }]);
    driver.notify(receive);
    assert.deepEqual(driver.used(receive), [{ head: 0, length: 3 }]);
  });
});
