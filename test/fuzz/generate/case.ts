import type { Mode } from '../../../src/isa/instruction.ts';
import { Random } from '../../hart/engine/differential/random.ts';
import type { FuzzCase } from '../case.ts';
import { dataPages, layout, pageBytes } from '../layout.ts';
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
  return { seed, ...setting, slots, x, pokes };
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
