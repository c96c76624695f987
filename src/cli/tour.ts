import { join } from 'node:path';
import type { Command } from 'commander';
import { formatAddress } from '../common/address.ts';
import { StrataError } from '../common/errors.ts';
import { loadDebuggee } from '../dap/launch.ts';
import { deviceViews } from '../dap/views/devices.ts';
import { presentWalk } from '../dap/views/walk.ts';
import type { SliceResult } from '../debugger/debugger.ts';
import type { Debuggee } from '../debugger/debuggee.ts';
import type { Frame } from '../debugger/frame.ts';
import { walkAddress } from '../debugger/paging/walk-address.ts';
import { exceptionNames } from '../isa/causes.ts';
import type { DeviceView, WalkView } from '../protocol/views.ts';
import { style } from './colours.ts';
import { exitCode } from './failure.ts';
import { sampleGuests } from './sample-guests.ts';

/** `strata tour`: what Strata does, on the sample guest, in a few seconds and without questions. */
export function addTourCommand(program: Command): void {
  program
    .command('tour')
    .description(
      'Boot the sample guest, stop at a VM exit, show the stack across the strata, and run to the end.',
    )
    .addHelpText('after', '\nExample:\n  strata tour')
    .action(async () => {
      process.exitCode = await tour();
    });
}

async function tour(): Promise<number> {
  const guests = sampleGuests();
  const build = (name: string): string => join(guests, 'kernel', 'build', name);
  heading('Boot', 'pebble, the sample kernel, as a guest of the hosted VMM');
  const debuggee = await loadDebuggee({
    image: build('pebble.elf'),
    programs: [build('hello.elf'), build('init.elf')],
    append: 'run=hello',
    memory: '32M',
  });
  const { core } = debuggee;
  const printConsole = consolePrinter();
  core.onDidPrint(({ bytes, reset }) => {
    // After going back a console is sent anew from its beginning; here that was read already.
    if (!reset) printConsole(bytes);
  });
  core.setBreakpoints('functions', [{ kind: 'function', name: 'hello!main' }]);
  runToStop(debuggee);
  core.setBreakpoints('functions', []);
  core.setBreakpoints('filters', [
    { kind: 'filter', filter: 'exit.mmio-store', condition: 'gpa == 0x10000000 && write' },
  ]);
  note('breakpoint: VM exit, store to a device, when gpa == 0x10000000 && write');
  const { threadId, description, mark } = runToStop(debuggee);
  heading('Stopped', `${description}, at step ${mark.step.toLocaleString('en')}`);
  showStack(core.stackTrace(threadId));
  showRegisters(debuggee, core.stackTrace(threadId));
  showWalk(debuggee);
  showDevice(debuggee);
  heading('Back', 'one step back in time, and forward again');
  stepBack(debuggee, threadId);
  core.setBreakpoints('filters', []);
  heading('Run', 'on to the guest’s own end');
  const end = run(debuggee);
  if (end.kind !== 'ended')
    throw new StrataError('tour-failed', 'internal', `the guest did not end: ${end.kind}`);
  const { vmm, machine } = debuggee.target;
  note(
    `${end.description} ${machine.steps.toLocaleString('en')} steps, ${vmm?.statistics.total ?? 0} VM exits.`,
  );
  note('Next: `npm run workbench` serves a VS Code with this kernel open. Press F5 in it.');
  return end.exitCode === 0 ? 0 : exitCode.failed;
}

function run({ core }: Debuggee): SliceResult {
  core.resume({ kind: 'continue', direction: 'forward' });
  for (;;) {
    const result = core.runSlice(1_000_000);
    if (result.kind !== 'running') return result;
  }
}

function runToStop(debuggee: Debuggee): Extract<SliceResult, { kind: 'stopped' }>['stop'] {
  const result = run(debuggee);
  if (result.kind === 'stopped') return result.stop;
  throw new StrataError('tour-failed', 'internal', `no breakpoint was reached: ${result.kind}`);
}

function stepBack({ core }: Debuggee, threadId: number): void {
  const where = (): string => core.stackTrace(threadId)[0]?.name ?? '?';
  const before = where();
  core.resume({ kind: 'step', how: 'over', direction: 'backward', granularity: 'instruction', threadId });
  const result = core.runSlice(1);
  note(
    `from ${before} back to ${where()}${result.kind === 'stopped' ? ` at step ${result.stop.mark.step.toLocaleString('en')}` : ''}`,
  );
}

const strataColours = { vmm: 'magenta', kernel: 'yellow', process: 'green', machine: 'red' } as const;

function showStack(frames: readonly Frame[]): void {
  heading('Stack', 'one stack across process, kernel and VMM');
  for (const frame of frames) {
    if (frame.kind === 'boundary') {
      print(`  ${style('dim', frame.name)}`);
      continue;
    }
    const { location } = frame;
    const place = location === undefined ? '' : `${fileName(location.source)}:${location.line}`;
    print(
      `  ${style(strataColours[frame.stratum], frame.stratum.padEnd(8))} ${frame.name.padEnd(34)} ${style('dim', place)}`,
    );
  }
}

function fileName(source: { readonly kind: string; readonly path?: string; readonly name?: string }): string {
  return source.path?.replace(/^.*[\\/]/, '') ?? source.name ?? '';
}

function showRegisters({ core, target }: Debuggee, frames: readonly Frame[]): void {
  heading('Registers', 'what the hart tells the VMM, decoded');
  const record = target.vmm?.currentExit?.record;
  const exit = frames.find((frame) => frame.kind === 'stage');
  const meanings: Readonly<Record<string, string | undefined>> = {
    scause: record && exceptionNames[record.cause],
    stval: 'the guest-virtual address',
    htval: record?.gpa && `the guest-physical address ${formatAddress(record.gpa)}, shifted right by 2`,
    htinst: record && `what the hart did, transformed from: ${record.instructionText}`,
  };
  for (const name of ['scause', 'stval', 'htval', 'htinst', 'hstatus', 'vsatp', 'hgatp']) {
    const result = core.evaluate(`$${name}`, exit?.id);
    if (!result.ok) continue;
    const fields = (result.variable.children?.() ?? []).map((field) => `${field.name}=${field.value}`);
    const meaning = meanings[name] ?? fields.join(' ');
    print(`  ${name.padEnd(8)} ${result.variable.value.padEnd(19)} ${style('dim', meaning)}`);
  }
}

function showWalk({ target }: Debuggee): void {
  const record = target.vmm?.currentExit?.record;
  if (record?.gva === undefined) return;
  heading('Page walk', 'of the faulting address, in both stages');
  const walk: WalkView = presentWalk(walkAddress(target, target.currentThread, record.gva, 'write'));
  for (const stage of walk.stages) {
    print(
      `  ${style('bold', stage.stage.padEnd(9))} ${stage.input} → ${stage.output ?? 'fault'}  ${style('dim', stage.purpose)}`,
    );
    for (const level of stage.levels)
      print(
        style(
          'dim',
          `      level ${level.level} [${String(level.index).padStart(3)}] ${level.value.padEnd(20)} ${level.flags}  ${level.kind}`,
        ),
      );
  }
  print(`  ${walk.verdict}`);
}

function showDevice({ target }: Debuggee): void {
  const record = target.vmm?.currentExit?.record;
  const view: DeviceView | undefined = deviceViews(target).find(
    (device) => device.owner === record?.guest && device.id === record?.device,
  );
  if (view === undefined) return;
  heading('Device', `${view.title} of guest ${view.owner}, at ${view.base}`);
  for (const register of view.registers.slice(0, 8)) {
    const isTouched = register.name === record?.register;
    const row = `${register.name.padEnd(6)} ${register.value.padEnd(6)}`;
    print(`${isTouched ? style('bold', `▸ ${row}`) : `  ${row}`} ${style('dim', register.summary)}`);
  }
  const value = record?.access?.value;
  if (value !== undefined)
    note(
      `The guest stores ${characterName(value)} to ${record?.register ?? 'it'}; the VMM has not done it yet.`,
    );
}

function characterName(value: bigint): string {
  const isPrintable = value >= 0x20n && value < 0x7fn;
  return `0x${value.toString(16)}${isPrintable ? ` ('${String.fromCharCode(Number(value))}')` : ''}`;
}

/** The guest's own words stand apart from ours. They come in pieces, which may end within a line. */
function consolePrinter(): (bytes: Uint8Array) => void {
  let isInLine = false;
  return (bytes) => {
    for (const part of new TextDecoder('latin1')
      .decode(bytes)
      .replaceAll('\r', '')
      .split(/(?<=\n)/)) {
      process.stdout.write(style('cyan', isInLine ? part : `  │ ${part}`));
      isInLine = !part.endsWith('\n');
    }
  };
}

function heading(title: string, text: string): void {
  print(`\n${style(['bold', 'blue'], title)}  ${text}`);
}

function note(text: string): void {
  print(`  ${style('dim', text)}`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
