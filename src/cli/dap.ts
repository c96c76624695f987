import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { StrataError } from '../common/errors.ts';
import { serveStreams, serveTcp } from '../dap/server.ts';

/** `strata dap`: the debug adapter, for any client of the Debug Adapter Protocol. */
export function addDapCommand(program: Command): void {
  program
    .command('dap')
    .description('Serve the Debug Adapter Protocol, on stdio or on a TCP port of this machine.')
    .option('--port <number>', 'listen on 127.0.0.1:PORT; 0 takes a free one and prints it', parsePort)
    .addHelpText(
      'after',
      `
Examples:
  strata dap                 for a client that starts the adapter
  strata dap --port 4711     for clients that connect; each has a guest of its own`,
    )
    .action(async ({ port }: { readonly port?: number }) => {
      if (port === undefined) {
        await serveStreams(process.stdin, process.stdout);
        process.exit(0);
      }
      await listen(port);
    });
}

async function listen(port: number): Promise<void> {
  try {
    const address = (await serveTcp(port)).address();
    const bound = typeof address === 'object' && address !== null ? address.port : port;
    process.stdout.write(`listening on 127.0.0.1:${bound}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StrataError('cannot-listen', 'user', `port ${port}: ${reason}`, { cause: error });
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is 0 to 65535.');
  return port;
}
