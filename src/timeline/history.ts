import { landmarkSteps } from '../machine/landmarks.ts';
import type { Machine } from '../machine/machine.ts';
import { snapshotBytes } from '../machine/ram-snapshot.ts';
import type { SavedMachine } from '../machine/saved-machine.ts';
import { compareMarks, type Mark } from './mark.ts';

/** Checkpoints kept; when there are more, every second one goes and they are taken half as often. */
const mostCheckpoints = 12;
/** Bytes that they take together; then, too. A guest that changes most of its RAM all the time keeps two all the same. */
const mostCheckpointBytes = 40 * 2 ** 20;
/** Steps between checkpoints at first; they are taken at landmarks. */
const usualInterval = 5 * landmarkSteps;

/**
 * Steps back come one after another, and so do looks for what was last: so far before where one goes, checkpoints are kept
 * for those that follow, a few at each distance.
 */
const anchorDistances = [10_000_000, 100_000];
const mostAnchors = 2;

interface Checkpoint {
  readonly step: number;
  readonly saved: SavedMachine;
}

interface Anchor extends Checkpoint {
  readonly distance: number;
}

/**
 * The machine's past: checkpoints, and any mark between them by running on from the nearest one. The machine is
 * deterministic, so what was at a mark is there again.
 */
export class History {
  readonly #machine: Machine;
  readonly #checkpoints: Checkpoint[];
  readonly #mostBytes: number;
  readonly #firstInterval: number;
  /** Kept besides, before where the machine went back to last; of each distance the newest first. */
  #anchors: readonly Anchor[] = [];
  #interval: number;

  /** The machine must stand at its beginning. The limits are those that suit a debugger, where they are absent. */
  constructor(
    machine: Machine,
    limits: { readonly mostBytes?: number; readonly firstInterval?: number } = {},
  ) {
    const { mostBytes = mostCheckpointBytes, firstInterval = usualInterval } = limits;
    this.#machine = machine;
    this.#mostBytes = mostBytes;
    this.#firstInterval = firstInterval;
    this.#interval = firstInterval;
    this.#checkpoints = [{ step: machine.steps, saved: machine.save() }];
    machine.onLandmark = () => this.#keepUp();
  }

  get now(): Mark {
    return this.#machine.position;
  }

  get beginning(): Mark {
    return { step: this.#checkpoints[0]?.step ?? 0 };
  }

  /**
   * Puts the machine to a mark. `onRestore` is told the step of the checkpoint that it starts from, if it has to go
   * back, before anything runs. Observers of the machine see what happens on the way; the caller silences them.
   */
  seek(mark: Mark, onRestore?: (step: number) => void): void {
    if (compareMarks(mark, this.now) < 0) {
      const checkpoint = this.#checkpointAt(mark) ?? this.#nearestBefore(mark);
      this.#machine.restore(checkpoint.saved);
      onRestore?.(checkpoint.step);
      this.#anchorBefore(mark, checkpoint);
    }
    runTo(this.#machine, mark);
  }

  /** The mark of the last checkpoint before a mark. */
  checkpointStepBefore(mark: Mark): number {
    return this.#nearestBefore(mark).step;
  }

  /** History takes another course from now on: what was known of later is forgotten. */
  fork(): void {
    const { step } = this.now;
    this.#anchors = this.#anchors.filter((anchor) => anchor.step <= step);
    while (this.#checkpoints.length > 1 && (this.#checkpoints.at(-1)?.step ?? 0) > step)
      this.#checkpoints.pop();
  }

  /**
   * Something was written by hand: no run from the past leads here any more, so the past begins here. While an exit
   * is under way nothing can be saved; then the caller finishes it first.
   */
  beginHere(): void {
    this.#checkpoints.length = 0;
    this.#anchors = [];
    this.#checkpoints.push({ step: this.#machine.steps, saved: this.#machine.save() });
    this.#interval = this.#firstInterval;
  }

  /** The machine passes a landmark, so that the way back is short. */
  #keepUp(): void {
    const step = this.#machine.steps;
    const last = this.#checkpoints.at(-1);
    if (step - (last?.step ?? 0) < this.#interval) return;
    this.#checkpoints.push({ step, saved: this.#machine.save(last?.saved) });
    while (this.#checkpoints.length > 2 && this.#areTooMany()) {
      this.#interval *= 2;
      for (let index = this.#checkpoints.length - 2; index > 0; index -= 2)
        this.#checkpoints.splice(index, 1);
    }
  }

  #areTooMany(): boolean {
    if (this.#checkpoints.length > mostCheckpoints) return true;
    return snapshotBytes(this.#checkpoints.map(({ saved }) => saved.ram)) > this.#mostBytes;
  }

  /** On the way to a mark from a checkpoint long before it. */
  #anchorBefore(mark: Mark, { step, saved }: Checkpoint): void {
    let former = saved;
    for (const distance of anchorDistances) {
      if (mark.step - step <= 2 * distance) continue;
      runTo(this.#machine, { step: mark.step - distance });
      // An exit may be under way there, of which nothing can be saved.
      if (this.#machine.stage !== undefined) continue;
      former = this.#machine.save(former);
      const alike = this.#anchors.filter((anchor) => anchor.distance === distance);
      const others = this.#anchors.filter((anchor) => anchor.distance !== distance);
      const anchor = { step: this.#machine.steps, saved: former, distance };
      this.#anchors = [anchor, ...alike.slice(0, mostAnchors - 1), ...others];
    }
  }

  #nearestBefore(mark: Mark): Checkpoint {
    const checkpoint = this.#checkpointBefore(mark);
    const anchors = this.#anchors.filter(({ step }) => step < mark.step && step > checkpoint.step);
    return anchors.toSorted((a, b) => b.step - a.step)[0] ?? checkpoint;
  }

  /** Checkpoints are taken between instructions, after all stages of an exit. */
  #checkpointAt(mark: Mark): Checkpoint | undefined {
    if (mark.stage !== undefined) return undefined;
    return [...this.#checkpoints, ...this.#anchors].find(({ step }) => step === mark.step);
  }

  #checkpointBefore(mark: Mark): Checkpoint {
    const found = this.#checkpoints.findLast(({ step }) => step < mark.step) ?? this.#checkpoints[0];
    if (found === undefined) throw new RangeError('a history has a beginning');
    return found;
  }
}

/** Runs the machine forward to a mark, past everything that would stop it. */
export function runTo(machine: Machine, mark: Mark): void {
  const stopBeforeStage =
    mark.stage === undefined
      ? undefined
      : (stage: { readonly index: number }): boolean =>
          machine.steps === mark.step && stage.index === mark.stage;
  while (compareMarks(machine.position, mark) < 0) {
    const stop = machine.run({ until: mark.step, ...(stopBeforeStage && { stopBeforeStage }) });
    if (stop.kind === 'exit' || stop.kind === 'fatal' || stop.kind === 'idle') return;
    if (stop.kind === 'budget' && mark.stage !== undefined) return;
  }
}
