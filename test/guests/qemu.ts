import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const emulator = 'qemu-system-riscv64';
const sampleGuests = fileURLToPath(new URL('../../sample-guests/', import.meta.url));

/** How to start a sample guest in QEMU's `virt` machine, whose memory map Strata's machine has too. */
export interface QemuRun {
  /** The image's path below sample-guests. */
  readonly image: string;
  /** `default` is OpenSBI; `none` starts the image in M mode. */
  readonly bios?: 'default' | 'none';
  /** The kernel command line. */
  readonly append?: string;
  readonly memoryMebibytes?: number;
  /** What is typed on the console: each text when the output so far ends with its prompt. */
  readonly typed?: readonly { readonly after: string; readonly text: string }[];
}

/** What came of a run: all console output, firmware's banner included, and QEMU's exit code. */
export interface QemuResult {
  readonly output: string;
  readonly exitCode: number | null;
}

/** Says why QEMU's tests cannot run here, or undefined when they can; in CI a missing QEMU is an error. */
export function missingQemu(): string | undefined {
  if (spawnSync(emulator, ['--version']).status === 0) return undefined;
  const reason = `${emulator} is not installed`;
  if (process.env['CI']) throw new Error(`${reason}, and CI must run every test`);
  return reason;
}

/** Runs a guest to its own shutdown; fails after the time limit with what it printed until then. */
export function runInQemu(
  { image, bios = 'default', append = '', memoryMebibytes = 128, typed = [] }: QemuRun,
  timeoutMilliseconds = 15_000,
): Promise<QemuResult> {
  const machine = ['-M', 'virt', '-smp', '1', '-m', `${memoryMebibytes}M`, '-nographic', '-bios', bios];
  const kernel = ['-kernel', path.join(sampleGuests, image), '-append', append];
  const guest = spawn(emulator, [...machine, ...kernel]);
  return new Promise((resolve, reject) => {
    let output = '';
    let answered = 0;
    const toType = [...typed];
    const timer = setTimeout(() => {
      guest.kill('SIGKILL');
      reject(new Error(`no shutdown within ${timeoutMilliseconds} ms; the console shows:\n${output}`));
    }, timeoutMilliseconds);
    const collect = (chunk: Buffer) => {
      output += chunk.toString('latin1');
      const next = toType[0];
      if (next && output.slice(answered).endsWith(next.after)) {
        toType.shift();
        answered = output.length;
        guest.stdin.write(next.text);
      }
    };
    guest.stdout.on('data', collect);
    guest.stderr.on('data', collect);
    guest.on('error', reject);
    guest.on('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ output: output.replaceAll('\r', ''), exitCode });
    });
  });
}
