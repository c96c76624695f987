import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createDebuggee } from '../../src/debugger/create-debuggee.ts';
import type { Debuggee, GuestConfiguration, NamedBytes } from '../../src/debugger/debuggee.ts';
import type { Granularity, SliceResult } from '../../src/debugger/debugger.ts';
import type { Frame } from '../../src/debugger/frame.ts';
import type { Stop } from '../../src/debugger/stop.ts';

const samples = new URL('../../sample-guests/', import.meta.url);

/** A file of the sample guests: `kernel/build/pebble.elf`. */
function sampleFile(path: string): NamedBytes {
  const file = fileURLToPath(new URL(path, samples));
  return { path: file, bytes: readFileSync(file) };
}

/** The full path of a source of the sample guests, as the debugger names it. */
export function sampleSource(path: string): string {
  return fileURLToPath(new URL(path, samples));
}

/** The 1-based line of a sample source that holds a text; it must be there once. */
export function lineOf(path: string, text: string): number {
  const lines = readFileSync(sampleSource(path), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  assert.equal(found.length, 1, `${path} holds '${text}' ${found.length} times`);
  return found[0] ?? 0;
}

export interface SampleOptions {
  readonly append?: string;
  readonly placement?: 'hosted' | 'none';
  readonly guests?: readonly { readonly name: string; readonly append: string }[];
  readonly programs?: readonly string[];
}

/** The sample kernel under the debugger, and what a test does with it. */
export class SampleSession {
  readonly debuggee: Debuggee;
  output = '';

  constructor({ append = '', placement = 'hosted', guests, programs = allPrograms }: SampleOptions) {
    const kernel = sampleFile('kernel/build/pebble.elf');
    const guest = (name: string, arguments_: string): GuestConfiguration => ({
      name,
      image: kernel,
      programs: programs.map((program) => sampleFile(`kernel/build/${program}.elf`)),
      symbols: undefined,
      initrd: undefined,
      append: arguments_,
      memory: 16 * 2 ** 20,
    });
    const result = createDebuggee({
      placement,
      guests: guests?.map((each) => guest(each.name, each.append)) ?? [guest('pebble', append)],
      firmware: 'builtin',
      sourceMap: { 'sample-guests': sampleSource('').replace(/\/$/, '') },
      locateSource: () => undefined,
      engine: 'auto',
    });
    assert.ok(result.ok, result.diagnostics.map(({ message }) => message).join('\n'));
    this.debuggee = result.value;
    this.debuggee.core.onDidPrint(({ bytes, reset }) => {
      const text = Buffer.from(bytes).toString('latin1');
      this.output = reset ? text : this.output + text;
    });
  }

  get core(): Debuggee['core'] {
    return this.debuggee.core;
  }

  /** Continues until something happens. */
  run(direction: 'forward' | 'backward' = 'forward'): Exclude<SliceResult, { kind: 'running' }> {
    this.core.resume({ kind: 'continue', direction });
    return this.#finish();
  }

  /** Continues to a stop, which must come. */
  runToStop(direction: 'forward' | 'backward' = 'forward'): Stop {
    return stopped(this.run(direction));
  }

  step(
    how: 'over' | 'in' | 'out',
    granularity: Granularity = 'line',
    direction: 'forward' | 'backward' = 'forward',
  ): Stop {
    const threadId = this.core.stop?.threadId;
    assert.ok(threadId !== undefined, 'only what stands still can step');
    this.core.resume({ kind: 'step', how, direction, granularity, threadId });
    return stopped(this.#finish());
  }

  /** Frames of the thread that stopped. */
  get frames(): readonly Frame[] {
    const { stop } = this.core;
    assert.ok(stop);
    return this.core.stackTrace(stop.threadId);
  }

  /** The innermost frame as `name file:line`. */
  get top(): string {
    const [frame] = this.frames;
    assert.ok(frame);
    const location = 'location' in frame ? frame.location : undefined;
    const file = location?.source.kind === 'file' ? location.source.path.replace(/^.*\//, '') : '';
    return `${frame.name} ${file}:${location?.line ?? 0}`;
  }

  /** Value of an expression in the innermost frame, as it shows. */
  evaluate(text: string): string {
    const result = this.core.evaluate(text, this.frames[0]?.id);
    assert.ok(result.ok, result.ok ? '' : result.message);
    return result.variable.value;
  }

  #finish(): Exclude<SliceResult, { kind: 'running' }> {
    for (;;) {
      const result = this.core.runSlice(100_000);
      if (result.kind !== 'running') return result;
    }
  }
}

const allPrograms = ['hello', 'primes', 'count', 'tick', 'fault', 'secret', 'scan', 'sh', 'init'];

function stopped(result: SliceResult): Stop {
  assert.equal(result.kind, 'stopped', result.kind === 'ended' ? result.description : result.kind);
  assert.ok(result.kind === 'stopped');
  return result.stop;
}
