import { moduleLoaded } from '../../introspection/linux/modules.ts';
import type { ArmedAddresses } from '../breakpoints/armed-addresses.ts';
import { armedInImage } from '../breakpoints/arming.ts';
import type { BreakpointSet } from '../breakpoints/breakpoint-set.ts';
import { asLinked, type StratumImage } from '../images/image-set.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';

/**
 * Keeps the images of modules as the kernels have them, and breakpoints in them. Linux calls one function with each
 * module that it has loaded, before anything of it runs; breakpoints then stand in it from its first instruction on.
 */
export class ModuleWatch {
  readonly #target: Target;
  readonly #breakpoints: BreakpointSet;
  /** Where each kernel does so, as linked. */
  readonly #places: ReadonlyMap<StratumImage, bigint>;

  constructor(target: Target, breakpoints: BreakpointSet, armed: ArmedAddresses) {
    this.#target = target;
    this.#breakpoints = breakpoints;
    this.#places = new Map(
      target.images.all.flatMap((image) => {
        const [found] = image.stratum === 'kernel' ? image.symbols.functionsNamed(moduleLoaded) : [];
        return found === undefined ? [] : [[image, found.low] as const];
      }),
    );
    for (const [image, address] of this.#places)
      for (const each of armedInImage(image, address, target)) armed.arm(each.space, each.address);
  }

  /** The thread is about to run an instruction at an armed address. */
  atAddress(thread: DebugThread): void {
    const { cpu, guest } = thread;
    const couldBe = [...this.#places.values()].some((place) => ((place ^ cpu.pc) & 0xfffn) === 0n);
    if (!couldBe || stratumOf(cpu.mode) !== 'kernel') return;
    const image = this.#target.imageAt(cpu.pc, 'kernel', guest?.name, cpu.regime());
    const place = image && this.#places.get(asLinked(image));
    if (place === undefined || BigInt.asUintN(64, cpu.pc - (image?.slide ?? 0n)) !== place) return;
    this.#look(thread, true);
  }

  /** The debuggee stands still, perhaps at another time. */
  look(): void {
    if (this.#places.size === 0) return;
    const guests = new Set(this.#target.threads.map(({ guest }) => guest));
    for (const guest of guests) {
      const thread = this.#target.threads.find((each) => each.guest === guest);
      if (thread !== undefined) this.#look(thread, false);
    }
  }

  #look(thread: DebugThread, isLoading: boolean): void {
    const change = this.#target.introspection.lookForModules(thread, isLoading);
    if (change !== undefined) this.#breakpoints.rebind(change);
  }
}
