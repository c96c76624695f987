import { asLinked, type StratumImage } from '../images/image-set.ts';
import type { Activation } from '../stack/activation.ts';
import { unwindThread } from '../stack/unwind.ts';
import type { Target } from '../target/target.ts';
import { ProfileFrames, type ProfileFrame } from './profile-frame.ts';

/** Takes the stack of the thread that runs, as a profile has it: by functions, whatever their arguments are. */
export class StackSampler {
  readonly #target: Target;
  readonly #frames = new ProfileFrames();
  /**
   * What the functions at an address of an image are, outermost first, by the stratum of the guest that they are in: several
   * guests may run one image. Addresses are those as linked.
   */
  readonly #known = new Map<ProfileFrame, Map<StratumImage, Map<bigint, readonly ProfileFrame[]>>>();

  constructor(target: Target) {
    this.#target = target;
  }

  /** Outermost first: the thread where there are several, the process as its kernel calls it, strata with their functions. */
  sample(): readonly ProfileFrame[] {
    const thread = this.#target.currentThread;
    const outside = { stratum: undefined, guest: thread.guest?.name };
    const stack: ProfileFrame[] = [];
    if (this.#target.threads.length > 1) stack.push(this.#frames.holder(thread.name, outside));
    const task = this.#target.introspection.taskOf(thread);
    if (task !== undefined) stack.push(this.#frames.holder(task.name, outside));
    const activations = unwindThread(this.#target, thread).flatMap((level) => level.activations);
    let inner: ProfileFrame | undefined;
    for (const activation of activations.toReversed()) {
      const holder = this.#stratumOf(activation);
      if (holder !== inner) stack.push(holder);
      inner = holder;
      // A program that is none of the images is what its kernel calls it. Processes in a guest of the kernel's are not its own.
      const isOwn =
        activation.stratum === 'process' && (thread.guest !== undefined || !activation.mode.virtual);
      stack.push(...this.#functionsAt(activation, holder, isOwn ? task?.name : undefined));
    }
    return stack;
  }

  #stratumOf({ stratum, thread, regime }: Activation): ProfileFrame {
    const guest = this.#target.guestName(thread, regime);
    return this.#frames.holder(stratum, { stratum, guest });
  }

  #functionsAt(
    { image, registers }: Activation,
    of: ProfileFrame,
    program: string | undefined,
  ): readonly ProfileFrame[] {
    const { pc, pcKind } = registers;
    if (image === undefined) return [this.#nameless({ ...of, image: program })];
    const lookup = BigInt.asUintN(64, (pcKind === 'exact' ? pc : pc - 1n) - (image.slide ?? 0n));
    const linked = asLinked(image);
    const images = this.#known.get(of) ?? new Map<StratumImage, Map<bigint, readonly ProfileFrame[]>>();
    this.#known.set(of, images);
    const known = images.get(linked) ?? new Map<bigint, readonly ProfileFrame[]>();
    images.set(linked, known);
    const functions = known.get(lookup) ?? this.#describe(linked, lookup, of);
    known.set(lookup, functions);
    return functions;
  }

  #describe(
    { name: file, symbols }: StratumImage,
    address: bigint,
    of: ProfileFrame,
  ): readonly ProfileFrame[] {
    const { stratum, guest } = of;
    const image = file.replace(/\.[^.]*$/, '');
    const own = symbols.functionAt(address);
    const inSource = symbols.framesAt(address).toReversed();
    if (inSource.length === 0) return [this.#nameless({ ...of, image })];
    return inSource.map(({ name, kind, position }) =>
      this.#frames.function({
        name: `${image}!${name}`,
        stratum,
        guest,
        image,
        ...(kind === 'function'
          ? { file: own?.file, line: own?.line }
          : { file: position?.file, line: undefined }),
      }),
    );
  }

  /** Code that nothing is known of is one function: by address, nobody could tell what is hot. */
  #nameless({ stratum, guest, image }: ProfileFrame): ProfileFrame {
    const name = image === undefined ? '[unknown]' : `${image}![unknown]`;
    return this.#frames.function({ name, stratum, guest, image, file: undefined, line: undefined });
  }
}
