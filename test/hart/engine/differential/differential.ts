import assert from 'node:assert/strict';
import { defaultIsa, type InstructionAlignment, type Isa } from '../../../../src/isa/configuration/isa.ts';
import { decode } from '../../../../src/isa/decode.ts';
import { csrSlot, hartSlot } from '../../../../src/hart/state-layout.ts';
import { pteBit } from '../../../../src/hart/translation/page-table.ts';
import { fetchRegime } from '../../../../src/hart/translation/regime.ts';
import { interruptCode } from '../../../../src/hart/trap.ts';
import type { HartStop } from '../../../../src/hart/stop.ts';
import type { TestMachine } from '../../fixture.ts';
import { makeInstruction, makeProgram, registers, type Program } from './program.ts';
import { Random } from './random.ts';
import {
  anyRange,
  codeAddress,
  codePages,
  codePlace,
  dataLength,
  dataPointer,
  devicePointer,
  families,
  interruptLines,
  ownBytes,
  World,
  type Setting,
  type Status,
} from './world.ts';

/** What a comparison came across: a test that meets nothing proves nothing. */
export interface Coverage {
  steps: number;
  stops: number;
  traps: number;
  breakpoints: number;
  interrupts: number;
  /** Accesses of memory that is watched: loads and stores, and what page walks wrote. */
  touches: number;
  walkTouches: number;
  /** Translated functions that were made, and that were dropped, most of them for want of room. */
  translated: number;
  dropped: number;
  /** Regions of several pages. */
  merged: number;
  readonly trapCodes: Set<number>;
}

/**
 * Runs generated programs on two machines, one with the reference evaluator and one with another engine, and
 * compares all their state at stops after random counts of steps, until `steps` were run.
 */
export function compareEngines(options: {
  readonly seed: number;
  readonly steps: number;
  readonly engine?: 'interpreter' | 'translator';
  readonly isa?: Isa;
  /** In per cent of the runs, memory begins to be watched, or ceases to be. */
  readonly watches?: number;
}): Coverage {
  const { engine = 'interpreter', isa = defaultIsa, watches = 0 } = options;
  const coverage: Coverage = {
    steps: 0,
    stops: 0,
    traps: 0,
    breakpoints: 0,
    interrupts: 0,
    touches: 0,
    walkTouches: 0,
    translated: 0,
    dropped: 0,
    merged: 0,
    trapCodes: new Set(),
  };
  const worlds = manners.map((manner) => {
    const { predecodedPages, capacity } = manner;
    const policy = { interval: 1000, pageHeat: 0, loopHeat: 3, changeHeat: 2, capacity };
    const pair: Pair = [new World('reference', { isa }), new World(engine, { isa, predecodedPages, policy })];
    return { pair, manner };
  });
  for (let episode = 0; coverage.steps < options.steps; episode++) {
    const { pair, manner: common } = worlds[episode % worlds.length] as (typeof worlds)[number];
    const manner = { ...common, watches };
    const steps = Math.min(manner.steps, options.steps - coverage.steps);
    new Episode(pair, engine, options.seed, episode, manner, coverage, isa.instructionAlignment).run(steps);
    const { functions } = pair[1].translation() ?? nothingTranslated;
    assert.ok(functions <= manner.capacity, 'translated code stays within its bound');
  }
  for (const { pair } of worlds) {
    const { translations, dropped, merged } = pair[1].translation() ?? nothingTranslated;
    coverage.translated += translations;
    coverage.dropped += dropped;
    coverage.merged += merged;
  }
  return coverage;
}

/** How an episode goes. */
interface Manner {
  /** Room for code: in pages of predecoded records, and in translated functions. */
  readonly predecodedPages: number;
  readonly capacity: number;
  /** Its length. */
  readonly steps: number;
  /** At how many places a program is entered, again and again: one of these numbers. */
  readonly entries: readonly number[];
  /** In per cent of the runs, something happens before. */
  readonly disturbances: number;
  /** Whether the program stores to its own code. */
  readonly code: 'changes' | 'stays';
  readonly watches?: number;
}

/**
 * By turns: code that changes, in so little room that it is evicted all the time; with a little more, for regions of
 * several pages; and, for most of the steps, code that is translated once and run often.
 */
const manners: readonly Manner[] = [
  { predecodedPages: 2, capacity: 5, steps: 1500, entries: [6, 20, 1000], disturbances: 8, code: 'changes' },
  { predecodedPages: 8, capacity: 11, steps: 4000, entries: [6, 20, 1000], disturbances: 8, code: 'changes' },
  { predecodedPages: 8, capacity: 150, steps: 10_000, entries: [20], disturbances: 1, code: 'stays' },
];
const nothingTranslated = { translations: 0, functions: 0, dropped: 0, merged: 0 };

type Pair = readonly [World, World];

/** What is not taken at once, with interrupts off as they are when a program is entered. */
const heldBack: Readonly<Partial<Record<Setting, number>>> = {
  M: interruptCode.machineSoftware,
  S: interruptCode.supervisorExternal,
  VS: interruptCode.virtualSupervisorTimer,
};

const lastCode = codePages * 0x1000 - 16;

/** One program in one setting, or in several by turns. */
class Episode {
  readonly #pair: Pair;
  readonly #random: Random;
  readonly #name: string;
  readonly #engine: string;
  readonly #coverage: Coverage;
  readonly #manner: Manner;
  readonly #family: readonly Setting[];
  #setting: Setting;
  readonly #program: Program;
  readonly #alignment: InstructionAlignment;
  /** Where the program is entered, again and again. */
  readonly #entries: readonly number[];
  /** Whether interrupts of S mode and of guests go there. */
  readonly #delegated: boolean;
  /** The last runs: how many steps, from which pc. */
  #history: { readonly budget: number; readonly pc: bigint }[] = [];

  constructor(
    pair: Pair,
    engine: string,
    seed: number,
    episode: number,
    manner: Manner,
    coverage: Coverage,
    alignment: InstructionAlignment,
  ) {
    this.#manner = manner;
    this.#pair = pair;
    this.#alignment = alignment;
    this.#random = new Random(seed * 0x1_0000 + episode);
    this.#coverage = coverage;
    this.#family = this.#random.pick(families);
    this.#setting = this.#random.pick(this.#family);
    this.#engine = engine;
    this.#name = `seed ${seed}, episode ${episode}`;
    this.#program = makeProgram(this.#random, codePages * 0x1000, alignment);
    const entries = this.#random.pick(manner.entries);
    this.#entries = Array.from({ length: entries }, () => this.#random.pick(this.#program.starts));
    const data = Uint8Array.from({ length: dataLength }, () => this.#random.bits());
    this.#delegated = this.#random.chance(70);
    const environment = {
      levels: 3 + this.#random.below(3),
      updatesUsage: this.#random.chance(70),
      delegated: this.#delegated,
    };
    for (const world of pair) world.begin(this.#setting, this.#program.bytes, data, environment);
    for (let index = 1; index < 32; index++) this.#both((world, value) => world.state.setX(index, value));
    this.#resume();
  }

  run(steps: number): void {
    const [reference] = this.#pair;
    const end = reference.state.steps + steps;
    let passing = false;
    while (reference.state.steps < end) {
      if (this.#random.chance(this.#manner.disturbances)) this.#disturb();
      if (this.#manner.watches && this.#random.chance(this.#manner.watches)) this.#changeWatches();
      const budget = Math.min(this.#budget(), end - reference.state.steps);
      // What happened between the runs was not the hart's doing.
      for (const world of this.#pair) world.takeTouches();
      const before = reference.state.steps;
      this.#history = [...this.#history.slice(-3), { budget, pc: reference.state.pc }];
      const start = passing ? 'pass-breakpoint' : 'stop-at-breakpoint';
      const [expected, actual] = this.#pair.map(({ hart }) => hart.run(budget, start)) as [
        HartStop,
        HartStop,
      ];
      this.#compare(expected, actual);
      this.#compareTouches();
      this.#coverage.stops++;
      this.#coverage.steps += reference.state.steps - before;
      passing = expected.kind === 'breakpoint';
      if (expected.kind === 'breakpoint') this.#coverage.breakpoints++;
      if (expected.kind === 'trap') {
        this.#coverage.traps++;
        if (expected.trap.trap.interrupt) this.#coverage.interrupts++;
        this.#coverage.trapCodes.add(expected.trap.trap.code);
      }
      if (expected.kind === 'trap' || expected.kind === 'wfi') this.#resume();
    }
    for (const world of this.#pair) world.clearBreakpoints();
    for (const world of this.#pair) world.clearWatches();
    const [first, second] = this.#pair.map(({ memory }) =>
      Buffer.from(memory.ram.buffer, memory.ram.byteOffset),
    );
    assert.ok(first?.equals(second as Buffer), `${this.#name}: all of RAM is the same`);
  }

  #budget(): number {
    return this.#random.weighted([
      [5, 1],
      [4, 1 + this.#random.below(8)],
      [2, 1 + this.#random.below(100)],
      [1, 1 + this.#random.below(600)],
    ]);
  }

  /** What happens to a hart from outside, between runs. */
  #disturb(): void {
    const random = this.#random;
    switch (random.below(8)) {
      case 0: {
        // A debugger or a device writes code.
        const start = random.chance(30) ? 0x1000 * random.below(codePages) : this.#startAhead();
        const [offset, word] = [start, makeInstruction(random, this.#alignment)];
        const bytes = (word & 3) === 3 ? [0, 8, 16, 24] : [0, 8];
        const place = codePlace(this.#setting, offset >> 12) + (offset & 0xfff);
        for (const world of this.#pair)
          world.physical.poke(
            place,
            Uint8Array.from(bytes, (by) => word >> by),
          );
        break;
      }
      case 1: {
        // A page loses or gets its permissions.
        const [leaf, bits] = [random.below(this.#pair[0].leaves.length), random.bits() & 0xff];
        for (const world of this.#pair) {
          const address = world.leaves[leaf] as number;
          world.write(address, (world.read(address) & ~0xffn) | BigInt(bits));
        }
        break;
      }
      case 2: {
        const offset = this.#startAhead();
        const space = random.pick(['virtual', 'physical'] as const);
        for (const world of this.#pair) world.setBreakpoint(this.#setting, offset, space);
        break;
      }
      case 3:
        // Only a fetch sets A again, and not before its instruction's turn.
        for (const world of this.#pair) {
          for (const leaf of world.codeLeaves) world.write(leaf, world.read(leaf) & ~BigInt(pteBit.accessed));
        }
        break;
      case 4:
      case 5:
      case 6: {
        const code = random.pick(interruptLines);
        for (const world of this.#pair) world.hart.setInterruptLine(code, 1);
        break;
      }
      default:
        for (const world of this.#pair) world.clearBreakpoints();
    }
  }

  #changeWatches(): void {
    const ranges = Array.from({ length: 3 }, () => anyRange(this.#pair[0], this.#random));
    const isEnough = this.#random.chance(20);
    for (const world of this.#pair) {
      if (isEnough) world.clearWatches();
      else for (const range of ranges) world.watch(range);
    }
  }

  #compareTouches(): void {
    const [expected, actual] = this.#pair.map((world) => world.takeTouches());
    assert.deepEqual(actual, expected, `${this.#name}: the same accesses of what is watched`);
    for (const { by } of expected ?? []) {
      if (by === 'access') this.#coverage.touches++;
      else this.#coverage.walkTouches++;
    }
  }

  /** An instruction that may come soon; any, where the program has strayed. */
  #startAhead(): number {
    const here = this.#pair[0].state.pc - codeAddress(this.#setting, 0);
    const ahead = this.#program.starts.filter((start) => BigInt(start) > here && BigInt(start) < here + 40n);
    return this.#random.pick(ahead.length === 0 ? this.#program.starts : ahead);
  }

  /** Goes on at some instruction, with pointers that point where they should. */
  #resume(): void {
    const random = this.#random;
    const offset = random.pick(this.#entries);
    this.#setting = random.pick(this.#family);
    const floatState = (): number => (random.chance(80) ? 3 : random.below(4));
    const status: Status = {
      sum: random.chance(70),
      mxr: random.chance(50),
      floats: [floatState(), floatState()],
      fcsr: random.chance(70) ? 1 : random.below(256),
      interrupts: random.chance(60) ? 0xeee : random.bits() & 0xeee,
    };
    for (let index = 0; index < 32; index++) {
      if (this.#manner.code === 'stays' && random.chance(90)) continue;
      const value = random.float();
      for (const world of this.#pair) world.state.setF(index, value);
    }
    for (const world of this.#pair) world.resume(this.#setting, offset, status);
    // Pending, but held back until the program lets it come.
    const held = heldBack[this.#setting];
    if (held !== undefined && this.#delegated && random.chance(50))
      for (const world of this.#pair) world.hart.setInterruptLine(held, 1);
    const point = (register: number, value: bigint): void => {
      for (const world of this.#pair) world.state.setX(register, value);
    };
    // A null pointer now and then: page 0 is not mapped, and what was never looked up must not pass for it.
    for (const register of registers.data)
      point(register, random.chance(3) ? BigInt(random.below(512)) : dataPointer(this.#setting, random));
    const somewhere = (): bigint => codeAddress(this.#setting, random.pick(this.#entries));
    // Close ahead, so that what is stored there is run.
    const ahead = codeAddress(this.#setting, Math.min(offset + 8 * random.below(8), lastCode));
    point(registers.code, this.#manner.code === 'changes' ? ahead : dataPointer(this.#setting, random));
    for (const register of registers.links) point(register, somewhere());
    point(registers.word, BigInt.asUintN(64, BigInt(makeInstruction(random, this.#alignment))));
    point(registers.device, devicePointer(this.#setting));
    point(registers.nowhere, random.value());
  }

  #compare(expected: HartStop, actual: HartStop): void {
    const [reference, other] = this.#pair;
    const entries = other.entries;
    const isSame =
      Buffer.from(reference.hart.stateBytes).equals(other.hart.stateBytes) &&
      Buffer.from(reference.memory.ram.buffer, reference.memory.ramOffset, ownBytes).equals(
        Buffer.from(other.memory.ram.buffer, other.memory.ramOffset, ownBytes),
      ) &&
      reference.entries.every((entry, index) => entry === entries[index]) &&
      expected.kind === actual.kind &&
      reference.bus.log.length === other.bus.log.length;
    if (isSame) return;
    assert.fail(
      [
        `${this.#name}, in ${this.#setting}: the ${this.#engine} differs from the reference after`,
        ...this.#history.map(({ budget, pc }) => `  ${budget} steps from ${this.#describe(pc)}`),
        ...differences(reference, other).map((line) => `  ${line}`),
        `  stop ${text(expected)}; ${text(actual)}`,
        `  bus ${reference.bus.log.join(', ')}; ${other.bus.log.join(', ')}`,
      ].join('\n'),
    );
  }

  #describe(pc: bigint): string {
    const { state, hart } = this.#pair[0];
    const bytes = hart.view.read(pc, 4, fetchRegime(state));
    const word = bytes.reduce((sum, byte, index) => sum | (byte << (8 * index)), 0);
    const decoded = decode(word);
    return `${pc.toString(16)} ${decoded?.compressed?.mnemonic ?? decoded?.instruction.mnemonic ?? 'nothing'}`;
  }

  #both(action: (world: World, value: bigint) => void): void {
    const value = this.#random.value();
    for (const world of this.#pair) action(world, value);
  }
}

function differences(reference: TestMachine, interpreter: TestMachine): string[] {
  const names = [...Object.entries(hartSlot), ...Object.entries(csrSlot)];
  const lines: string[] = [];
  for (const [slot, value] of reference.state.slots.entries()) {
    const other = interpreter.state.slot(slot);
    if (value === other) continue;
    const name = slot < 32 ? `x${slot}` : (names.find(([, place]) => place === slot)?.[0] ?? `slot ${slot}`);
    lines.push(`${name} ${value.toString(16)}; ${other.toString(16)}`);
  }
  const [first, second] = [reference.memory.ram, interpreter.memory.ram];
  const place = first.findIndex((byte, index) => byte !== second[index]);
  if (place >= 0) lines.push(`RAM + ${place.toString(16)}: ${first[place]}; ${second[place]}`);
  return lines;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `0x${part.toString(16)}` : part,
  );
}
