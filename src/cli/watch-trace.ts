import { InvalidArgumentError } from 'commander';
import { StrataError } from '../common/errors.ts';
import type { DebuggerCore } from '../debugger/debugger.ts';
import { parseMemoryReference } from '../debugger/memory-reference.ts';
import type { Stop } from '../debugger/stop.ts';
import type { DataAccess } from '../debugger/watches/data-watch.ts';

/** Something to be watched while guests run, as it stands on a command line. */
export interface WatchOption {
  /** An expression, or an address. */
  readonly text: string;
  /** How many bytes, where it is an address. */
  readonly bytes: number | undefined;
  readonly access: DataAccess;
}

/** Reads `EXPRESSION` or `ADDRESS/BYTES`, with `:r`, `:w` or `:rw` behind it. */
export function collectWatch(value: string, before: readonly WatchOption[] = []): readonly WatchOption[] {
  const [, what = '', kind] = /^(.*?)(?::(r|w|rw))?$/s.exec(value) ?? [];
  const [, address, bytes] = /^(.*?)(?:\/([0-9]+))?$/s.exec(what) ?? [];
  const isAddress = parseMemoryReference(address ?? '') !== undefined;
  if (what.trim() === '')
    throw new InvalidArgumentError('Write what to watch, then perhaps :r, :w or :rw: --watch current:rw.');
  const access = kind === 'r' ? 'read' : kind === 'rw' ? 'readWrite' : 'write';
  const text = isAddress && address !== undefined ? address : what;
  return [...before, { text, bytes: isAddress ? Number(bytes ?? wordBytes) : undefined, access }];
}

const wordBytes = 8;

/** Prints every access to what is watched, a line each; the guests go on. */
export class WatchTrace {
  readonly #form: 'text' | 'json';

  /** The machine stands at its beginning. Throws a `StrataError` where something cannot be watched. */
  constructor(core: DebuggerCore, watches: readonly WatchOption[], form: 'text' | 'json') {
    this.#form = form;
    const requests = watches.map(({ text, bytes, access }) => {
      const what = bytes === undefined ? {} : ({ bytes, isAddress: true } as const);
      const offer = core.watchable(text, what, undefined);
      if (!offer.ok) throw new StrataError('bad-watch', 'user', `--watch ${text}: ${offer.message}`);
      return { kind: 'data', dataId: offer.dataId, access } as const;
    });
    for (const [index, { message }] of core.setBreakpoints('data', requests).entries())
      if (message !== undefined)
        throw new StrataError('bad-watch', 'user', `--watch ${watches[index]?.text}: ${message}`);
  }

  /** Prints a stop that an access is the reason of; `false` where there is another reason. */
  print({ reason, mark, stratum, description }: Stop): boolean {
    if (reason.kind !== 'data') return false;
    const { step } = mark;
    process.stderr.write(
      this.#form === 'text'
        ? `watch step ${step}: ${description}\n`
        : `${JSON.stringify({ type: 'watch', step, stratum, title: description })}\n`,
    );
    return true;
  }
}
