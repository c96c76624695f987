import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { EndingSignals, signalExitCode } from '../../src/cli/signals.ts';
import { li, op, ramBase, store, uart, x } from '../machine/fixture.ts';
import { buildStrata, samples, scratchFolder, startStrata } from './strata.ts';
import { machineCode, tinyElf } from './tiny-elf.ts';

describe('cli/signals', () => {
  const folder = scratchFolder();
  const running = new Set<ChildProcess>();
  before(buildStrata);
  afterEach(() => running.forEach((child) => child.kill('SIGKILL')));
  after(() => folder.dispose());

  /** Sends a signal once the guest has printed `ready`; its standard input has no end. */
  async function endBy(signal: NodeJS.Signals, ready: string, args: readonly string[]) {
    const child = startStrata(args);
    running.add(child);
    const output = { stdout: '', stderr: '' };
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const wasReady = output.stdout.includes(ready);
      output.stdout += text;
      if (!wasReady && output.stdout.includes(ready)) child.kill(signal);
    });
    await once(child, 'close');
    running.delete(child);
    return { code: child.exitCode, signal: child.signalCode, ...output };
  }

  for (const [signal, expected] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`writes statistics and profile where ${signal} ends a run that waits for input`, async () => {
      const file = folder.write(`${signal}.cpuprofile`, '');
      const args = ['run', samples.pebble, '--stats', '--profile', file];
      const outcome = await endBy(signal, '$ ', args);
      assert.deepEqual([outcome.code, outcome.signal], [expected, null]);
      assert.match(outcome.stderr, /^[\d,]+ steps in [^]*^\d+ samples, [^]*/m);
      assert.match(outcome.stderr, new RegExp(`^strata: ended by ${signal}\n$`, 'm'));
      const { samples: taken } = JSON.parse(readFileSync(file, 'utf8')) as { samples: readonly number[] };
      assert.ok(taken.length > 0);
    });

  for (const [what, options] of [
    ['never rests', []],
    ['all the time changes what is watched', ['--watch', `0x${(ramBase + 0x1000).toString(16)}/8`]],
  ] as const)
    it(`ends a guest that ${what}, too`, async () => {
      const program = machineCode([
        op('auipc', { rd: x.t2, imm: 0x1000 }),
        ...li(x.t0, uart),
        ...li(x.t1, 0x21),
        store('sb', x.t0, x.t1),
        op('addi', { rd: x.t1, rs1: x.t1, imm: 1 }),
        store('sd', x.t2, x.t1),
        op('jal', { rd: 0, imm: -8 }),
      ]);
      const segment = { address: BigInt(ramBase), bytes: program, memorySize: 0x2000n };
      const image = folder.write('busy.elf', tinyElf({ segments: [segment] }));
      const args = ['run', image, '--vmm', 'none', '--firmware', 'none', '--json', ...options];
      const { code, stderr } = await endBy('SIGTERM', '!', args);
      assert.equal(code, 143, stderr.slice(0, 600));
      const lines = stderr.split('\n').filter((line) => line.startsWith('{"type":"statistics"'));
      const { exitCode, steps } = JSON.parse(lines[0] ?? '') as Record<string, number>;
      assert.equal(exitCode, 143);
      assert.ok(Number(steps) > 0);
    });

  it('takes one signal, and leaves the next to the system, which ends the program', () => {
    const source = new EventEmitter();
    const signals = new EndingSignals(source);
    let calls = 0;
    signals.onDidReceive(() => calls++);
    assert.equal(signals.received, undefined);
    source.emit('SIGINT', 'SIGINT', 2);
    assert.deepEqual([signals.received, calls, signalExitCode('SIGINT')], ['SIGINT', 1, 130]);
    assert.deepEqual(source.eventNames(), []);
  });
});
