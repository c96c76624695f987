import assert from 'node:assert/strict';
import { Htif } from '../../../src/machine/devices/htif.ts';

describe('machine/devices/htif', () => {
  it('exits with the code of an odd request', () => {
    const { request, exits } = board();
    request(1n);
    request((7n << 1n) | 1n);
    assert.deepEqual(exits, [0, 7]);
  });

  it('writes a byte to the console, and acknowledges', () => {
    const { request, words, output } = board();
    request((1n << 56n) | (1n << 48n) | 0x41n);
    assert.deepEqual([output, words.get(0x1000n)], [[0x41], 0n]);
    assert.equal(words.get(0x1008n), 0x0101_0000_0000_0141n);
  });

  it('answers a read as soon as there is a byte', () => {
    const { request, words, htif } = board();
    request(1n << 56n);
    assert.equal(words.get(0x1008n) ?? 0n, 0n);
    htif.receive(Uint8Array.of(0x62, 0x63));
    assert.equal(words.get(0x1008n), 0x0100_0000_0000_0162n);
    request(1n << 56n);
    assert.equal(words.get(0x1008n), 0x0100_0000_0000_0163n);
  });

  it('does the system call "write" of a request in memory, and no other', () => {
    const { request, words, output } = board();
    words.set(0x2000n, 64n);
    words.set(0x2010n, 0x3002n);
    words.set(0x2018n, 3n);
    words.set(0x3000n, 0x0000_0063_6261_0000n);
    request(0x2000n);
    assert.deepEqual([output, words.get(0x2000n), words.get(0x1008n)], [[0x61, 0x62, 0x63], 3n, 1n]);
    words.set(0x2000n, 57n);
    request(0x2000n);
    assert.equal(words.get(0x2000n), 0xffff_ffff_ffff_ffdan);
  });
});

function board() {
  const words = new Map<bigint, bigint>();
  const output: number[] = [];
  const exits: number[] = [];
  const htif = new Htif({
    toHost: 0x1000n,
    fromHost: 0x1008n,
    readWord: (address) => words.get(address) ?? 0n,
    writeWord: (address, value) => words.set(address, value),
    output: (byte) => output.push(byte),
    exit: (code) => exits.push(code),
  });
  const request = (value: bigint): void => {
    words.set(0x1000n, value);
    htif.serve();
  };
  return { htif, words, output, exits, request };
}
