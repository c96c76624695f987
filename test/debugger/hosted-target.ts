import assert from 'node:assert/strict';
import { ImageSet, type StratumImage } from '../../src/debugger/images/image-set.ts';
import { loadMachineImage } from '../../src/debugger/target/load-image.ts';
import { Target, type DebugThread } from '../../src/debugger/target/target.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { loadImage } from '../../src/symbols/symbol-index.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import type { HostedVmm } from '../../src/vmm/vmm.ts';
import { sampleFile } from './bare-target.ts';

/** The sample kernel in guests of the hosted VMM, one for each command line. */
export class HostedTarget {
  readonly machine: Machine;
  readonly vmm: HostedVmm;
  readonly target: Target;

  constructor(guests: Readonly<Record<string, string>>, population: 'at-start' | 'on-demand' = 'at-start') {
    const kernel = loadMachineImage(sampleFile('kernel/build/pebble.elf'), 'kernel', 16 << 20);
    assert.ok(kernel.ok);
    const image = kernel.value;
    const configurations = Object.entries(guests).map(([name, bootArguments]) => ({
      name,
      software: { image, bootArguments },
      memoryBytes: 16 << 20,
      population,
    }));
    const { machine, vmm } = createHostedMachine({ guests: configurations });
    this.machine = machine;
    this.vmm = vmm;
    const images = new ImageSet(Object.keys(guests).flatMap((name) => imagesOf(name)));
    this.target = new Target({ machine, vmm, images });
  }

  thread(guest: string): DebugThread {
    return (
      this.target.threads.find((thread) => thread.guest?.name === guest) ?? assert.fail(`no guest ${guest}`)
    );
  }

  /** Runs until a guest's process runs this program. */
  runToProcess(guest: string, program: string): void {
    const thread = this.thread(guest);
    for (let slice = 0; slice < 10_000; slice++) {
      this.machine.run({ budget: 1000 });
      if (this.vmm.currentVcpu !== thread.vcpu || thread.cpu.mode.privilege !== 0) continue;
      if (this.target.programOf(thread, thread.cpu.regime())?.name === program) return;
    }
    assert.fail(`${program} has not run in ${guest}`);
  }

  /** Runs until an exit of this reason, before its stage. */
  runToExit(reason: string, stage: string): void {
    const stop = this.machine.run({
      budget: 100_000_000,
      stopBeforeStage: () =>
        this.vmm.currentExit?.record.reason === reason && this.vmm.currentExit.stage === stage,
    });
    assert.equal(stop.kind, 'stage');
  }
}

function imagesOf(guest: string): readonly StratumImage[] {
  const programs = ['hello.elf', 'count.elf', 'primes.elf', 'sh.elf', 'init.elf'];
  return ['pebble.elf', ...programs].map((name) => {
    const { path, bytes } = sampleFile(`kernel/build/${name}`);
    const loaded = loadImage(name, bytes);
    assert.ok(loaded.ok);
    return {
      name,
      path,
      stratum: name === 'pebble.elf' ? 'kernel' : 'process',
      guest,
      symbols: loaded.value,
    };
  });
}
