import assert from 'node:assert/strict';
import { LoadedBytes } from '../../src/hart/loaded-bytes.ts';

const file = Uint8Array.from({ length: 64 }, (_, index) => index);
const other = new Uint8Array(64);

describe('hart/loaded-bytes', () => {
  it('makes one run of pieces of a file that come one after the other, in the file and in memory', () => {
    const loaded = new LoadedBytes();
    for (const at of [0, 16, 32]) loaded.add(0x1000 + at, file.subarray(at, at + 16));
    assert.deepEqual(loaded.runs, [{ address: 0x1000, bytes: file.subarray(0, 48) }]);
  });

  it('keeps apart what does not: in memory, in the file, or of another file', () => {
    const loaded = new LoadedBytes();
    loaded.add(0x1000, file.subarray(0, 16));
    loaded.add(0x1011, file.subarray(16, 32));
    loaded.add(0x1021, file.subarray(33, 48));
    loaded.add(0x1030, other.subarray(48, 64));
    assert.deepEqual(
      loaded.runs.map(({ address, bytes }) => [address, bytes.length]),
      [
        [0x1000, 16],
        [0x1011, 16],
        [0x1021, 15],
        [0x1030, 16],
      ],
    );
  });

  it('does not grow with what is loaded again', () => {
    const loaded = new LoadedBytes();
    for (let time = 0; time < 3; time++)
      for (const at of [0, 16]) loaded.add(0x1000 + at, file.subarray(at, at + 16));
    assert.deepEqual(loaded.runs, [{ address: 0x1000, bytes: file.subarray(0, 32) }]);
  });
});
