import assert from 'node:assert/strict';
import { inMemory } from '../../../src/debugger/expressions/places.ts';
import type { Surroundings } from '../../../src/debugger/expressions/surroundings.ts';
import type { Space } from '../../../src/debugger/expressions/value.ts';
import { parseDataId } from '../../../src/debugger/watches/data-id.ts';
import { offerOf } from '../../../src/debugger/watches/watch-offer.ts';

const [caller, following] = [0x1000n, 0x1010n];
const stackPointer = 0x8000n;

/** A frame of two functions' code, one after the other, at the first address of the second one. */
function frameAt(pcKind: 'exact' | 'return-address'): Surroundings {
  const symbols = { functionAt: (address: bigint) => ({ low: address < following ? caller : following }) };
  const x = Array.from({ length: 32 }, () => stackPointer);
  const registers = { pc: following, pcKind, x };
  return {
    activation: { cfa: stackPointer + 64n, registers, image: { symbols } },
  } as unknown as Surroundings;
}

function functionOf(surroundings: Surroundings): bigint | undefined {
  const space = { reference: (address: bigint) => `hpa:0x${address.toString(16)}` } as unknown as Space;
  const type = { kind: 'base', name: 'int', byteSize: 4, encoding: 'signed' } as const;
  const offer = offerOf({ kind: 'typed', type, place: inMemory(space, stackPointer) }, 'local', surroundings);
  return parseDataId(offer.ok ? offer.dataId : '')?.frame?.function;
}

describe('debugger/watches/watch-offer', () => {
  it('is of the function whose frame it is, also where a call that never returns is its last instruction', () => {
    assert.equal(functionOf(frameAt('return-address')), caller);
    assert.equal(functionOf(frameAt('exact')), following);
  });
});
