import { Argument, Command, InvalidArgumentError } from 'commander';

/** What is to be measured, and how, as a command line says it. */
export interface BenchRequest<Part extends string> {
  /** None stands for those that are measured where nothing is named. */
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly wall: boolean;
}

/**
 * Reads a command line; `parts` has a line on each benchmark. What is wrong with it is told in one line, and `--help`
 * is answered: either ends the process.
 */
export function readCommandLine<Part extends string>(
  parts: Readonly<Record<Part, string>>,
): BenchRequest<Part> {
  const names = Object.keys(parts) as Part[];
  const isPart = (name: string): name is Part => Object.hasOwn(parts, name);
  const collectPart = (name: string, before: readonly Part[] = []): readonly Part[] => {
    if (!isPart(name))
      throw new InvalidArgumentError(`no benchmark is called '${name}'; there are ${names.join(', ')}`);
    return [...before, name];
  };
  const width = Math.max(...names.map((name) => name.length));
  const program = new Command('npm run bench --')
    .description(
      'Measure how fast Strata is, beside QEMU on the same guests; docs/performance.md explains the figures.',
    )
    .usage('[BENCHMARK…] [options]')
    .addArgument(new Argument('[benchmark...]').argParser(collectPart))
    .option('--rounds <count>', 'measure everything so often, by turns; medians are shown', parseRounds, 3)
    .option('--wall', 'rates by the wall clock, not by CPU time')
    .showSuggestionAfterError(false)
    .configureHelp({ visibleArguments: () => [] })
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .addHelpText(
      'after',
      `
Benchmarks; where none is named, all but those that boot Linux:
${names.map((name) => `  ${name.padEnd(width)}  ${parts[name]}`).join('\n')}

Examples:
  npm run bench -- exits boot --rounds 1
  npm run bench -- linux --wall

\`strata bench\` compares the engines on a guest of yours, without QEMU.`,
    )
    .parse();
  const { rounds, wall = false } = program.opts<{ rounds: number; wall?: true }>();
  return { parts: (program.processedArgs[0] as readonly Part[] | undefined) ?? [], rounds, wall };
}

/** `bench: unknown option '--frob'`, and where to read more. */
function oneLine(text: string): string {
  // What is wrong with a value stands behind a sentence on the option, or the argument, which says nothing more.
  const problem = text
    .trim()
    .replace(/^error: /, '')
    .replace(/^.* argument 'benchmark'\. /, '')
    .replace(/^option '(--\w+) .*' argument '.*' is invalid\. /, '$1: ');
  return `bench: ${problem} (npm run bench -- --help tells what there is)\n`;
}

function parseRounds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError(`'${text}' is no count; give 1 or more`);
  return Number(text);
}
