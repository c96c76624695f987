import { Command, CommanderError } from 'commander';
import { yieldToGuest } from '../dap/background-threads.ts';
import { addBenchCommand } from './bench.ts';
import { addDapCommand } from './dap.ts';
import { addDevicesCommand } from './devices.ts';
import { addDisasmCommand } from './disasm.ts';
import { explainFailure } from './failure.ts';
import { Outputs } from './output-failure.ts';
import { addRunCommand } from './run.ts';
import { addTourCommand } from './tour.ts';

const outputs = new Outputs(process.stdout, process.stderr, ({ code, message }) => {
  if (message !== undefined) process.stderr.write(`strata: ${message}\n`);
  process.exit(code);
});

yieldToGuest();

const program = new Command('strata')
  .description(
    'A debugger for guest operating systems: the machine, the VMM and the debugger in one program.',
  )
  .version('0.1.0')
  .showHelpAfterError('(strata --help tells what there is)')
  .exitOverride();

addRunCommand(program, outputs);
addDapCommand(program);
addBenchCommand(program);
addTourCommand(program);
addDisasmCommand(program);
addDevicesCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? usageCode(error) : explainFailure(error);
}

/** Asking for help is no error; a wrong option is 2, as everywhere. */
function usageCode(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}
