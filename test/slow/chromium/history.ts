/** A history of two guests that any JavaScript engine makes alike. Imports the core alone, so that a browser takes it. */
import { createHostedMachine } from '../../../src/vmm/hosted-machine.ts';
import { InputLog } from '../../../src/machine/input-log.ts';
import { readElf } from '../../../src/symbols/elf/elf-file.ts';

export interface HistoryOf {
  /** What the machine's state hashes to after each `stride` steps. */
  readonly hashes: readonly string[];
  readonly printed: string;
  /** Regions that the translator made. */
  readonly translations: number;
  readonly milliseconds: number;
}

const stride = 10_000_000;
const points = 12;
const memoryBytes = 16 * 0x10_0000;

/**
 * Runs the sample kernel twice as guests of the hosted VMM: one computes in a process, one is typed at. Of `engine` only
 * the speed may depend.
 */
export function historyOf(
  kernel: Uint8Array,
  engine: 'translator' | 'interpreter' = 'translator',
): HistoryOf {
  const elf = readElf(kernel);
  if (!elf.ok) throw new Error(elf.diagnostics.map(({ message }) => message).join('; '));
  const image = {
    entry: elf.value.physicalEntry,
    segments: elf.value
      .loadableSegments()
      .map(({ physicalAddress, bytes }) => ({ address: physicalAddress, bytes })),
  };
  let printed = '';
  const { machine } = createHostedMachine({
    engine,
    guests: [
      { name: 'a', memoryBytes, software: { image } },
      { name: 'b', memoryBytes, software: { image, bootArguments: 'run="primes 100000000"' } },
    ],
    input: new InputLog([
      { step: 1_000_000, port: 'a', bytes: new TextEncoder().encode('help\rps\rcount 5\r') },
    ]),
    output: (port, byte) => {
      printed += port === 'a' ? String.fromCharCode(byte) : '';
    },
  });
  const started = performance.now();
  const hashes = Array.from({ length: points }, (_, index) => {
    machine.run({ until: (index + 1) * stride });
    return machine.hash();
  });
  const milliseconds = performance.now() - started;
  return { hashes, printed, translations: machine.translation?.translations ?? 0, milliseconds };
}
