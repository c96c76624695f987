import type { DebuggerCore } from '../debugger/debugger.ts';
import { HeldInput } from './held-input.ts';
import { Keyboard } from './keyboard.ts';

/**
 * This terminal as the console of the guests: output of all, with names where there are several; input to the first,
 * until a person asks for another.
 */
export function connectTerminal(
  core: DebuggerCore,
  /** Whether input can come in by a network, too. */
  { isServed }: { readonly isServed: boolean },
): {
  readonly wantsToQuit: boolean;
  /** A person types. */
  readonly isInteractive: boolean;
  /** The last line that was printed has no end yet. */
  readonly isInLine: boolean;
  /** Settles after a time, or when input comes. */
  rest(milliseconds: number): Promise<void>;
  /** Settles when input came; `false` where none can come any more. */
  waitForInput(): Promise<boolean>;
  /** The first guest takes input now: what came before a person could have typed it is given to it. */
  release(): void;
  /** The terminal is as it was; whoever waits for input waits no longer. */
  close(): void;
} {
  const { stdin, stdout } = process;
  const [first] = core.consoles;
  const hasSeveral = core.consoles.length > 1;
  const keyboard = new Keyboard(core.consoles.map(({ id }) => id));
  let isInLine = false;
  let hasEnded = false;
  let wake: (() => void) | undefined;
  const prefixed = new Map<string, boolean>();

  core.onDidInput(() => wake?.());
  core.onDidPrint(({ console, bytes }) => {
    stdout.write(hasSeveral ? prefix(console, bytes, prefixed) : bytes);
    isInLine = bytes.at(-1) !== 10;
  });
  const typeKeys = (bytes: Buffer): void => {
    const before = keyboard.console;
    for (const letter of keyboard.type(bytes)) core.input(letter.console, letter.bytes);
    if (keyboard.console !== before) process.stderr.write(`\r\nstrata: keys go to ${keyboard.console}\r\n`);
  };
  const held = new HeldInput((bytes) => {
    if (first !== undefined) core.input(first.id, bytes);
  });
  const receive = (bytes: Buffer): void => {
    if (stdin.isTTY) typeKeys(bytes);
    else held.receive(bytes);
    wake?.();
  };
  const end = (): void => {
    hasEnded = true;
    wake?.();
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  // Of a terminal that has hung up nothing can be read.
  stdin.on('data', receive).once('end', end).on('error', end);
  return {
    get wantsToQuit() {
      return keyboard.wantsToQuit;
    },
    isInteractive: stdin.isTTY,
    get isInLine() {
      return isInLine;
    },
    async rest(milliseconds) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        timer = setTimeout(resolve, milliseconds);
      });
      clearTimeout(timer);
      wake = undefined;
    },
    async waitForInput() {
      if (hasEnded && !isServed) return false;
      await new Promise<void>((resolve) => (wake = resolve));
      wake = undefined;
      return !hasEnded || isServed;
    },
    release: () => held.release(),
    close() {
      stdin.off('data', receive).off('end', end);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.pause();
      wake?.();
    },
  };
}

/** Each line begins with the guest's name. */
function prefix(console: string, bytes: Uint8Array, isInLine: Map<string, boolean>): string {
  let text = '';
  for (const byte of bytes) {
    if (isInLine.get(console) !== true && byte !== 13) text += `${console}| `;
    text += String.fromCharCode(byte);
    isInLine.set(console, byte !== 10 && (byte !== 13 || isInLine.get(console) === true));
  }
  return text;
}
