import { join } from 'node:path';
import type { Command } from 'commander';
import { wasm } from '../common/web-assembly.ts';
import { loadDebuggee } from '../dap/launch.ts';
import type { EngineName } from '../hart/harts.ts';
import type { LaunchConfiguration } from '../protocol/launch.ts';
import { addGuestOptions, parseCount, toConfiguration, type GuestOptions } from './guest-options.ts';
import { sampleGuests } from './sample-guests.ts';
import { statisticsOf, translationText, type RunStatistics } from './statistics.ts';

interface BenchOptions extends GuestOptions {
  readonly seconds: number;
  readonly json?: true;
}

/** What a guest came to on one engine. */
interface EngineResult extends Pick<RunStatistics, 'steps' | 'seconds' | 'mips' | 'translation'> {
  readonly engine: EngineName;
  /** In which V8 made modules of wasm usable; it compiles hot ones better later, on other threads. */
  readonly compileMilliseconds: number;
}

const engines: readonly EngineName[] = ['reference', 'interpreter', 'translator'];
const stepsPerSlice = 20_000;

/** `strata bench`: how fast a guest runs on each engine, and what the engine did for it. */
export function addBenchCommand(program: Command): void {
  addGuestOptions(
    program
      .command('bench')
      .description(
        'Run guests on each engine, from power-on, and show how fast: the sample guest where none is named.',
      ),
  )
    .option('--seconds <count>', 'on each engine at most so long', parseCount, 5)
    .option('--json', 'print a JSON line for each engine')
    .addHelpText(
      'after',
      `
Examples:
  strata bench
  strata bench kernel.elf --append "run=primes" --seconds 20
  strata bench kernel.elf --engine translator --json

In Strata's sources, \`npm run bench\` measures its speed beside QEMU: \`npm run bench -- --help\`.`,
    )
    .action(async (image: string | undefined, options: BenchOptions) => {
      const isNamed = image !== undefined || options.kernel !== undefined || options.guest !== undefined;
      const configuration = isNamed ? toConfiguration(image, options) : toConfiguration(...sample(options));
      const wanted = engines.filter((engine) => options.engine === 'auto' || engine === options.engine);
      for (const engine of wanted) {
        const result = await measure({ ...configuration, engine }, options.seconds);
        process.stdout.write(`${options.json === true ? JSON.stringify(result) : text(result)}\n`);
      }
    });
}

function sample(options: BenchOptions): [string, GuestOptions] {
  const append = options.append ?? 'run="primes 3000000"';
  return [join(sampleGuests(), 'kernel', 'build', 'pebble.elf'), { ...options, append }];
}

async function measure(configuration: LaunchConfiguration, seconds: number): Promise<EngineResult> {
  const compilation = watchCompilation();
  const debuggee = await loadDebuggee(configuration);
  const { core, target } = debuggee;
  core.resume({ kind: 'continue', direction: 'forward' });
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  while (elapsed() < seconds * 1000 && core.runSlice(stepsPerSlice).kind === 'running');
  const { steps, seconds: took, mips, translation } = statisticsOf(target, 0, elapsed());
  debuggee.close();
  return {
    engine: target.machine.configuration.engine,
    steps,
    seconds: took,
    mips,
    compileMilliseconds: compilation.end(),
    ...(translation && { translation }),
  };
}

/** Has the time counted that V8 takes to make modules of wasm. */
function watchCompilation(): { end(): number } {
  const host = wasm as { Module: typeof wasm.Module };
  const { Module } = host;
  let milliseconds = 0;
  host.Module = class extends Module {
    constructor(bytes: Uint8Array) {
      const started = performance.now();
      super(bytes);
      milliseconds += performance.now() - started;
    }
  };
  return {
    end() {
      host.Module = Module;
      return milliseconds;
    },
  };
}

function text({ engine, steps, seconds, mips, compileMilliseconds, translation }: EngineResult): string {
  return [
    `${engine.padEnd(12)} ${mips.toFixed(1).padStart(8)} MIPS: ${steps.toLocaleString('en')} steps in ${seconds.toFixed(2)} s, V8 compiled for ${compileMilliseconds.toFixed(0)} ms`,
    ...(translation === undefined ? [] : [`  ${translationText(translation)}`]),
  ].join('\n');
}
