import assert from 'node:assert/strict';
import { SampleSession } from '../sample-session.ts';

/** At the beginning of main in `hello`. */
function atHello(): SampleSession {
  const session = new SampleSession({ append: 'run=hello' });
  session.core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!main' }]);
  session.runToStop();
  session.core.setBreakpoints('functions', []);
  return session;
}

describe('debugger/run: stepping', () => {
  it('steps over lines of a process, system calls and all', () => {
    const session = atHello();
    const lines = [session.top];
    for (let index = 0; index < 2; index++) {
      session.step('over');
      lines.push(session.top);
    }
    assert.ok(
      lines.every((line) => line.startsWith('hello!')),
      lines.join('; '),
    );
    assert.equal(new Set(lines).size, lines.length, lines.join('; '));
    assert.match(session.output, /Hello from process/);
  });

  it('steps from the process through ecall into the kernel, and out again', () => {
    const session = new SampleSession({ append: 'run=hello' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!write' }]);
    session.runToStop();
    session.core.setBreakpoints('functions', []);
    while (session.core.stop?.stratum === 'process' && session.frames.length < 7)
      session.step('in', 'instruction');
    assert.equal(session.core.stop?.stratum, 'kernel');
    assert.match(session.top, /^pebble!trap_entry trap\.S/);
    const names = session.frames.map(({ name }) => name);
    assert.ok(names.includes('— ecall from VU: system call 2 (write) —'), names.join('\n'));
    assert.equal(names.at(-1)?.startsWith('hello!_start'), true);
    session.step('out');
    assert.equal(session.core.stop?.stratum, 'process');
    assert.match(session.top, /^hello!write syscalls\.S/);
  });

  it('comes back from a function without a frame into the middle of its caller’s line', () => {
    const session = atHello();
    session.step('in');
    assert.match(session.top, /^hello!getpid/);
    while (session.top.startsWith('hello!getpid')) session.step('over');
    assert.match(session.top, /^hello!main hello\.c:5/);
    assert.doesNotMatch(session.output, /Hello/);
  });

  it('steps into a function past its prologue, and out to its caller', () => {
    const session = atHello();
    const before = session.frames.length;
    session.step('in');
    assert.equal(session.frames.length, before + 1, session.top);
    session.step('out');
    assert.match(session.top, /^hello!main/);
  });

  it('steps in the kernel without falling into handlers of interrupts', () => {
    const session = new SampleSession({ append: 'run=primes' });
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'primes!main' }]);
    session.runToStop();
    session.core.setBreakpoints('functions', []);
    for (let index = 0; index < 40; index++) {
      const stop = session.step('over');
      assert.equal(stop.stratum, 'process', session.top);
      if (session.output.includes('primes:')) return;
    }
  });

  it('goes back to the former line, over calls and system calls', () => {
    const session = atHello();
    const former = session.top;
    session.step('over');
    assert.notEqual(session.top, former);
    session.step('over', 'line', 'backward');
    assert.match(session.top, /^hello!main hello\.c:5$/);
    session.step('out');
    assert.match(session.top, /^hello!_start/);
    session.step('over', 'line', 'backward');
    assert.match(session.top, /^hello!_start start\.S:12/);
    session.step('over', 'line', 'backward');
    assert.match(session.top, /^hello!_start start\.S:11/);
    session.step('over', 'line', 'backward');
    assert.equal(session.core.stop?.stratum, 'kernel');
  });

  it('goes back by instruction, to the very step', () => {
    const session = atHello();
    const marks = [session.core.stop?.mark];
    for (let index = 0; index < 5; index++) marks.push(session.step('in', 'instruction').mark);
    for (let index = 4; index >= 0; index--)
      assert.deepEqual(session.step('in', 'instruction', 'backward').mark, marks[index]);
  });

  it('continues backwards to the last exit, and to the beginning', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const filters = [
      { kind: 'filter', filter: 'exit.mmio-store', condition: 'write && value == 72' } as const,
    ];
    session.core.setBreakpoints('filters', filters);
    const first = session.runToStop();
    session.step('out');
    const again = session.runToStop('backward');
    assert.deepEqual(again.mark, first.mark);
    const beginning = session.runToStop('backward');
    assert.equal(beginning.reason.kind, 'beginning');
    assert.equal(session.output, '');
  });

  it('steps an instruction that jumps to itself once', () => {
    const session = atHello();
    const { core } = session;
    const pc = BigInt(session.evaluate('$pc'));
    const before = core.stop?.mark.step ?? 0;
    core.writeMemory({ space: 'current', address: pc }, 0n, Uint8Array.of(0x01, 0xa0));
    core.resume({ kind: 'step', how: 'over', direction: 'forward', granularity: 'instruction', threadId: 1 });
    assert.equal(core.runSlice(1000).kind, 'stopped');
    assert.deepEqual(core.stop?.mark, { step: before + 1 });
  });

  it('restarts into the same history', () => {
    const session = atHello();
    const mark = session.core.stop?.mark;
    session.core.restart();
    assert.equal(session.output, '');
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!main' }]);
    assert.deepEqual(session.runToStop().mark, mark);
  });
});
