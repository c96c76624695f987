import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Segment } from './image.ts';
import { layout, ramBase, ramBytes } from './layout.ts';
import { readLog, type Outcome } from './log.ts';

/** A program, and what its -cpu takes. */
export interface QemuModel {
  readonly program: string;
  readonly cpu: string;
}

/** A case that takes longer than that will not end: the longest takes milliseconds. */
const stuckMilliseconds = 1500;
const lookMilliseconds = 100;
/** What QEMU may take to start, or to answer. */
const answerMilliseconds = 20_000;

/**
 * One QEMU for many images: its RAM is a file, in which an image is put while the machine is stopped, and from which
 * the log is taken when the image asks for a reset, at which the machine stops again. A QEMU that does not come to an
 * end is killed, and the next image gets another.
 */
export class Qemu {
  readonly #model: QemuModel;
  #process: QemuProcess | undefined;

  constructor(model: QemuModel) {
    this.#model = model;
  }

  /** Runs an image to its end. */
  async run(image: readonly Segment[]): Promise<Outcome> {
    const { outcome } = await this.start(image);
    return await outcome;
  }

  /** The promise is kept as soon as the image runs, the other when it has ended. */
  async start(image: readonly Segment[]): Promise<{ readonly outcome: Promise<Outcome> }> {
    const process = (this.#process ??= new QemuProcess(this.#model));
    const { ended } = await process.start(image);
    return { outcome: this.#outcome(process, ended) };
  }

  /** Names of the switches that the hart has. */
  async switches(): Promise<ReadonlySet<string>> {
    this.#process ??= new QemuProcess(this.#model);
    return await this.#process.switches();
  }

  close(): void {
    this.#process?.close();
    this.#process = undefined;
  }

  async #outcome(process: QemuProcess, running: Promise<boolean>): Promise<Outcome> {
    const ended = await running;
    const outcome = { ended, ...process.memory() };
    if (!ended) this.close();
    return outcome;
  }
}

interface Answer {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
  readonly event?: string;
}

/** Spoken to by QMP on its standard input and output. */
class QemuProcess {
  readonly #folder: string;
  readonly #descriptor: number;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting: {
    readonly takes: (answer: Answer) => boolean;
    readonly resolve: (answer: Answer | undefined) => void;
  }[] = [];
  #greeted = false;
  #words = '';

  constructor({ program, cpu }: QemuModel) {
    const shared = '/dev/shm';
    this.#folder = mkdtempSync(path.join(existsSync(shared) ? shared : tmpdir(), 'strata-fuzz-'));
    const file = path.join(this.#folder, 'ram');
    this.#descriptor = openSync(file, 'w+');
    ftruncateSync(this.#descriptor, ramBytes);
    const megabytes = `${ramBytes >> 20}M`;
    const options = [
      '-M virt,memory-backend=ram -smp 1 -bios none -display none -serial none -monitor none -nodefaults',
      `-S -qmp stdio -action reboot=shutdown,shutdown=pause -m ${megabytes} -cpu ${cpu}`,
      `-object memory-backend-file,id=ram,size=${megabytes},mem-path=${file},share=on`,
    ];
    this.#child = spawn(
      program,
      options.flatMap((option) => option.split(' ')),
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#words += chunk.toString()));
    this.#child.on('error', (error) => (this.#words += error.message));
    this.#child.on('close', () => {
      for (const { resolve } of this.#waiting.splice(0)) resolve(undefined);
    });
    this.#child.stdin.on('error', () => undefined);
    createInterface(this.#child.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      const index = this.#waiting.findIndex(({ takes }) => takes(answer));
      if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(answer);
    });
  }

  /** `ended`: whether the image came to its end. */
  async start(image: readonly Segment[]): Promise<{ readonly ended: Promise<boolean> }> {
    await this.#greet();
    ftruncateSync(this.#descriptor, 0);
    ftruncateSync(this.#descriptor, ramBytes);
    await this.#setReboot('reset');
    const reset = this.#event('RESET', answerMilliseconds);
    await this.#command('system_reset');
    assert.ok(await reset, 'QEMU does not reset');
    await this.#setReboot('shutdown');
    for (const { address, bytes } of image)
      writeSync(this.#descriptor, bytes, 0, bytes.length, address - ramBase);
    this.#write(layout.finishRequest, 0x7777n);
    const stopped = this.#event('STOP', Infinity);
    await this.#command('cont');
    return { ended: this.#ends(stopped) };
  }

  async switches(): Promise<ReadonlySet<string>> {
    await this.#greet();
    const list = (await this.#command('qom-list', { path: '/machine/soc0/harts[0]' })) as readonly {
      readonly name: string;
      readonly type: string;
    }[];
    return new Set(list.filter(({ type }) => type === 'bool').map(({ name }) => name));
  }

  memory(): Omit<Outcome, 'ended'> {
    const read = (address: number, bytes: Uint8Array): number =>
      readSync(this.#descriptor, bytes, 0, bytes.length, address - ramBase);
    const arena = new Uint8Array(layout.arenaBytes);
    read(layout.arena, arena);
    return { arena, log: readLog(read) };
  }

  close(): void {
    this.#child.kill('SIGKILL');
    closeSync(this.#descriptor);
    rmSync(this.#folder, { recursive: true });
  }

  async #greet(): Promise<void> {
    if (this.#greeted) return;
    await this.#command('qmp_capabilities');
    this.#greeted = true;
  }

  async #setReboot(action: 'reset' | 'shutdown'): Promise<void> {
    await this.#command('set-action', { reboot: action });
  }

  async #command(execute: string, values: object = {}): Promise<unknown> {
    const answered = this.#answer(
      ({ return: value, error }) => value !== undefined || error !== undefined,
      answerMilliseconds,
    );
    this.#child.stdin.write(`${JSON.stringify({ execute, arguments: values })}\n`);
    const answer = await answered;
    if (!answer || answer.error)
      throw new Error(`QEMU, asked for ${execute}: ${answer?.error?.desc ?? 'no answer'}. ${this.#words}`);
    return answer.return;
  }

  async #event(name: string, milliseconds: number): Promise<boolean> {
    return (await this.#answer(({ event }) => event === name, milliseconds)) !== undefined;
  }

  #answer(takes: (answer: Answer) => boolean, milliseconds: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      // What came while this process was busy is looked at first.
      const giveUp = (): void => void setImmediate(() => resolve(undefined));
      const timer = milliseconds === Infinity ? undefined : setTimeout(giveUp, milliseconds);
      this.#waiting.push({
        takes,
        resolve: (answer) => {
          clearTimeout(timer);
          resolve(answer);
        },
      });
    });
  }

  async #ends(stopped: Promise<boolean>): Promise<boolean> {
    const end = new AbortController();
    const ended = await Promise.race([stopped, this.#stuck(end.signal)]);
    end.abort();
    return ended;
  }

  /** False as soon as no other case has begun for a while. */
  async #stuck(end: AbortSignal): Promise<false> {
    let last = -1n;
    for (let still = 0; still < stuckMilliseconds && !end.aborted; still += lookMilliseconds) {
      await new Promise((resolve) => setTimeout(resolve, lookMilliseconds));
      if (end.aborted) break;
      const now = this.#read(layout.variables + layout.casePointer);
      if (now !== last) still = 0;
      last = now;
    }
    return false;
  }

  #read(address: number): bigint {
    const word = new BigUint64Array(1);
    readSync(this.#descriptor, new Uint8Array(word.buffer), 0, 8, address - ramBase);
    return word[0] ?? 0n;
  }

  #write(address: number, value: bigint): void {
    const word = BigUint64Array.of(value);
    writeSync(this.#descriptor, new Uint8Array(word.buffer), 0, 8, address - ramBase);
  }
}
