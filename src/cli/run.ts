import { Option, type Command } from 'commander';
import { StrataError } from '../common/errors.ts';
import { loadDebuggee, type LoadedDebuggee } from '../dap/launch.ts';
import { profileFormats, ProfileRecording } from '../dap/profile-recording.ts';
import type { DebuggerCore, SliceResult } from '../debugger/debugger.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import { profileJson, profileText } from '../debugger/profile/profile-text.ts';
import { standardInterval } from '../debugger/profile/profiler.ts';
import type { Stop } from '../debugger/stop.ts';
import type { Target } from '../debugger/target/target.ts';
import { ExitTrace } from './exit-trace.ts';
import { exitCode, largestExitCode } from './failure.ts';
import { addGuestOptions, parseCount, toConfiguration, type GuestOptions } from './guest-options.ts';
import { optionNames } from './option-names.ts';
import type { Outputs } from './output-failure.ts';
import { EndingSignals, signalExitCode } from './signals.ts';
import { connectTerminal } from './terminal.ts';
import { collectWatch, WatchTrace, type WatchOption } from './watch-trace.ts';
import { statisticsOf, statisticsText } from './statistics.ts';

interface RunOptions extends GuestOptions {
  readonly maxInstructions?: number;
  readonly stats?: true;
  readonly json?: true;
  readonly trace?: 'exits';
  readonly watch?: readonly WatchOption[];
  readonly profile?: string;
  readonly profileInterval?: number;
}

const stepsPerSlice = 1_000_000;
/** While a guest sleeps now and then, so that no slice holds more than about one sleep. */
const fewSteps = 1000;

/** `strata run`: a guest from power-on to its end, its console on this terminal, its exit code ours. */
export function addRunCommand(program: Command, outputs: Outputs): void {
  addGuestOptions(
    program.command('run').description('Run guests to their end; the console is this terminal’s.'),
  )
    .option('--max-instructions <count>', 'stop after so many steps, with exit code 124', parseCount)
    .addOption(new Option('--trace <what>', 'exits: a line for each VM exit, on stderr').choices(['exits']))
    .option(
      '--watch <what>',
      'a line on stderr for each change of a kernel’s variable, of what an expression on it names, or at an address; /BYTES behind it says how much; :r behind that tells of each read, :rw of each access; may be repeated',
      collectWatch,
    )
    .option('--stats', 'print steps, speed and exits at the end, on stderr')
    .option('--json', 'print statistics, traces and profiles as JSON lines')
    .option(
      '--profile <file>',
      `write where the guests spend their steps, by stack, and print the most of it at the end: ${profileFormats}`,
    )
    .option(
      '--profile-interval <steps>',
      `look at the stack every so many steps: ${standardInterval} unless told`,
      parseCount,
    )
    .addHelpText(
      'after',
      `
Examples:
  strata run kernel.elf                               under the hosted VMM
  strata run kernel.elf --append "run=hello" --stats
  strata run kernel.elf --vmm none                    on the bare machine
  strata run test.elf --vmm none --firmware none      in M mode, from 0x80000000
  strata run --guest a=kernel.elf --guest b=kernel.elf
  strata run Image --initrd initrd.cpio --memory 512M --vcpus 4 --append console=ttyS0
  strata run --guest a=Image,initrd=i.cpio,memory=512M,vcpus=4,append=console=ttyS0 --guest b=kernel.elf
  strata run kernel.elf --disk disk.img --rng 1        its writes stay in memory
  strata run Image --vmm none --net user,folder=www    the guest gets the folder from http://gateway/
  strata run Image --vmm none --share src=./src       mount -t 9p -o trans=virtio,version=9p2000.L src /mnt
  strata run --guest a=k.elf --guest b=k.elf --disk a.img,guest=a --disk b.img,readonly,guest=b
  strata run kernel.elf --trace exits --json 2>exits.jsonl
  strata run kernel.elf --watch current --watch gpa:kernel:0x80201000/4:rw
  strata run kernel.elf --profile kernel.cpuprofile    VS Code opens it; kernel.folded is for flamegraph.pl

Exit code: the guest's, 255 at most; 2 for a wrong command line, 124 after --max-instructions; 129, 130 and 143 where
SIGHUP, SIGINT and SIGTERM end the run, with statistics and profile. A second signal ends it at once, without. Output
into a pipe that nobody reads any more (| head) ends it with 0, what cannot be written for another reason with 1.
Control-] ends the run from the keyboard; Control-^ gives the keyboard to the next of several guests.`,
    )
    .action(async (image: string | undefined, options: RunOptions) => {
      process.exitCode = await run(image, options, outputs);
    });
}

async function run(image: string | undefined, options: RunOptions, outputs: Outputs): Promise<number> {
  const { profileInterval = standardInterval } = options;
  if (options.profileInterval !== undefined && options.profile === undefined)
    throw new StrataError(
      'bad-options',
      'user',
      '--profile-interval is for a profile, and there is none; add --profile FILE, or leave it out.',
    );
  const debuggee = await loadDebuggee(toConfiguration(image, options), optionNames(image, options));
  const { core, target } = debuggee;
  const form = options.json === true ? 'json' : 'text';
  const trace = options.trace === 'exits' ? new ExitTrace(debuggee, form) : undefined;
  const watches = options.watch && watchIn(debuggee, options.watch, form);
  const signals = new EndingSignals();
  const recording =
    options.profile === undefined
      ? undefined
      : new ProfileRecording(debuggee, options.profile, profileInterval, '--profile');
  const terminal = connectTerminal(core, { isServed: debuggee.networks.length > 0 });
  signals.onDidReceive(() => terminal.close());
  outputs.hold(() => terminal.close());
  const started = performance.now();
  const endFromOutside = (): RunEnd | undefined => signalEnd(signals) ?? outputs.failure;
  const firstEnd = await untilEnd(debuggee, {
    terminal,
    endFromOutside,
    runner: recording?.profiler ?? core,
    limit: options.maxInstructions ?? Infinity,
    afterSlice: () => trace?.print(),
    passes: (stop) => watches?.print(stop) ?? false,
  });
  // The last that was written may only now turn out to have been taken by nobody.
  await new Promise(setImmediate);
  const end = (outputs.failure && endFromOutside()) ?? firstEnd;
  // A signal to a whole pipeline ends those who read, too: then the code tells of the signal.
  if (signals.received === undefined) outputs.release();
  terminal.close();
  debuggee.close();
  // The guest's last line may have no end yet.
  if (terminal.isInteractive && terminal.isInLine) process.stderr.write('\n');
  if (options.stats === true || options.json === true) {
    const statistics = statisticsOf(target, end.code, performance.now() - started);
    process.stderr.write(form === 'json' ? `${JSON.stringify(statistics)}\n` : statisticsText(statistics));
  }
  if (recording !== undefined) printProfile(recording, form);
  if (end.message !== undefined) process.stderr.write(`strata: ${end.message}\n`);
  if (end.code > largestExitCode) process.stderr.write(`strata: the guest's exit code is ${end.code}\n`);
  signals.close();
  return Math.min(end.code, largestExitCode);
}

function signalEnd({ received }: EndingSignals): RunEnd | undefined {
  return received && { code: signalExitCode(received), message: `ended by ${received}` };
}

/** Whose networks are closed where it comes to nothing: they would keep the process alive. */
function watchIn(
  debuggee: LoadedDebuggee,
  watches: readonly WatchOption[],
  form: 'text' | 'json',
): WatchTrace {
  try {
    return new WatchTrace(debuggee.core, watches, form);
  } catch (error) {
    debuggee.close();
    throw error;
  }
}

function printProfile(recording: ProfileRecording, form: 'text' | 'json'): void {
  const profile = recording.finish();
  process.stderr.write(
    form === 'json'
      ? `${JSON.stringify(profileJson(profile))}\n`
      : profileText(profile, { file: recording.file, interval: '--profile-interval' }),
  );
}

interface RunEnd {
  readonly code: number;
  readonly message?: string;
}

interface Running {
  readonly terminal: ReturnType<typeof connectTerminal>;
  /** The end that a signal makes, or output that is taken no more. */
  readonly endFromOutside: () => RunEnd | undefined;
  readonly runner: Pick<DebuggerCore, 'runSlice'>;
  /** Steps at most. */
  readonly limit: number;
  readonly afterSlice: () => void;
  /** Is a stop only something to be told of? */
  readonly passes: (stop: Stop) => boolean;
}

async function untilEnd({ core, target }: Debuggee, running: Running): Promise<RunEnd> {
  const { terminal, endFromOutside, runner, limit, afterSlice, passes } = running;
  core.resume({ kind: 'continue', direction: 'forward' });
  let steps = terminal.isInteractive ? fewSteps : stepsPerSlice;
  for (;;) {
    const left = limit - target.machine.steps;
    if (left <= 0) return { code: exitCode.limit, message: `stopped after ${limit} steps` };
    const result = runner.runSlice(Math.min(steps, left));
    afterSlice();
    const hasPassed = result.kind === 'stopped' && passes(result.stop);
    if (result.kind === 'idle' || isListening(target)) terminal.release();
    const end = (hasPassed ? undefined : endOf(result)) ?? endFromOutside();
    if (end !== undefined) return end;
    if (hasPassed) core.resume({ kind: 'continue', direction: 'forward' });
    if (terminal.wantsToQuit) return { code: exitCode.failed, message: 'ended from the keyboard' };
    if (terminal.isInteractive && result.kind === 'running') {
      // A person sees a guest sleep as long as it says; a script has the result at once.
      const idleMilliseconds = result.idleNanoseconds / 1e6;
      steps = idleMilliseconds > 0 ? fewSteps : Math.min(stepsPerSlice, steps * 2);
      if (idleMilliseconds >= 1) await terminal.rest(idleMilliseconds);
    }
    if (result.kind === 'idle') {
      if (terminal.isInteractive) steps = fewSteps;
      if (target.waitsForEver) return { code: exitCode.failed, message: waitsForEver };
      if (!(await terminal.waitForInput()) && endFromOutside() === undefined)
        return { code: exitCode.failed, message: 'the guest waits for input, and there is no more' };
    }
    await new Promise(setImmediate);
  }
}

/** Does the guest that standard input is for take input? One that has long not shown it gets it all the same. */
function isListening({ machine, vmm }: Target): boolean {
  const uart = vmm === undefined ? machine.board.uart : vmm.guests[0]?.uart;
  return uart?.isListening !== false || machine.steps > stepsOfPatience;
}

/** Twice a boot of Debian's Linux. */
const stepsOfPatience = 4_000_000_000;

const waitsForEver =
  'the guest waits (wfi) for ever: no timer is due, and it has enabled no external interrupt that input could raise';

function endOf(result: SliceResult): RunEnd | undefined {
  if (result.kind === 'ended') return { code: result.exitCode };
  if (result.kind === 'stopped') return { code: exitCode.failed, message: result.stop.description };
  return undefined;
}
