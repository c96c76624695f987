import assert from 'node:assert/strict';
import { CodeUnits, type KnownStart } from '../../../src/debugger/memory/code-units.ts';

const base = 0x1000n;

/** Memory that holds these 16-bit parcels at 0x1000, and nothing else. */
function units(parcels: readonly number[], knownStart: KnownStart = () => undefined): CodeUnits {
  const memory = new Uint8Array(Uint16Array.from(parcels).buffer);
  const read = (address: bigint, length: number): Uint8Array => {
    const at = Number(address - base);
    return at < 0 || at >= memory.length ? new Uint8Array() : memory.slice(at, at + length);
  };
  return new CodeUnits(read, knownStart);
}

/** An addi, of which each half begins one too. */
const twin = 0x0013;

/** Units before an address: where, how long, and which instruction. */
function places(code: CodeUnits, end: bigint, count: number) {
  return code
    .before(end, count)
    .map(({ address, length, decoded }) => [Number(address - base), length, decoded?.instruction.mnemonic]);
}

describe('debugger/memory/code-units', () => {
  it('prefers the cut that ends where it has to, even if another has more instructions', () => {
    const code = units([0xffff, twin, 0xffff, twin, twin, twin]);
    assert.deepEqual(places(code, base + 12n, 3), [
      [0, 4, undefined],
      [4, 4, undefined],
      [8, 4, 'addi'],
    ]);
  });

  it('believes a known start, and cuts the instruction into which one asks', () => {
    const code = units(
      Array.from({ length: 12 }, () => twin),
      () => base,
    );
    assert.deepEqual(places(code, base + 14n, 3), [
      [4, 4, 'addi'],
      [8, 4, 'addi'],
      [12, 2, undefined],
    ]);
    const unknown = units(Array.from({ length: 12 }, () => twin));
    assert.deepEqual(places(unknown, base + 14n, 3), [
      [2, 4, 'addi'],
      [6, 4, 'addi'],
      [10, 4, 'addi'],
    ]);
  });

  it('fills what lies before memory with units of the pages that are not there', () => {
    assert.deepEqual(places(units([twin, twin]), base + 4n, 3), [
      [-8, 4, undefined],
      [-4, 4, undefined],
      [0, 4, 'addi'],
    ]);
  });
});
