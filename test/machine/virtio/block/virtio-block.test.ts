import assert from 'node:assert/strict';
import { memoryStorage } from '../../../../src/machine/virtio/block/storage.ts';
import { VirtioBlock } from '../../../../src/machine/virtio/block/virtio-block.ts';
import { Driver } from '../driver.ts';

const sector = 512;
const type = { in: 0, out: 1, flush: 4, getId: 8, discard: 11, writeZeroes: 13 };
const ok = 0;
const ioError = 1;
const unsupported = 2;

describe('machine/virtio/block/virtio-block', () => {
  it('says how large it is, by any width', () => {
    const { driver } = disk(100 * sector + 1);
    assert.equal(driver.device.load(0x100, 8), 101n);
    assert.equal(driver.device.load(0x100, 4), 101n);
    assert.equal(driver.device.load(0x101, 1), 0n);
    assert.equal(driver.device.load(0x114, 4), 512n);
  });

  it('reads what the storage holds, and zeroes after its end', () => {
    const { driver, bytes } = disk(3 * sector - 1);
    const { room, length } = driver.request(0, [{ send: header(type.in, 1) }, { room: 1024 }, { room: 1 }]);
    assert.deepEqual(room.subarray(0, 1023), bytes.subarray(sector));
    assert.equal(room[1023], 0);
    assert.equal(room[1024], ok);
    assert.equal(length, 1025);
  });

  it('reads back what was written, in parts of any size, and leaves the storage alone', () => {
    const { driver, bytes } = disk(64 * sector);
    const before = bytes.slice();
    const data = Uint8Array.from({ length: 4 * sector }, (_, index) => index * 7);
    const written = driver.request(0, [
      { send: header(type.out, 7) },
      { send: data.subarray(0, 100) },
      { send: data.subarray(100) },
      { room: 1 },
    ]);
    assert.deepEqual([...written.room], [ok]);
    assert.equal(written.length, 1);
    const read = driver.request(0, [
      { send: header(type.in, 6) },
      { room: 3 },
      { room: 6 * sector - 3 },
      { room: 1 },
    ]);
    assert.deepEqual(read.room.slice(sector, 5 * sector), data);
    assert.deepEqual(read.room.slice(0, sector), before.slice(6 * sector, 7 * sector));
    assert.deepEqual(bytes, before);
  });

  it('refuses what lies behind its end or is no whole sector', () => {
    const { driver } = disk(8 * sector);
    const read = (at: number | bigint, room: number): number | undefined =>
      driver.request(0, [{ send: header(type.in, at) }, { room }, { room: 1 }]).room[room];
    assert.equal(read(7, 512), ok);
    assert.equal(read(7, 1024), ioError);
    assert.equal(read(8, 512), ioError);
    assert.equal(read(0, 511), ioError);
    assert.equal(read(0xffff_ffff_ffff_ffffn, 512), ioError);
    assert.equal(status(driver, type.out, 8, new Uint8Array(512)), ioError);
  });

  it('flushes, names itself, and knows no other requests', () => {
    const { driver } = disk(8 * sector);
    assert.equal(status(driver, type.flush, 0), ok);
    assert.equal(status(driver, 99, 0), unsupported);
    const { room } = driver.request(0, [{ send: header(type.getId, 0) }, { room: 20 }, { room: 1 }]);
    assert.equal(String.fromCharCode(...room.subarray(0, 5)), 'disk7');
    assert.deepEqual([...room.subarray(5)], [...new Uint8Array(15), ok]);
  });

  it('discards and zeroes sectors, and checks each segment first', () => {
    const { driver } = disk(64 * sector);
    const read = (at: number): number[] => [
      ...driver.request(0, [{ send: header(type.in, at) }, { room: 512 }, { room: 1 }]).room.subarray(0, 512),
    ];
    const zero = [...new Uint8Array(512)];
    assert.equal(status(driver, type.discard, 0, segments([0, 2, 0], [5, 1, 0])), ok);
    assert.equal(status(driver, type.writeZeroes, 0, segments([9, 20, 1])), ok);
    for (const at of [0, 1, 5, 9, 28]) assert.deepEqual(read(at), zero, `sector ${at}`);
    for (const at of [2, 4, 6, 8, 29]) assert.notDeepEqual(read(at), zero, `sector ${at}`);
    assert.equal(status(driver, type.discard, 0, segments([2, 1, 1])), unsupported);
    assert.equal(status(driver, type.writeZeroes, 0, segments([2, 1, 2])), unsupported);
    assert.equal(status(driver, type.discard, 0, segments([2, 1, 0], [64, 1, 0])), ioError);
    assert.equal(status(driver, type.discard, 0, new Uint8Array(15)), ioError);
    assert.notDeepEqual(read(2), zero);
  });

  it('can be read-only', () => {
    const { driver, bytes } = disk(8 * sector, 'read-only');
    assert.equal(driver.get('DeviceFeatures') & (1 << 5), 0);
    driver.set('DeviceFeaturesSel', 0);
    assert.notEqual(driver.get('DeviceFeatures') & (1 << 5), 0);
    assert.equal(status(driver, type.out, 0, new Uint8Array(512)), ioError);
    assert.equal(status(driver, type.writeZeroes, 0, segments([0, 1, 0])), ioError);
    const { room } = driver.request(0, [{ send: header(type.in, 0) }, { room: 512 }, { room: 1 }]);
    assert.deepEqual(room.subarray(0, 512), bytes.subarray(0, 512));
  });

  it('wants a reset where a request has no header or no room for a status', () => {
    for (const buffers of [[{ send: new Uint8Array(15) }, { room: 1 }], [{ send: header(type.in, 0) }]]) {
      const { driver } = disk(8 * sector);
      driver.request(0, buffers);
      assert.notEqual(driver.get('Status') & 64, 0);
      assert.equal(driver.get('InterruptStatus'), 2);
    }
  });

  it('keeps what was written over resets, saves it, and forgets it when it is made anew', () => {
    const { driver } = disk(8 * sector);
    const read = (): number | undefined =>
      driver.request(0, [{ send: header(type.in, 0) }, { room: 512 }, { room: 1 }]).room[0];
    status(driver, type.out, 0, new Uint8Array(512).fill(0xa5));
    const saved = driver.device.save();
    assert.equal(read(), 0xa5);
    driver.device.renew();
    const other = disk(8 * sector);
    assert.notEqual(
      other.driver.request(0, [{ send: header(type.in, 0) }, { room: 512 }, { room: 1 }]).room[0],
      0xa5,
    );
    other.driver.device.restore(saved);
    assert.deepEqual(other.driver.device.save(), saved);
  });
});

function disk(
  size: number,
  access: 'read-write' | 'read-only' = 'read-write',
): { readonly driver: Driver; readonly bytes: Uint8Array } {
  const bytes = Uint8Array.from({ length: size }, (_, index) => 1 + (index % 251));
  const driver = new Driver(new VirtioBlock({ storage: memoryStorage(bytes), access, serial: 'disk7' }));
  driver.start();
  return { driver, bytes };
}

function header(requestType: number, at: number | bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setUint32(0, requestType, true);
  view.setBigUint64(8, BigInt(at), true);
  return new Uint8Array(view.buffer);
}

/** A request with data for the device; its status. */
function status(driver: Driver, requestType: number, at: number, data?: Uint8Array): number | undefined {
  return driver.request(0, [
    { send: header(requestType, at) },
    ...(data === undefined ? [] : [{ send: data }]),
    { room: 1 },
  ]).room[0];
}

function segments(...list: readonly (readonly [number, number, number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16 * list.length));
  list.forEach(([start, count, flags], index) => {
    view.setBigUint64(16 * index, BigInt(start), true);
    view.setUint32(16 * index + 8, count, true);
    view.setUint32(16 * index + 12, flags, true);
  });
  return new Uint8Array(view.buffer);
}
