import type { Mode } from '../../../src/isa/instruction.ts';
import { Random } from '../../hart/engine/differential/random.ts';
import type { FuzzCase } from '../case.ts';
import { dataPages, layout } from '../layout.ts';
import { pageBytes } from '../../../src/common/page.ts';
import type { Repertoire } from '../repertoire.ts';
import { makeProgram } from './program.ts';
import { chooseSetting } from './setting.ts';
import { choosePages } from './tables.ts';

const instructionsPerCase = 40;

const modes: readonly (readonly [number, Mode])[] = [
  [15, 'M'],
  [22, 'HS'],
  [15, 'U'],
  [24, 'VS'],
  [24, 'VU'],
];

/** The case that a seed stands for, with a repertoire: always the same one. */
export function generateCase(seed: number, repertoire: Repertoire): FuzzCase {
  const random = new Random(seed);
  const mode = random.weighted(modes);
  const setting = chooseSetting(random, mode);
  const { slots, x } = makeProgram(random, setting, repertoire, instructionsPerCase);
  const pokes = [...choosePages(random, mode), ...chooseData(random)];
  return { seed, ...setting, slots, x, ...chooseFloats(random), pokes };
}

/** The words that most pointers lead to. */
function chooseData(random: Random): (readonly [number, bigint])[] {
  const places: number[] = [];
  for (let page = 0; page < dataPages; page++) {
    const base = layout.data + page * pageBytes;
    for (let word = 0; word < 6; word++) places.push(base + 0x100 + 8 * random.below(16));
    places.push(base, base + 8, base + pageBytes - 8, base + pageBytes - 16);
  }
  return places.map((address) => [address, random.value()] as const);
}

/** Numbers of all three formats, boxed and not, the special ones often; and any rounding mode, the reserved seldom. */
function chooseFloats(random: Random): Pick<FuzzCase, 'f' | 'fcsr'> {
  const f = Array.from({ length: 32 }, () => {
    const [bits, fraction] = random.pick(formats);
    const sign = BigInt(random.below(2)) << (bits - 1n);
    const ones = (1n << (bits - 1n)) - 1n;
    const infinity = ones & ~((1n << fraction) - 1n);
    const magnitude = random.weighted([
      [3, random.value() & ones],
      [2, ((infinity >> 1n) + (BigInt(random.below(64) - 32) << fraction)) & infinity],
      [1, 0n],
      [1, infinity],
      [1, infinity | (1n << (fraction - 1n))],
      [1, infinity | BigInt(1 + random.below(100))],
      [1, infinity - 1n],
      [1, BigInt(1 + random.below(100))],
      [1, 1n << fraction],
    ]);
    const boxed = BigInt.asUintN(64, -1n << bits) | sign | magnitude;
    return random.chance(95) ? boxed : boxed ^ (1n << bits);
  });
  const rounding = random.chance(90) ? random.below(5) : random.below(8);
  return { f: f.map((value) => BigInt.asUintN(64, value)), fcsr: BigInt((rounding << 5) | random.below(32)) };
}

/** Width, and that of the fraction. */
const formats = [
  [64n, 52n],
  [32n, 23n],
  [16n, 10n],
] as const;
