import assert from 'node:assert/strict';
import { lineOf, sampleSource, SampleSession } from '../sample-session.ts';

/** In the middle of a line, with the address of the line's next instruction. */
function inLine(): { readonly session: SampleSession; readonly reference: string } {
  const session = new SampleSession({ append: 'run="primes 5"' });
  session.core.setBreakpoints('functions', [
    { kind: 'function', name: 'primes!is_prime', hitCondition: '2' },
  ]);
  session.runToStop();
  session.core.setBreakpoints('functions', []);
  const [frame] = session.frames;
  assert.ok(frame?.kind === 'code');
  return { session, reference: `0x${(frame.pc + 4n).toString(16)}` };
}

describe('debugger/run: breakpoints', () => {
  it('stops at a function of one program only, though others run at the same addresses', () => {
    const session = new SampleSession({ append: 'run=hello,primes,hello' });
    const [bound] = session.core.setBreakpoints('functions', [{ kind: 'function', name: 'primes!main' }]);
    assert.equal(bound?.verified, true);
    const stop = session.runToStop();
    assert.equal(stop.stratum, 'process');
    assert.deepEqual(stop.reason, { kind: 'breakpoint', breakpointIds: [bound?.id] });
    assert.match(session.top, /^primes!main primes\.c:/);
    assert.match(session.output, /Hello from process/);
    assert.doesNotMatch(session.output, /primes:/);
    const end = session.run();
    assert.equal(end.kind, 'ended');
  });

  it('stops in every instance of a program, and after each change of space', () => {
    const session = new SampleSession({ append: 'run=hello,hello' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!main' }]);
    const roots = [0, 1].map(() => {
      session.runToStop();
      return session.evaluate('$satp');
    });
    assert.notEqual(roots[0], roots[1]);
    assert.equal(session.run().kind, 'ended');
  });

  it('stops at a line of the kernel, with condition and hit count', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const path = sampleSource('kernel/uart.c');
    const line = lineOf('kernel/uart.c', 'void uart_put(');
    const [bound] = session.core.setBreakpoints(path, [{ kind: 'source', path, line, hitCondition: '5' }]);
    assert.equal(bound?.verified, true);
    session.runToStop();
    assert.match(session.top, /pebble!uart_put uart\.c/);
    assert.equal(session.output.length, 4, session.output);
  });

  it('stops at any exit or trap that the condition tells', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const filter = (id: string, condition: string): void => {
      session.core.setBreakpoints('filters', [{ kind: 'filter', filter: id, condition }]);
    };
    filter('exit.any', 'reason == "mmio-load"');
    assert.equal(session.runToStop().description, 'VM exit: guest-page fault (load, uart0.LSR)');
    filter('trap.any', 'code == 8 && to == "kernel"');
    assert.match(session.runToStop().description, /^trap: environment call from U mode or VU mode/);
  });

  it('stops at exits by reason and condition, and counts stages as steps', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('filters', [
      { kind: 'filter', filter: 'exit.mmio-store', condition: 'gpa == 0x10000000 && write' },
    ]);
    const stop = session.runToStop();
    assert.equal(stop.stratum, 'vmm');
    assert.equal(stop.description, 'VM exit: guest-page fault (store, uart0.THR)');
    const stages = [stop.mark.stage];
    const names = [session.frames[0]?.name];
    for (let index = 0; index < 4; index++) {
      stages.push(session.step('over').mark.stage);
      names.push(session.frames[0]?.name);
    }
    assert.deepEqual(stages, [0, 1, 2, 3, 4]);
    assert.deepEqual(names, ['vmm!exit', 'vmm!decode', 'vmm!find', 'vmm!emulate', 'vmm!resume']);
    assert.equal(session.step('over').mark.stage, undefined);
    assert.match(session.top, /pebble!uart_put/);
    assert.equal(session.output, 'p');
  });

  it('stops at a stage of exits by its name', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'vmm!emu*' }]);
    session.runToStop();
    assert.equal(session.frames[0]?.name, 'vmm!emulate');
  });

  it('counts the hits of a stage', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('functions', [
      { kind: 'function', name: 'vmm!emulate', condition: 'register == "THR"', hitCondition: '3' },
    ]);
    session.runToStop();
    assert.equal(session.frames[0]?.name, 'vmm!emulate');
    assert.equal(session.output.length, 2);
  });

  it('counts hits by when they were: going back takes them back', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const request = { kind: 'function', name: 'pebble!uart_put', hitCondition: '5' } as const;
    session.core.setBreakpoints('functions', [request]);
    const { mark } = session.runToStop();
    session.step('over', 'instruction', 'backward');
    assert.deepEqual(session.runToStop().mark, mark);
    assert.equal(session.runToStop('backward').reason.kind, 'beginning');
    assert.deepEqual(session.runToStop().mark, mark);
  });

  it('comes back often while a guest sleeps, so that what it prints is seen', () => {
    const session = new SampleSession({ append: 'run="tick 3"', placement: 'none' });
    session.core.resume({ kind: 'continue', direction: 'forward' });
    const outputs = new Set<string>();
    for (;;) {
      const result = session.core.runSlice(1_000_000_000);
      outputs.add(session.output);
      if (result.kind !== 'running') break;
    }
    assert.ok(outputs.size >= 3, [...outputs].join('|'));
  });

  it('counts hits anew after a restart', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('functions', [
      { kind: 'function', name: 'pebble!uart_put', hitCondition: '2' },
    ]);
    const { mark } = session.runToStop();
    session.core.restart();
    assert.deepEqual(session.runToStop().mark, mark);
  });

  it('meets a log point by a step that ends there, once', () => {
    const { session, reference } = inLine();
    const logged: string[] = [];
    session.core.onDidLog((text) => logged.push(text));
    session.core.setBreakpoints('instructions', [
      { kind: 'instruction', reference, offset: 0, condition: '$a0 == 3', logMessage: 'passed' },
    ]);
    assert.deepEqual(session.step('in', 'instruction').reason, { kind: 'step' });
    assert.deepEqual(logged, ['passed']);
    assert.equal(session.run().kind, 'ended');
    assert.deepEqual(logged, ['passed']);
  });

  it('stops within the line that a step leaves', () => {
    const { session, reference } = inLine();
    const before = session.core.stop?.mark.step ?? 0;
    session.core.setBreakpoints('instructions', [{ kind: 'instruction', reference, offset: 0 }]);
    const stop = session.step('over');
    assert.equal(stop.reason.kind, 'breakpoint');
    assert.deepEqual(stop.mark, { step: before + 1 });
  });

  it('keeps its stop where a step names a thread that there is not', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!main' }]);
    const stop = session.runToStop();
    assert.throws(
      () =>
        session.core.resume({
          kind: 'step',
          how: 'over',
          direction: 'forward',
          granularity: 'line',
          threadId: 99,
        }),
      /no thread 99/,
    );
    assert.equal(session.core.stop, stop);
  });

  it('says that guest memory which is not there yet takes no breakpoint', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const [there, nowhere] = session.core.setBreakpoints('instructions', [
      { kind: 'instruction', reference: 'gpa:pebble:0x80200000', offset: 0 },
      { kind: 'instruction', reference: 'gpa:pebble:0x70000000', offset: 0 },
    ]);
    assert.equal(there?.verified, true);
    assert.equal(nowhere?.verified, false);
    assert.match(nowhere.message ?? '', /no memory there/);
  });

  it('stops at traps by cause, with who took them from whom', () => {
    const session = new SampleSession({ append: 'run=fault' });
    session.core.setBreakpoints('filters', [
      { kind: 'filter', filter: 'trap.store-amo-page-fault', condition: 'from == "process" && tval < 4096' },
    ]);
    const stop = session.runToStop();
    assert.equal(stop.stratum, 'kernel');
    assert.match(stop.description, /store\/AMO page fault, VU to VS/);
    assert.equal(session.evaluate('from == "process" && code == 15'), '1');
  });

  it('ignores the exits of another guest', () => {
    const session = new SampleSession({
      guests: [
        { name: 'a', append: 'run=hello' },
        { name: 'b', append: 'run=hello' },
      ],
    });
    session.core.setBreakpoints('filters', [
      { kind: 'filter', filter: 'exit.mmio-store', condition: 'guest == "b"', hitCondition: '1' },
    ]);
    const stop = session.runToStop();
    assert.equal(session.core.threads.find(({ id }) => id === stop.threadId)?.name, 'b: vCPU 0');
    session.core.setBreakpoints('filters', []);
    assert.equal(session.run().kind, 'ended');
    const texts = session.core.consoles.map(({ text }) => text);
    assert.equal(texts.length, 2);
    for (const text of texts) assert.equal(text.match(/Hello from process/g)?.length, 1);
  });

  it('logs in place of stopping, and says why a breakpoint stands nowhere', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const logged: string[] = [];
    session.core.onDidLog((text) => logged.push(text));
    const bound = session.core.setBreakpoints('functions', [
      { kind: 'function', name: 'hello!main', logMessage: 'main at {$pc > 0}' },
      { kind: 'function', name: 'nowhere!main' },
      { kind: 'function', name: 'hello!nothing' },
      { kind: 'function', name: '' },
      { kind: 'function', name: 'vmm!nothing' },
      { kind: 'function', name: 'hello!main', condition: '1 +' },
      { kind: 'function', name: 'hello!main', condition: '(uint64_t)$a0 == -1' },
    ]);
    assert.deepEqual(
      bound.map(({ verified }) => verified),
      [true, false, false, false, false, false, true],
    );
    assert.match(bound[1]?.message ?? '', /no image 'nowhere'/);
    assert.equal(session.run().kind, 'ended');
    assert.deepEqual(logged, ['main at 1']);
  });

  it('takes effect and goes away while the guest runs', () => {
    const session = new SampleSession({ append: 'run=count' });
    session.core.resume({ kind: 'continue', direction: 'forward' });
    assert.equal(session.core.runSlice(400_000).kind, 'running');
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'count!write' }]);
    let result = session.core.runSlice(100_000);
    while (result.kind === 'running') result = session.core.runSlice(100_000);
    assert.equal(result.kind, 'stopped');
    session.core.setBreakpoints('functions', []);
    assert.equal(session.run().kind, 'ended');
  });
});
