import assert from 'node:assert/strict';
import type { DataAccess } from '../../../src/debugger/watches/data-watch.ts';
import type { BoundBreakpoint, BreakpointOptions } from '../../../src/debugger/breakpoints/breakpoint.ts';
import { SampleSession } from '../sample-session.ts';

/** Stops where a function of a program or the kernel begins. */
function standingIn(name: string, options: ConstructorParameters<typeof SampleSession>[0]): SampleSession {
  const session = new SampleSession(options);
  session.core.setBreakpoints('functions', [{ kind: 'function', name }]);
  session.runToStop();
  session.core.setBreakpoints('functions', []);
  return session;
}

/** Sets a data breakpoint on an expression in the innermost frame; all others go. */
function watch(
  session: SampleSession,
  expression: string,
  access: DataAccess = 'write',
  options: BreakpointOptions = {},
): BoundBreakpoint {
  const offer = session.core.watchable(expression, {}, session.frames[0]?.id);
  assert.ok(offer.ok, offer.ok ? '' : offer.message);
  const [bound] = session.core.setBreakpoints('data', [
    { kind: 'data', dataId: offer.dataId, access, ...options },
  ]);
  assert.ok(bound);
  return bound;
}

for (const placement of ['hosted', 'none'] as const)
  describe(`debugger/watches, ${placement === 'none' ? 'on the bare machine' : 'of a guest'}`, () => {
    it('stops after a variable of a process has changed, and says who changed it from what to what', () => {
      const session = standingIn('primes!main', { append: 'run="primes 50"', placement });
      const bound = watch(session, 'found');
      assert.equal(bound.verified, true, bound.message);
      for (const [before, after] of [
        [0, 1],
        [1, 2],
      ]) {
        const stop = session.runToStop();
        assert.deepEqual(stop.reason, { kind: 'data', breakpointIds: [bound.id] });
        const thread = placement === 'none' ? 'hart 0' : 'pebble: vCPU 0';
        assert.match(
          stop.description,
          new RegExp(
            `^found: ${before} → ${after}, written by process on ${thread} in primes!main \\(primes\\.c:\\d+\\)$`,
          ),
        );
        assert.equal(session.evaluate('found'), `${after}`);
        assert.equal(session.evaluate('old'), `0x${before}`);
      }
      session.core.setBreakpoints('data', []);
      assert.equal(session.run().kind, 'ended');
    });

    it('goes back to the last write, and from there to the one before', () => {
      const session = standingIn('primes!main', { append: 'run="primes 1000"', placement });
      watch(session, 'found');
      const marks = [0, 1, 2].map(() => session.runToStop().mark);
      session.core.setBreakpoints('functions', [{ kind: 'function', name: 'primes!print' }]);
      watch(session, 'found', 'write', { condition: 'new == 100' });
      const last = session.runToStop();
      assert.match(last.description, /^found: 99 → 100, /);
      session.core.setBreakpoints('data', []);
      session.runToStop();
      watch(session, 'last_prime');
      assert.match(session.runToStop('backward').description, /^last_prime: 991 → 997, written /);
      watch(session, 'found');
      assert.match(session.runToStop('backward').description, /^found: 167 → 168, /);
      assert.match(session.runToStop('backward').description, /^found: 166 → 167, /);
      watch(session, 'found', 'write', { condition: 'old < 3' });
      for (const mark of marks.toReversed()) assert.deepEqual(session.runToStop('backward').mark, mark);
      assert.equal(session.runToStop('backward').reason.kind, 'beginning');
    });

    it('stops at writes of the kernel to its own variable, before it has page tables, too', () => {
      const session = new SampleSession({ append: 'run=hello,hello', placement });
      const bound = watch(session, 'last_pid');
      assert.equal(bound.verified, true, bound.message);
      const stops = [1, 2].map(() => session.runToStop());
      for (const [index, stop] of stops.entries()) {
        assert.equal(stop.stratum, 'kernel');
        assert.match(
          stop.description,
          new RegExp(
            `^last_pid: ${index} → ${index + 1}, written by kernel on .* in pebble!\\w+ \\(process\\.c:\\d+\\)$`,
          ),
        );
      }
    });

    it('tells reads from writes', () => {
      const session = standingIn('primes!main', { append: 'run="primes 8"', placement });
      watch(session, 'found', 'read');
      assert.match(session.runToStop().description, /^found: 0, read by process /);
      watch(session, 'found', 'readWrite');
      assert.match(session.runToStop().description, /^found: 0 → 1, written /);
      assert.match(session.runToStop().description, /^found: 1, read /);
      watch(session, 'found', 'readWrite', { condition: 'write', hitCondition: '2' });
      assert.match(session.runToStop().description, /: 2 → 3, /);
    });
  });

describe('debugger/watches', () => {
  it('stops at a member of a structure by its name and its type', () => {
    const session = new SampleSession({ append: 'run=hello', placement: 'none' });
    watch(session, 'processes');
    const seen: string[] = [];
    for (let stop = 0; stop < 16; stop++) seen.push(session.runToStop().description);
    assert.ok(
      seen.some((text) => /^processes\[\d\]\.state: PROCESS_FREE → PROCESS_READY, written /.test(text)),
      seen.join('\n'),
    );
  });

  it('does not stop where a value stays what it was, unless every access counts', () => {
    const session = new SampleSession({ append: 'run=hello', placement: 'none' });
    watch(session, 'last_pid', 'readWrite', { condition: 'write' });
    // The kernel clears its variables, which are zero anyway.
    assert.match(session.runToStop().description, /^last_pid: 0 as before, written /);
    watch(session, 'last_pid');
    assert.match(session.runToStop().description, /^last_pid: 0 → 1, /);
  });

  it('watches guest-physical and host-physical memory, whatever code writes there', () => {
    const session = new SampleSession({ append: 'run=hello' });
    const at = (text: string, bytes: number): BoundBreakpoint | undefined => {
      const offer = session.core.watchable(text, { bytes, isAddress: true }, undefined);
      assert.ok(offer.ok, offer.ok ? '' : offer.message);
      return session.core.setBreakpoints('data', [
        { kind: 'data', dataId: offer.dataId, access: 'write' },
      ])[0];
    };
    assert.equal(at('gpa:pebble:0x8021d598', 4)?.verified, true);
    assert.match(session.runToStop().description, /^gpa:pebble:0x8021d598: 0x0 → 0x1, written by kernel /);
    const host = session.evaluate('walk(&last_pid)').replace(/ .*/, '');
    assert.equal(at(`hpa:${host}`, 4)?.verified, true);
    assert.match(session.runToStop().description, /^hpa:0x[0-9a-f]+: 0x1 → 0x2, /);
    assert.equal(session.run().kind, 'ended');
  });

  it('tells of each of several that overlap, of any size and anywhere, among thousands', () => {
    const session = standingIn('primes!main', { append: 'run="primes 8"' });
    const offers = [
      session.core.watchable('found', {}, session.frames[0]?.id),
      ...[3, 1].map((bytes) =>
        session.core.watchable('(char *)&found', { bytes, isAddress: true }, session.frames[0]?.id),
      ),
      session.core.watchable('(char *)&found + 1', { bytes: 5, isAddress: true }, session.frames[0]?.id),
    ].map((offer) => (offer.ok ? offer.dataId : assert.fail(offer.message)));
    const elsewhere = Array.from(
      { length: 5000 },
      (_, index) => `gpa:pebble:${0x8080_0000 + 24 * index}/8 ${index}`,
    );
    const bound = session.core.setBreakpoints(
      'data',
      [...offers, ...elsewhere].map((dataId) => ({ kind: 'data', dataId, access: 'write' })),
    );
    assert.ok(bound.every(({ verified }) => verified));
    const { reason, description } = session.runToStop();
    assert.deepEqual(reason, { kind: 'data', breakpointIds: bound.slice(0, 3).map(({ id }) => id) });
    assert.match(description, /^found: 0 → 1, [^;]*(; \(char \*\)&found \(0x12000\): 0x0 → 0x1, [^;]*){2}$/);
  });

  it('is about a local variable as long as its frame is on the stack', () => {
    const session = standingIn('pebble!print', { append: 'run="hello"', placement: 'none' });
    const frame = session.frames[0];
    assert.ok(frame);
    const local = session.core
      .scopes(frame.id)
      .flatMap(({ kind, variables }) => (kind === 'locals' || kind === 'arguments' ? variables() : []))
      .map((variable) => variable.watch?.())
      .find((offer) => offer?.ok);
    assert.ok(local?.ok, 'a variable on the stack');
    session.core.setBreakpoints('data', [{ kind: 'data', dataId: local.dataId, access: 'readWrite' }]);
    const { mark } = session.runToStop();
    assert.ok(session.frames.some(({ name }) => name === 'pebble!print'));
    for (let stops = 0; stops < 200; stops++) {
      const result = session.run();
      if (result.kind !== 'stopped') break;
      assert.ok(
        session.frames.some(({ name }) => name === 'pebble!print'),
        session.top,
      );
    }
    assert.ok(mark.step > 0);
  });

  it('is about memory of one process, not of another that has its page tables later', () => {
    const session = standingIn('hello!main', {
      append: 'run="primes 8,hello,count,hello,primes 8,sh"',
      placement: 'none',
    });
    const roots = [session.evaluate('$satp')];
    const offer = session.core.watchable('$sp', { bytes: 16, isAddress: true }, session.frames[0]?.id);
    assert.ok(offer.ok);
    const messages: (string | undefined)[] = [];
    session.core.onDidChangeBreakpoint(({ message }) => messages.push(message));
    session.core.setBreakpoints('data', [{ kind: 'data', dataId: offer.dataId, access: 'readWrite' }]);
    session.core.setBreakpoints('functions', [{ kind: 'function', name: 'sh!main' }]);
    for (let stop = session.runToStop(); stop.reason.kind === 'data'; stop = session.runToStop())
      assert.match(session.evaluate('process.name'), /hello|none/);
    roots.push(session.evaluate('$satp'));
    assert.equal(new Set(roots).size, 1, 'the kernel gives tables of processes to others');
    assert.match(messages.at(-1) ?? '', /^This is memory of sh\.elf now; that of hello\.elf is watched/);
    session.core.setBreakpoints('functions', []);
    assert.match(session.runToStop('backward').description, /^\$sp \(0x[0-9a-f]+\)/);
    assert.equal(messages.at(-1), undefined);
  });

  it('says why something cannot be watched', () => {
    const session = standingIn('primes!main', { append: 'run="primes 8"' });
    const frame = session.frames[0]?.id;
    const problem = (text: string, what: { bytes?: number; isAddress?: true } = {}): string => {
      const offer = session.core.watchable(text, what, frame);
      if (!offer.ok) return offer.message;
      const [bound] = session.core.setBreakpoints('data', [
        { kind: 'data', dataId: offer.dataId, access: 'write' },
      ]);
      assert.equal(bound?.verified, false, text);
      return bound.message ?? '';
    };
    assert.match(problem('$a0'), /lives in a register, and cannot be watched/);
    assert.match(problem('found + 1'), /is computed/);
    assert.match(problem('main'), /is code/);
    assert.match(problem('nothing'), /there is no 'nothing'/);
    assert.match(
      problem('0xffffffff00000000', { isAddress: true }),
      /Nothing is mapped at 0xffffffff00000000\./,
    );
    assert.match(problem('0x12345678', { isAddress: true }), /Nothing is mapped .* watched as soon/);
    assert.match(problem('&found', { isAddress: true, bytes: 2 ** 21 }), /2097152 bytes are too many/);
    assert.match(problem('gpa:pebble:0x70000000', { isAddress: true }), /Nothing is mapped at gpa:/);
    assert.match(problem('hpa:0x10000000', { isAddress: true }), /is no RAM/);
    assert.match(problem('gpa:nobody:0x80000000', { isAddress: true }), /no guest 'nobody'/);
    const [bad] = session.core.setBreakpoints('data', [{ kind: 'data', dataId: 'x', access: 'read' }]);
    assert.match(bad?.message ?? '', /names nothing/);
  });

  it('has the same history with watches that are hit and passed as without', () => {
    const [plain, watched] = ['none', 'some'].map((which) => {
      const session = standingIn('primes!main', { append: 'run="primes 500"' });
      if (which === 'some') watch(session, 'found', 'readWrite', { condition: 'new == 100000' });
      assert.equal(session.run().kind, 'ended');
      return session.debuggee.target.machine.hash();
    });
    assert.equal(watched, plain);
  });
});
