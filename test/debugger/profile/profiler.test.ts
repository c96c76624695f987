import assert from 'node:assert/strict';
import { cpuProfile } from '../../../src/debugger/profile/cpu-profile.ts';
import { flatProfile } from '../../../src/debugger/profile/flat-profile.ts';
import { foldedStacks } from '../../../src/debugger/profile/folded-stacks.ts';
import { Profiler } from '../../../src/debugger/profile/profiler.ts';
import type { Profile } from '../../../src/debugger/profile/profile.ts';
import { sampleSource, SampleSession, type SampleOptions } from '../sample-session.ts';

const stepsPerSample = 4999;

interface Profiled extends SampleSession {
  readonly profile: Profile;
}

/** Runs the sample kernel to its end, in slices of so many steps. */
function profiled(options: SampleOptions, stepsInSlice: number): Profiled {
  const session = new SampleSession(options);
  const profiler = new Profiler(session.debuggee, stepsPerSample);
  session.core.resume({ kind: 'continue', direction: 'forward' });
  while (profiler.runSlice(stepsInSlice).kind === 'running');
  return Object.assign(session, { profile: profiler.profile });
}

/** Types each text into the shell, one before the step at which the one before it was typed. */
function inShell(...typed: readonly string[]): Profile {
  const { core, debuggee } = new SampleSession({ append: '', placement: 'none' });
  const profiler = new Profiler(debuggee, stepsPerSample);
  for (const [index, text] of typed.entries()) {
    core.restart();
    core.resume({ kind: 'continue', direction: 'forward' });
    profiler.runSlice(371_000 + 2000 * (typed.length - index));
    core.input('uart0', Buffer.from(`${text}\n`));
    while (profiler.runSlice(50_000).kind === 'running');
  }
  return profiler.profile;
}

/** When samples were taken, and what was waited before them. */
function whenOf({ samples }: Profile): unknown {
  return samples.map(({ step, idleNanoseconds }) => ({ step, idleNanoseconds }));
}

describe('debugger/profile', () => {
  for (const placement of ['hosted', 'none'] as const)
    it(`finds where a program spends its steps, ${placement === 'none' ? 'on the bare machine' : 'under the VMM'}`, () => {
      const { profile, debuggee } = profiled({ append: 'run=primes', placement }, 100_000);
      const { machine } = debuggee.target;
      assert.equal(profile.samples.length, Math.floor(machine.steps / stepsPerSample));
      const { functions, strata, samples } = flatProfile(profile);
      const [hottest] = functions;
      assert.equal(hottest?.frame.name, 'primes!is_prime');
      assert.equal(hottest?.frame.file, sampleSource('kernel/programs/primes.c'));
      const shares = Object.fromEntries(strata.map((each) => [each.stratum, each.samples / samples]));
      assert.ok((shares['process'] ?? 0) > 0.4 && (shares['kernel'] ?? 0) > 0.3, JSON.stringify(shares));
      assert.equal(
        strata.reduce((sum, each) => sum + each.samples, 0),
        samples,
      );
      // Its callers, through its system calls.
      const folded = foldedStacks(profile);
      assert.match(folded, /^\[process\];primes!_start;primes!main;primes!is_prime \d+$/m);
      assert.match(
        folded,
        /^\[process\];primes!.*;\[kernel\];pebble!trap_entry;pebble!trap;.*syscall.* \d+$/m,
      );
      const steps = [...folded.matchAll(/ (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
      assert.equal(steps, profile.samples.length * stepsPerSample);
    });

  it('is the same however the run is cut into slices', () => {
    const [first, second] = [100_000, 777].map((slice) => profiled({ append: 'run=hello' }, slice));
    assert.ok(first && second && first.profile.samples.length > 50);
    assert.deepEqual(cpuProfile(second.profile), cpuProfile(first.profile));
    assert.equal(second.debuggee.target.machine.hash(), first.debuggee.target.machine.hash());
  });

  it('tells several guests apart', () => {
    const guests = ['a', 'b'].map((name) => ({ name, append: 'run=hello' }));
    const { profile } = profiled({ guests }, 100_000);
    const { strata } = flatProfile(profile);
    assert.deepEqual(
      strata
        .filter(({ stratum }) => stratum === 'kernel')
        .map(({ guest = '' }) => guest)
        .toSorted(),
      ['a', 'b'],
    );
    assert.match(foldedStacks(profile), /^\[a: vCPU 0\];\[kernel\];pebble!/m);
  });

  it('counts what is run through again only once', () => {
    const session = new SampleSession({ append: 'run=primes', placement: 'none' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'primes!main' }]);
    const profiler = new Profiler(session.debuggee, stepsPerSample);
    const go = (direction: 'forward' | 'backward'): void => {
      session.core.resume({ kind: 'continue', direction });
      while (profiler.runSlice(50_000).kind === 'running');
    };
    go('forward');
    const there = profiler.profile.samples.length;
    assert.ok(there > 50);
    go('backward');
    go('forward');
    assert.equal(profiler.profile.samples.length, there);
    go('forward');
    const steps = profiler.profile.samples.map(({ step }) => step);
    assert.deepEqual(
      steps,
      steps.map((_, index) => (index + 1) * stepsPerSample),
    );
  });

  it('leaves out a future that was given up for another', () => {
    const once = inShell('hello');
    const other = inShell('primes 3000', 'hello');
    assert.ok(once.samples.length > 50);
    assert.equal(foldedStacks(other), foldedStacks(once));
    assert.deepEqual(whenOf(other), whenOf(once));
    assert.match(foldedStacks(inShell('primes 3000')), /primes!is_prime/);
  });

  it('gives V8’s format the guest’s time, with what it waited', () => {
    const { profile, debuggee } = profiled({ append: 'run=tick', placement: 'none' }, 100_000);
    const { nodes, samples, timeDeltas, startTime, endTime } = cpuProfile(profile);
    const { machine } = debuggee.target;
    const time = (name: string): number => {
      const ids = new Set(
        nodes.filter(({ callFrame }) => callFrame.functionName === name).map(({ id }) => id),
      );
      const begins = timeDeltas.map(() => 0);
      timeDeltas.reduce((sum, delta, index) => (begins[index] = sum + delta), startTime);
      return samples.reduce(
        (sum, node, index) =>
          ids.has(node) ? sum + ((begins[index + 1] ?? endTime) - (begins[index] ?? 0)) : sum,
        0,
      );
    };
    assert.ok(timeDeltas.every((delta) => delta >= -1e-6));
    const last = profile.samples.at(-1);
    const busy = ((last?.step ?? 0) * profile.nanosecondsPerStep) / 1000;
    const waited = profile.samples.reduce((sum, { idleNanoseconds }) => sum + idleNanoseconds, 0) / 1000;
    assert.ok(waited > 100_000 && waited <= machine.idleNanoseconds / 1000);
    assert.ok(Math.abs(time('(idle)') - waited) < 1);
    assert.ok(Math.abs(endTime - startTime - busy - waited) < 1);
    assert.deepEqual(
      nodes.map(({ id }) => id),
      nodes.map((_, index) => index + 1),
    );
    const children = nodes.flatMap((node) => node.children);
    assert.equal(new Set(children).size, nodes.length - 1);
  });
});
