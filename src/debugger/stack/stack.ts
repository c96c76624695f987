import { StrataError } from '../../common/errors.ts';
import { formatAddress } from '../../common/address.ts';
import { explainExit } from '../../vmm/exits/explain.ts';
import type { Hart } from '../../hart/hart.ts';
import type { TrapRecord } from '../../hart/trap-records.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import { titleOf } from '../../vmm/exits/title.ts';
import type { Frame } from '../frame.ts';
import { formatMemoryReference } from '../memory-reference.ts';
import type { SourceLocation } from '../source.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { Activation } from './activation.ts';
import { boundaryLabel } from './boundary.ts';
import type { GeneratedSources } from './generated-sources.ts';
import { unwindThread } from './unwind.ts';

/** What a frame stands for: where its scopes come from. */
export type FrameSubject =
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'exit'; readonly thread: DebugThread; readonly record: ExitRecord }
  | { readonly kind: 'boundary'; readonly thread: DebugThread };

/** The call stacks of all threads while the debuggee stands still: one stack across the strata for each. */
export class Stacks {
  readonly #target: Target;
  readonly #sources: GeneratedSources;
  readonly #byThread = new Map<number, readonly Frame[]>();
  readonly #subjects = new Map<number, FrameSubject>();
  #lastId = 0;

  constructor(target: Target, sources: GeneratedSources) {
    this.#target = target;
    this.#sources = sources;
  }

  /** Frames, innermost first. */
  framesOf(thread: DebugThread): readonly Frame[] {
    const known = this.#byThread.get(thread.id);
    if (known !== undefined) return known;
    const frames = [...this.#vmmFrames(thread), ...this.#guestFrames(thread)];
    this.#byThread.set(thread.id, frames);
    return frames;
  }

  /** What a frame stands for; a frame of an earlier stop is none. */
  subject(frameId: number): FrameSubject {
    const subject = this.#subjects.get(frameId);
    if (subject === undefined)
      throw new StrataError('stale-frame', 'user', `frame ${frameId} is gone: the debuggee has moved since`);
    return subject;
  }

  /** The activations of a thread's guest code, innermost first. */
  activations(thread: DebugThread): readonly Activation[] {
    return this.framesOf(thread).flatMap(({ id }) => {
      const subject = this.#subjects.get(id);
      return subject?.kind === 'activation' ? subject.activation : [];
    });
  }

  /** The innermost activation of a thread's guest code. */
  innermost(thread: DebugThread): Activation | undefined {
    for (const { id } of this.framesOf(thread)) {
      const subject = this.#subjects.get(id);
      if (subject?.kind === 'activation') return subject.activation;
    }
    return undefined;
  }

  /** The debuggee moved or was changed. */
  forget(): void {
    this.#byThread.clear();
    this.#subjects.clear();
  }

  #vmmFrames(thread: DebugThread): readonly Frame[] {
    const exit = this.#target.isInVmm(thread) ? this.#target.vmm?.currentExit : undefined;
    if (exit === undefined) return [];
    const { record, stage } = exit;
    const id = this.#register({ kind: 'exit', thread, record });
    return [
      { kind: 'stage', id, stratum: 'vmm', name: `vmm!${stage}`, location: this.#explanation(record) },
      {
        kind: 'boundary',
        id: this.#register({ kind: 'boundary', thread }),
        stratum: 'vmm',
        name: `— VM exit: ${titleOf(record)} —`,
      },
    ];
  }

  #explanation(record: ExitRecord): SourceLocation {
    const { lines, currentLine } = explainExit(record);
    const source = this.#sources.add(`exit ${record.sequence}, stage ${record.stagesDone}`, lines);
    return { source, line: currentLine, column: 1 };
  }

  #guestFrames(thread: DebugThread): readonly Frame[] {
    const levels = unwindThread(this.#target, thread);
    return levels.flatMap(({ activations, enteredBy }, index) => {
      const frames = activations.flatMap((activation) => this.#activationFrames(activation));
      if (enteredBy === undefined) return frames;
      const [caller] = levels[index + 1]?.activations ?? [];
      const label = this.#boundaryLabel(enteredBy, thread, caller && functionName(caller));
      const id = this.#register({ kind: 'boundary', thread });
      const stratum = activations[0]?.stratum ?? 'kernel';
      return [...frames, { kind: 'boundary', id, stratum, name: label } as const];
    });
  }

  /** An exit to a VMM that is software of the machine is called after what it is about, while that is known. */
  #boundaryLabel(record: TrapRecord, { hart }: DebugThread, caller: string | undefined): string {
    const exit = record.from.virtual && !record.to.virtual ? this.#exitAt(record.step, hart) : undefined;
    return exit === undefined ? boundaryLabel(record, caller) : `— VM exit: ${titleOf(exit)} —`;
  }

  #exitAt(step: number, hart: Hart): ExitRecord | undefined {
    const exit = this.#target.observed?.underWay(hart)?.record;
    return exit?.step === step ? exit : undefined;
  }

  /** One frame for each function of the source: calls that were inlined have frames of their own. */
  #activationFrames(activation: Activation): readonly Frame[] {
    const { image, registers, stratum, thread, root, regime } = activation;
    const { pc } = registers;
    const lookup = registers.pcKind === 'exact' ? pc : pc - 1n;
    const base = {
      kind: 'code' as const,
      stratum,
      pc,
      pcReference: formatMemoryReference({
        space: 'gva',
        guest: this.#target.guestName(thread, regime) ?? '-',
        root,
        address: pc,
      }),
      image: image?.name,
    };
    const inSource = image?.symbols.framesAt(lookup) ?? [];
    if (image === undefined || inSource.length === 0)
      return [
        { ...base, id: this.#registerActivation(activation), name: nameOf(activation), location: undefined },
      ];
    return inSource.map(({ name, position }, inlineDepth) => ({
      ...base,
      id: this.#registerActivation({ ...activation, inlineDepth }),
      name: `${stem(image.name)}!${name}`,
      location: position && {
        source: { kind: 'file' as const, path: position.file },
        line: position.line,
        column: position.column,
      },
    }));
  }

  #registerActivation(activation: Activation): number {
    return this.#register({ kind: 'activation', activation });
  }

  #register(subject: FrameSubject): number {
    this.#subjects.set(++this.#lastId, subject);
    return this.#lastId;
  }
}

function functionName({ image, registers }: Activation): string | undefined {
  return image?.symbols.functionAt(registers.pc)?.name;
}

function nameOf({ image, registers }: Activation): string {
  const { pc } = registers;
  const found = image?.symbols.symbolAt(pc);
  if (image === undefined || found === undefined) return formatAddress(pc);
  return `${stem(image.name)}!${found.symbol.name}${found.offset === 0n ? '' : `+${found.offset}`}`;
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
