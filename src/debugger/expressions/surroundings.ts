import { addressInPage } from '../../common/page.ts';
import { virtualSupervisorMode } from '../../hart/hart-mode.ts';
import type { PageWalker } from '../../hart/translation/walk.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { FrameRegisters } from '../../symbols/unwind.ts';
import { lookupAddress } from '../../symbols/unwind.ts';
import { asLinked, type StratumImage } from '../images/image-set.ts';
import { formatMemoryReference } from '../memory-reference.ts';
import type { Activation } from '../stack/activation.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import type { Space } from './value.ts';

/**
 * What an expression can reach from where it is evaluated: spaces, images, registers of the frame. Found out when
 * first asked: a condition on an exit's facts must not unwind a stack.
 */
export class Surroundings {
  readonly target: Target;
  readonly context: EvaluationContext;
  #activation: Activation | undefined | 'unknown' = 'unknown';
  #virtual: Space | undefined;
  #own: { readonly image: StratumImage | undefined } | undefined;
  #program: { readonly image: StratumImage | undefined } | undefined;

  constructor(target: Target, context: EvaluationContext) {
    this.target = target;
    this.context = context;
  }

  get thread(): DebugThread {
    return this.context.thread;
  }

  get activation(): Activation | undefined {
    if (this.#activation === 'unknown') this.#activation = this.context.activation;
    return this.#activation;
  }

  /** How the code of the frame, or else of the thread, translates addresses. */
  get regime(): TranslationRegime {
    return this.activation?.regime ?? this.#threadRegime;
  }

  /** The page-table root of the frame's space. */
  get root(): bigint {
    return this.activation?.root ?? this.thread.cpu.root;
  }

  /** The memory that the frame's code sees. */
  get virtual(): Space {
    this.#virtual ??= this.#space(
      () => this.regime,
      (address) =>
        formatMemoryReference({ space: 'gva', guest: this.#guestOfRegime ?? '-', root: this.root, address }),
    );
    return this.#virtual;
  }

  /** The memory that the code which the thread runs sees, whatever the frame. */
  get threadVirtual(): Space {
    const { cpu, vcpu } = this.thread;
    const root = vcpu?.getCsr('vsatp') ?? (this.#isAtObservedExit ? this.#threadRegime.satp : cpu.root);
    return this.#space(
      () => this.#threadRegime,
      (address) => formatMemoryReference({ space: 'gva', guest: this.guest ?? '-', root, address }),
    );
  }

  /** What the guest takes for physical memory; `undefined` where there is no guest. */
  get guestPhysical(): Space | undefined {
    const { guest } = this;
    if (guest === undefined) return undefined;
    return this.#space(
      () => ({ ...(this.#isAtObservedExit ? this.#threadRegime : this.#guestRegime), satp: 0n }),
      (address) => formatMemoryReference({ space: 'gpa', guest, address }),
    );
  }

  /** The machine's own memory. */
  get physical(): Space {
    const regime = (): TranslationRegime => ({ ...this.regime, virtual: false, privilege: 3, satp: 0n });
    return this.#space(regime, (address) => formatMemoryReference({ space: 'hpa', address }));
  }

  /** The host-physical address of a virtual one; `undefined` where none is mapped. */
  walk(address: bigint): bigint | undefined {
    const walker: PageWalker = this.thread.hart.walker;
    const page = walker.walk({ address, access: 'any', regime: this.regime, effects: 'none' });
    if (typeof page !== 'number') return undefined;
    return addressInPage(page, address);
  }

  /** Name of the guest that the thread belongs to, or that its exit is of. */
  get guest(): string | undefined {
    return this.#guestOfRegime ?? (this.#isAtObservedExit ? this.context.exit?.guest : undefined);
  }

  get #guestOfRegime(): string | undefined {
    return this.target.guestName(this.thread, this.regime);
  }

  /** Is the context an exit to a VMM that is software of the machine? Then the thread is that VMM's hart. */
  get #isAtObservedExit(): boolean {
    return this.target.observed !== undefined && this.context.exit !== undefined;
  }

  /** How the guest's own accesses are translated. */
  get #guestRegime(): TranslationRegime {
    return this.thread.guest === undefined ? this.regime : this.#threadRegime;
  }

  /**
   * Images whose names mean something here, nearest first: that of the frame, the software below it, and the program
   * that is mapped in the space. The last is recognised only if it comes to that.
   */
  *images(): Generator<StratumImage> {
    const { target } = this;
    const guest = this.thread.guest?.name;
    const own = this.ownImage;
    if (own !== undefined) yield own;
    for (const stratum of ['kernel', 'machine'] as const)
      for (const image of target.images.of(stratum, guest))
        if (own === undefined || image !== asLinked(own)) yield this.placed(image);
    if (own?.stratum !== 'process' && this.program !== undefined) yield this.program;
  }

  /** An image as it lies in the space of the frame. */
  placed(image: StratumImage): StratumImage {
    return this.target.inSpace(image, this.thread, this.regime);
  }

  /** The image of the frame's code. */
  get ownImage(): StratumImage | undefined {
    this.#own ??= { image: this.activation ? this.activation.image : this.#imageOfThread() };
    return this.#own.image;
  }

  /** The program that is mapped in the space. */
  get program(): StratumImage | undefined {
    this.#program ??= {
      image:
        this.ownImage?.stratum === 'process'
          ? this.ownImage
          : this.target.programOf(this.thread, this.regime),
    };
    return this.#program.image;
  }

  /** Can data of an image be read here? That of a program only where the space in force is its own. */
  isInSpace(image: StratumImage): boolean {
    return image.stratum !== 'process' || image === this.program;
  }

  /** The frame's registers; those of the processor itself are looked at anew, for they can be changed. */
  get registers(): FrameRegisters {
    const { activation } = this;
    if (activation && !activation.isInnermost) return activation.registers;
    const { cpu } = activation?.thread ?? this.thread;
    const x = Array.from({ length: 32 }, (_, index) => cpu.getX(index));
    return { pc: cpu.pc, x, pcKind: 'exact' };
  }

  /** Are the frame's registers those of the processor? Then they can be changed. */
  get hasProcessor(): boolean {
    return this.activation?.isInnermost ?? true;
  }

  /** The address by which the frame's code is looked up. */
  get codeAddress(): bigint {
    return lookupAddress(this.registers);
  }

  /** Of the guest's code, also where the processor is seen as the VMM sees it. */
  get #threadRegime(): TranslationRegime {
    const { cpu, guest } = this.thread;
    return (guest !== undefined || this.#isAtObservedExit) && !cpu.mode.virtual
      ? cpu.regime(virtualSupervisorMode)
      : cpu.regime();
  }

  #imageOfThread(): StratumImage | undefined {
    const { cpu } = this.thread;
    return this.target.imageAt(cpu.pc, stratumOf(cpu.mode), this.thread.guest?.name, this.regime);
  }

  #space(regime: () => TranslationRegime, reference: (address: bigint) => string): Space {
    const { target } = this;
    return {
      read: (address, length) => target.read(BigInt.asUintN(64, address), length, regime()),
      write: (address, bytes) => target.write(BigInt.asUintN(64, address), bytes, regime()),
      reference,
    };
  }
}
