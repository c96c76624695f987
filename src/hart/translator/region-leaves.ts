import { regionExit } from '../engine/driver.ts';
import type { CodeWriter, Label } from '../engine/wasm/code-writer.ts';
import type { RegionFrame } from './region-frame.ts';

/** Writes the ways out of a region, all of which meet behind it. */
export class RegionLeaves {
  readonly #code: CodeWriter;
  readonly #frame: RegionFrame;
  #toTarget: Label | undefined;
  #atOffset: Label | undefined;
  #toInterpreter: Label | undefined;

  constructor(code: CodeWriter, frame: RegionFrame) {
    this.#code = code;
    this.#frame = frame;
  }

  /** Writes `body`, which ends with a branch, and behind it where those that leave it meet, with `target` set. */
  around(body: () => void): void {
    const code = this.#code;
    const { target, base, leaveOffset } = this.#frame;
    code.block((toTarget) => {
      this.#toTarget = toTarget;
      code.block((atOffset) => {
        this.#atOffset = atOffset;
        body();
      });
      code.get(base);
      code.get(leaveOffset);
      code.plain('i64.extend_i32_s');
      code.plain('i64.add');
      code.set(target);
    });
  }

  /** Leaves with pc at an offset, and gives back what of the budget was not used. */
  at(offset: number, kind: keyof typeof regionExit, unused: number): void {
    const code = this.#code;
    const { leaveOffset } = this.#frame;
    if (unused !== 0) this.giveBack(unused);
    code.i32(offset);
    code.set(leaveOffset);
    if (kind === 'interpret' && this.#toInterpreter !== undefined) code.br(this.#toInterpreter);
    else this.#leave(kind);
  }

  /**
   * Writes `body`, which ends with a branch: its instructions that are for the interpreter meet behind it, before they
   * meet all others. So only registers that differ there take room for each, for which V8's compiler needs long.
   */
  together(body: () => void): void {
    const code = this.#code;
    const around = this.#toInterpreter;
    code.block((toInterpreter) => {
      this.#toInterpreter = toInterpreter;
      body();
    });
    this.#toInterpreter = around;
    if (around === undefined) this.#leave('interpret');
    else code.br(around);
  }

  /** Leaves with pc at `target`. */
  toTarget(): void {
    this.#code.i32(regionExit.far);
    this.#code.set(this.#frame.leaveKind);
    this.#code.br(this.#toTarget as Label);
  }

  /** Leaves with pc at `leaveOffset`. */
  #leave(kind: keyof typeof regionExit): void {
    this.#code.i32(regionExit[kind]);
    this.#code.set(this.#frame.leaveKind);
    this.#code.br(this.#atOffset as Label);
  }

  giveBack(unused: number): void {
    const code = this.#code;
    const { budget } = this.#frame;
    code.get(budget);
    code.i32(unused);
    code.plain('i32.add');
    code.set(budget);
  }
}
