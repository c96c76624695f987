import assert from 'node:assert/strict';
import type { StdioOptions } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { Outputs } from '../../src/cli/output-failure.ts';
import { buildStrata, samples, scratchFolder, startStrata } from './strata.ts';

const hello = ['run', samples.pebble, '--append', 'run=hello', '--stats'];

describe('cli/output-failure', () => {
  const folder = scratchFolder();
  before(buildStrata);
  after(() => folder.dispose());

  it('ends with 0 where nobody reads its output, with statistics and profile', async () => {
    const file = folder.write('unread.folded', '');
    const { code, text } = await unread('stdout', [...hello, '--profile', file]);
    assert.equal(code, 0);
    assert.match(text, /^[\d,]+ steps in [^]*^\d+ samples, /m);
    assert.doesNotMatch(text, /^strata:|\n {4}at /m);
    assert.match(readFileSync(file, 'utf8'), /^\[kernel\];/);
  });

  it('ends with 0 where nobody reads what it says on stderr, also of a guest that fails', async () => {
    const fault = ['run', samples.pebble, '--append', 'run="fault null"', '--stats'];
    for (const args of [hello, fault]) assert.equal((await unread('stderr', args)).code, 0);
    const trace = await unread('stderr', [...hello, '--trace', 'exits']);
    assert.equal(trace.code, 0);
  });

  it('says why output cannot be written, and ends with 1', async function () {
    if (!existsSync('/dev/full')) {
      if (process.env['CI']) assert.fail('/dev/full is missing');
      console.warn('skipped: there is no /dev/full here');
      this.skip();
    }
    for (const args of [hello, ['devices']]) {
      const { code, text } = await onFullDevice(args);
      assert.equal(code, 1);
      const told = text.split('\n').filter((line) => line.startsWith('strata: '));
      assert.deepEqual(told, ['strata: standard output: no space left on device (ENOSPC)']);
    }
  });

  it('tells a command that holds the end back, and only the first failure', () => {
    const [stdout, stderr] = [new EventEmitter(), new EventEmitter()];
    const ends: number[] = [];
    const outputs = new Outputs(stdout, stderr, ({ code }) => ends.push(code));
    let calls = 0;
    outputs.hold(() => calls++);
    outputs.release();
    outputs.hold(() => calls++);
    stdout.emit('error', Object.assign(new Error('write'), { code: 'EPIPE' }));
    stderr.emit('error', Object.assign(new Error('write'), { code: 'ENOSPC', errno: -28 }));
    outputs.release();
    assert.deepEqual({ calls, ends, failure: outputs.failure }, { calls: 1, ends: [], failure: { code: 0 } });
  });
});

async function onFullDevice(args: readonly string[]) {
  const full = openSync('/dev/full', 'w');
  const stdio: StdioOptions = ['ignore', full, 'pipe'];
  const child = startStrata(args, {}, stdio);
  closeSync(full);
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => (text += more));
  await once(child, 'close');
  return { code: child.exitCode, text };
}

/** Runs the program with one of its outputs closed to it before it writes anything. */
async function unread(output: 'stdout' | 'stderr', args: readonly string[]) {
  const child = startStrata(args);
  child[output]?.destroy();
  let text = '';
  const other = output === 'stdout' ? child.stderr : child.stdout;
  other?.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stdin?.end();
  await once(child, 'close');
  return { code: child.exitCode, text };
}
