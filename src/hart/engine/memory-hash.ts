import { assert } from '../../common/errors.ts';
import { wasm, type WasmMemory } from '../../common/web-assembly.ts';
import type { CodeWriter, Label, Local } from './wasm/code-writer.ts';
import { ModuleWriter } from './wasm/module-writer.ts';

/**
 * Hashes ranges of a machine's wasm memory, several gigabytes a second: two machines whose state is the same
 * have the same hash, wherever they run. It is no protection against whoever makes collisions on purpose.
 */
export class MemoryHash {
  readonly #hash: (offset: number, length: number) => bigint;

  constructor(memory: WasmMemory) {
    const module = new wasm.Module(writeHash(memory.buffer.byteLength / 0x1_0000));
    const instance = new wasm.Instance(module, { machine: { memory } });
    this.#hash = instance.exports['hash'] as (offset: number, length: number) => bigint;
  }

  /** 64 bits for the bytes from an offset in the memory on. The length is a multiple of 16. */
  hash(offset: number, length: number): bigint {
    assert(length % laneBytes === 0, 'the hash takes 16 bytes at a time');
    return BigInt.asUintN(64, this.#hash(offset, length));
  }
}

/**
 * Two lanes take eight bytes in turn, so that their multiplications overlap: lane = rotate(lane + word * a) * b.
 * Each step maps lanes and words one to one, so a change of one word always shows; and a word is spread before it
 * meets the lane, so that no change of one bit in a word looks like that of one bit in the word before.
 */
function writeHash(pages: number): Uint8Array {
  const module = new ModuleWriter({ module: 'machine', name: 'memory', pages });
  module.function(
    'hash',
    { parameters: ['i32', 'i32'], results: ['i64'] },
    ['i64', 'i64', 'i32'],
    (code, locals) => {
      const [place, rest, first, second, length] = locals as [Local, Local, Local, Local, Local];
      code.get(rest);
      code.set(length);
      code.i64(seeds.first);
      code.set(first);
      code.i64(seeds.second);
      code.set(second);
      code.block((done) => {
        code.loop((next) => {
          leaveAtZero(code, rest, done);
          absorb(code, first, place, 0);
          absorb(code, second, place, 8);
          add(code, place, laneBytes);
          add(code, rest, -laneBytes);
          code.br(next);
        });
      });
      writeFinish(code, first, second, length);
    },
  );
  return module.finish();
}

/**
 * result = mix(mix(mix(first) ^ second) + length), where mix spreads each bit over all: lanes that were only
 * added would let a change in one undo a change in the other.
 */
function writeFinish(code: CodeWriter, first: Local, second: Local, length: Local): void {
  mix(code, first);
  code.get(first);
  code.get(second);
  code.plain('i64.xor');
  code.set(first);
  mix(code, first);
  code.get(first);
  code.get(length);
  code.plain('i64.extend_i32_u');
  code.plain('i64.add');
  code.set(first);
  mix(code, first);
  code.get(first);
}

function mix(code: CodeWriter, value: Local): void {
  const foldHighHalf = (): void => {
    code.get(value);
    code.get(value);
    code.i64(32n);
    code.plain('i64.shr_u');
    code.plain('i64.xor');
  };
  for (const multiplier of multipliers.mix) {
    foldHighHalf();
    code.i64(multiplier);
    code.plain('i64.mul');
    code.set(value);
  }
  foldHighHalf();
  code.set(value);
}

function absorb(code: CodeWriter, lane: Local, place: Local, offset: number): void {
  code.get(place);
  code.memory('i64.load', offset);
  code.i64(multipliers.word);
  code.plain('i64.mul');
  code.get(lane);
  code.plain('i64.add');
  code.i64(31n);
  code.plain('i64.rotl');
  code.i64(multipliers.lane);
  code.plain('i64.mul');
  code.set(lane);
}

function leaveAtZero(code: CodeWriter, rest: Local, done: Label): void {
  code.get(rest);
  code.plain('i32.eqz');
  code.brIf(done);
}

function add(code: CodeWriter, local: Local, amount: number): void {
  code.get(local);
  code.i32(amount);
  code.plain('i32.add');
  code.set(local);
}

const laneBytes = 16;
/** The fractional parts of √2 and √3 as 64-bit numbers. */
const seeds = { first: 0x6a09_e667_f3bc_c908n, second: 0xbb67_ae85_84ca_a73bn };
/** Odd numbers with bits all over: of the fractional parts of square roots. */
const multipliers = {
  word: 0x9b05_688c_2b3e_6c1fn,
  lane: 0x3c6e_f372_fe94_f82bn,
  mix: [0xa54f_f53a_5f1d_36f1n, 0x510e_527f_ade6_82d1n],
} as const;
