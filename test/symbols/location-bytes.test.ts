import assert from 'node:assert/strict';
import type { Location } from '../../src/symbols/dwarf/location.ts';
import { readLocation } from '../../src/symbols/location-bytes.ts';
import type { FrameRegisters } from '../../src/symbols/unwind.ts';

const FRAME: FrameRegisters = {
  pc: 0n,
  x: Array.from({ length: 32 }, (_, register) =>
    register === 11 ? undefined : BigInt(register) * 0x1_0000_0001n,
  ),
  pcKind: 'exact',
};
const readMemory = (address: bigint, length: number): Uint8Array | undefined =>
  address < 0x100n ? Uint8Array.from({ length }, (_, index) => Number(address) + index) : undefined;

function bytesAt(location: Location, size: number): readonly number[] | string {
  const found = readLocation(location, size, FRAME, readMemory);
  return found.ok ? [...found.bytes] : found.reason;
}

describe('symbols/location-bytes', () => {
  it('reads memory, registers, values and implicit bytes, lowest first', () => {
    assert.deepEqual(bytesAt({ kind: 'address', address: 0x10n }, 3), [0x10, 0x11, 0x12]);
    assert.deepEqual(bytesAt({ kind: 'register', register: 10 }, 8), [10, 0, 0, 0, 10, 0, 0, 0]);
    assert.deepEqual(bytesAt({ kind: 'register', register: 10 }, 2), [10, 0]);
    assert.deepEqual(bytesAt({ kind: 'value', value: 0x1234n }, 4), [0x34, 0x12, 0, 0]);
    assert.deepEqual(bytesAt({ kind: 'bytes', bytes: new Uint8Array([9, 8]) }, 3), [9, 8, 0]);
  });

  it('joins pieces, to the bit', () => {
    const pieces: Location = {
      kind: 'pieces',
      pieces: [
        { bitSize: 4, bitOffset: 4, location: { kind: 'value', value: 0xa5n } },
        { bitSize: 12, bitOffset: 0, location: { kind: 'address', address: 0x20n } },
      ],
    };
    assert.deepEqual(bytesAt(pieces, 2), [0x0a, 0x12]);
    assert.deepEqual(bytesAt(pieces, 4), [0x0a, 0x12, 0, 0]);
  });

  it('gives a reason where a part is missing', () => {
    const lost: Location = { kind: 'unavailable', reason: 'optimized out' };
    assert.equal(bytesAt(lost, 4), 'optimized out');
    assert.equal(bytesAt({ kind: 'address', address: 0x1000n }, 4), 'memory at 0x1000 cannot be read');
    assert.match(String(bytesAt({ kind: 'register', register: 11 }, 4)), /register 11/);
    assert.match(String(bytesAt({ kind: 'value', value: 0n }, 2 ** 40)), /too large/);
    const half: Location = {
      kind: 'pieces',
      pieces: [
        { bitSize: 32, bitOffset: 0, location: { kind: 'value', value: 1n } },
        { bitSize: 32, bitOffset: 0, location: lost },
      ],
    };
    assert.equal(bytesAt(half, 8), 'in part optimized out');
    assert.deepEqual(bytesAt(half, 4), [1, 0, 0, 0]);
  });
});
