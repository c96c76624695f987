import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ImageSet, type StratumImage } from '../../src/debugger/images/image-set.ts';
import { GeneratedSources } from '../../src/debugger/stack/generated-sources.ts';
import { Stacks } from '../../src/debugger/stack/stack.ts';
import { Target, type DebugThread } from '../../src/debugger/target/target.ts';
import type { EvaluationContext } from '../../src/debugger/expressions/evaluation-context.ts';
import type { Stratum } from '../../src/debugger/stratum.ts';
import { createMachine } from '../../src/machine/machine.ts';
import { loadImage } from '../../src/symbols/symbol-index.ts';
import type { ExitReason } from '../../src/vmm/exits/reasons.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import { loadSample } from '../vmm/sample-image.ts';

const programs = ['init', 'sh', 'primes', 'count'];

/** The sample kernel with symbols, under the VMM as guest `a` or on the bare machine. */
export class Pebble {
  readonly target: Target;
  readonly stacks: Stacks;

  constructor(placement: 'hosted' | 'none', run: string) {
    const image = loadSample('kernel/build/pebble.elf');
    const guest = placement === 'hosted' ? 'a' : undefined;
    const images = new ImageSet([
      stratumImage('pebble', 'kernel', guest),
      ...programs.map((name) => stratumImage(name, 'process', guest)),
    ]);
    const bootArguments = `run="${run}"`;
    if (placement === 'none')
      this.target = new Target({ machine: createMachine({ image, bootArguments }), vmm: undefined, images });
    else {
      const software = { image, bootArguments };
      const guests = [{ name: 'a', memoryBytes: 16 * 0x10_0000, software }];
      this.target = new Target({ ...createHostedMachine({ guests }), images });
    }
    this.stacks = new Stacks(this.target, new GeneratedSources());
  }

  get thread(): DebugThread {
    return this.target.currentThread;
  }

  /** Runs until a thread is at the body of a function of an image. */
  runTo(imageName: string, functionName: string): void {
    const [image] = this.target.images.named(imageName);
    const [found] = image?.symbols.functionsNamed(functionName) ?? [];
    assert.ok(image && found, `${imageName}!${functionName}`);
    const address = image.symbols.prologueEnd(found);
    const { breakpoints } = this.target.machine;
    breakpoints.add('virtual', address);
    for (;;) {
      const stop = this.target.machine.run({ budget: 20_000_000 });
      assert.equal(stop.kind, 'breakpoint', `${imageName}!${functionName} is never reached`);
      this.stacks.forget();
      const [frame] = this.stacks.framesOf(this.thread);
      if (frame?.kind === 'code' && frame.image === image.name) break;
    }
    breakpoints.remove('virtual', address);
  }

  /** Runs until the VMM has done all about an exit of the reason but enter the guest again. */
  runToExit(reason: ExitReason): void {
    const { vmm, machine } = this.target;
    this.stacks.forget();
    const stop = machine.run({
      budget: 50_000_000,
      stopBeforeStage: ({ name }) => name === 'resume' && vmm?.currentExit?.record.reason === reason,
    });
    assert.equal(stop.kind, 'stage');
  }

  /** What an expression can mean in a frame of the current thread, counted among those with code. */
  context(depth = 0): EvaluationContext {
    const activations = this.stacks
      .framesOf(this.thread)
      .map(({ id }) => this.stacks.subject(id))
      .flatMap((subject) => (subject.kind === 'activation' ? [subject.activation] : []));
    return {
      thread: this.thread,
      activation: activations[depth],
      exit: this.target.vmm?.currentExit?.record,
      trap: undefined,
      precedence: 'event',
    };
  }
}

function stratumImage(name: string, stratum: Stratum, guest: string | undefined): StratumImage {
  const url = new URL(`../../sample-guests/kernel/build/${name}.elf`, import.meta.url);
  const symbols = loadImage(`${name}.elf`, readFileSync(url));
  assert.ok(symbols.ok);
  return { name: `${name}.elf`, path: url.pathname, stratum, guest, symbols: symbols.value };
}
