import assert from 'node:assert/strict';
import type { FirmwareChoice, MachineConfiguration } from '../../src/machine/configuration.ts';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import { createHostedMachine } from '../../src/vmm/hosted-machine.ts';
import { loadSample } from '../vmm/sample-image.ts';

/** The same run as `QemuRun` describes for QEMU. */
export interface GuestRun {
  /** The image's path below sample-guests. */
  readonly image: string;
  readonly firmware?: FirmwareChoice;
  readonly append?: string;
  readonly memoryMebibytes?: number;
  /** What is typed on the console: each text when the output so far ends with its prompt. */
  readonly typed?: readonly { readonly after: string; readonly text: string }[];
  readonly more?: Partial<MachineConfiguration>;
}

/** What came of a guest that ended by itself; its output without returns. */
export interface GuestResult {
  readonly machine: Machine;
  readonly output: string;
  readonly exitCode: number;
}

/** Runs a guest on the machine to its own end; fails where it does not come within `limit` steps. */
export function runGuest(run: GuestRun, limit = 100_000_000): GuestResult {
  const { image, firmware = 'builtin', append, memoryMebibytes = 128, more = {} } = run;
  return converse(run, 'uart0', limit, (output) =>
    createMachine({
      image: loadSample(image),
      firmware,
      ramBytes: (memoryMebibytes << 20) >>> 0,
      ...(append !== undefined && { bootArguments: append }),
      output,
      ...more,
    }),
  );
}

/** The same under the hosted VMM, as the only guest. */
export function runGuestHosted(run: Omit<GuestRun, 'firmware' | 'more'>, limit = 100_000_000): GuestResult {
  const { image, append, memoryMebibytes = 128 } = run;
  const software = { image: loadSample(image), ...(append !== undefined && { bootArguments: append }) };
  const guest = { name: 'guest', memoryBytes: (memoryMebibytes << 20) >>> 0, software };
  return converse(
    run,
    guest.name,
    limit,
    (output) => createHostedMachine({ guests: [guest], output }).machine,
  );
}

/** Runs a machine to its end, and types at the prompts of its console `port`. */
function converse(
  { typed = [] }: Pick<GuestRun, 'typed'>,
  port: string,
  limit: number,
  create: (output: (port: string, byte: number) => void) => Machine,
): GuestResult {
  const toType = [...typed];
  let output = '';
  let answered = 0;
  const machine = create((_, byte) => (output += String.fromCharCode(byte)));
  while (machine.steps < limit) {
    const stop = machine.run({ budget: 20_000 });
    if (stop.kind === 'exit') return { machine, output: output.replaceAll('\r', ''), exitCode: stop.code };
    assert.ok(stop.kind === 'budget' || stop.kind === 'idle', `${stop.kind}\n${output}`);
    const [next] = toType;
    if (next && output.slice(answered).endsWith(next.after)) {
      toType.shift();
      answered = output.length;
      machine.input(port, new TextEncoder().encode(next.text));
    } else {
      assert.equal(stop.kind, 'budget', `the guest waits for ever; its console shows:\n${output}`);
    }
  }
  return assert.fail(`no end within ${limit} steps; the console shows:\n${output}`);
}
