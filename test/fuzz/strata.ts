import { createMachine, type Machine } from '../../src/machine/machine.ts';
import type { MachineConfiguration } from '../../src/machine/configuration.ts';
import type { Isa } from '../../src/isa/configuration/isa.ts';
import type { Segment } from './image.ts';
import { layout, ramBase, ramBytes } from './layout.ts';
import { readLog, type Outcome } from './log.ts';

export type StrataEngine = NonNullable<MachineConfiguration['engine']>;

/** A case that takes more steps will not end: cases have no loops but those of their traps. */
const stepsOfCase = 100_000;

/** Our machine with the instruction set that is compared. */
export class Strata {
  readonly #isa: Isa;
  /** One of each kind for all images: every machine takes address space that is not soon given back. */
  readonly #machines = new Map<StrataEngine, Machine>();

  constructor(isa: Isa) {
    this.#isa = isa;
  }

  /** Runs an image until it ends, or until a case does not. */
  run(image: readonly Segment[], engine: StrataEngine): Outcome {
    const machine = this.#machineOf(engine);
    const { physical } = machine.board;
    machine.reset();
    for (const { address, bytes } of image) physical.poke(address, bytes);
    physical.poke(layout.finishRequest, Uint8Array.of(0x55, 0x55));
    const currentCase = (): number =>
      new DataView(physical.peek(layout.variables + layout.casePointer, 8).buffer).getUint32(0, true);
    let stop = machine.run({ budget: stepsOfCase });
    for (let last = -1; stop.kind === 'budget' && currentCase() !== last;) {
      last = currentCase();
      stop = machine.run({ budget: stepsOfCase });
    }
    return {
      ended: stop.kind === 'exit',
      log: readLog((address, bytes) => bytes.set(physical.peek(address, bytes.length))),
      arena: physical.peek(layout.arena, layout.arenaBytes),
    };
  }

  #machineOf(engine: StrataEngine): Machine {
    const known = this.#machines.get(engine);
    if (known) return known;
    const image = { segments: [], entry: BigInt(ramBase) };
    const machine = createMachine({ image, firmware: 'none', ramBytes, engine, isa: this.#isa });
    this.#machines.set(engine, machine);
    return machine;
  }
}
