import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FirmwareChoice, MachineConfiguration } from '../../src/machine/configuration.ts';
import type { MachineImage } from '../../src/machine/image.ts';
import { createMachine, type Machine } from '../../src/machine/machine.ts';
import { readElf } from '../../src/symbols/elf/elf-file.ts';

const sampleGuests = new URL('../../sample-guests/', import.meta.url);

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

/** An ELF file of the sample guests as the machine takes it. */
export function sampleImage(path: string): MachineImage {
  const result = readElf(new Uint8Array(readFileSync(new URL(path, sampleGuests))));
  assert.ok(result.ok, `${path} is an ELF file`);
  return {
    segments: result.value
      .loadableSegments()
      .map(({ physicalAddress, bytes }) => ({ address: physicalAddress, bytes })),
    entry: result.value.physicalEntry,
  };
}

/** Runs a guest on the machine to its own end; fails where it does not come within `limit` steps. */
export function runGuest(
  run: GuestRun,
  limit = 100_000_000,
): { machine: Machine; output: string; exitCode: number } {
  const { image, firmware = 'builtin', append, memoryMebibytes = 128, typed = [], more = {} } = run;
  const toType = [...typed];
  let output = '';
  let answered = 0;
  const machine = createMachine({
    image: sampleImage(image),
    firmware,
    ramBytes: (memoryMebibytes << 20) >>> 0,
    ...(append !== undefined && { bootArguments: append }),
    output: (_, byte) => (output += String.fromCharCode(byte)),
    ...more,
  });
  while (machine.steps < limit) {
    const stop = machine.run({ budget: 20_000 });
    if (stop.kind === 'exit') return { machine, output: output.replaceAll('\r', ''), exitCode: stop.code };
    assert.ok(stop.kind === 'budget' || stop.kind === 'idle', `${stop.kind}\n${output}`);
    const [next] = toType;
    if (next && output.slice(answered).endsWith(next.after)) {
      toType.shift();
      answered = output.length;
      machine.input('uart0', new TextEncoder().encode(next.text));
    } else {
      assert.equal(stop.kind, 'budget', `the guest waits for ever; its console shows:\n${output}`);
    }
  }
  return assert.fail(`no end within ${limit} steps; the console shows:\n${output}`);
}
