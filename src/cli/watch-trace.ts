import { InvalidArgumentError } from 'commander';
import { formatAddress } from '../common/address.ts';
import { StrataError } from '../common/errors.ts';
import type { DebuggerCore } from '../debugger/debugger.ts';
import { parseMemoryReference } from '../debugger/memory-reference.ts';
import type { Stop } from '../debugger/stop.ts';
import type { DataAccess } from '../debugger/watches/data-watch.ts';
import type { HitReport } from '../debugger/watches/hit-report.ts';
import type { WatchRequest } from '../debugger/watches/watch-offer.ts';

/** Something to be watched while guests run, as it stands on a command line. */
export interface WatchOption {
  /** An expression, or an address. */
  readonly text: string;
  readonly what: WatchRequest;
  readonly access: DataAccess;
}

/** Reads an expression or an address, then perhaps `/BYTES`, then `:r`, `:w` or `:rw`. */
export function collectWatch(value: string, before: readonly WatchOption[] = []): readonly WatchOption[] {
  const [, what = '', kind] = /^(.*?)(?::(r|w|rw))?$/s.exec(value) ?? [];
  // A quotient is nothing that lies in memory, so this is always a size.
  const [, text = '', bytes] = /^(.*?)(?:\/([0-9]+))?$/s.exec(what) ?? [];
  if (text.trim() === '')
    throw new InvalidArgumentError('Write what to watch, then perhaps :r, :w or :rw: --watch current:rw.');
  const access = kind === 'r' ? 'read' : kind === 'rw' ? 'readWrite' : 'write';
  const request = {
    ...(bytes !== undefined && { bytes: Number(bytes) }),
    ...(parseMemoryReference(text) !== undefined && { isAddress: true as const }),
  };
  return [...before, { text, what: request, access }];
}

/** Prints every access to what is watched; the guests go on. In text what one instruction did is one line. */
export class WatchTrace {
  readonly #form: 'text' | 'json';

  /** The machine stands at its beginning. Throws a `StrataError` where something cannot be watched. */
  constructor(core: DebuggerCore, watches: readonly WatchOption[], form: 'text' | 'json') {
    this.#form = form;
    const requests = watches.map(({ text, what, access }) => {
      const offer = core.watchable(text, what, undefined);
      if (!offer.ok) throw new StrataError('bad-watch', 'user', `--watch ${text}: ${offer.message}`);
      return { kind: 'data', dataId: offer.dataId, access } as const;
    });
    for (const [index, { message }] of core.setBreakpoints('data', requests).entries())
      if (message !== undefined)
        throw new StrataError('bad-watch', 'user', `--watch ${watches[index]?.text}: ${message}`);
  }

  /** Prints a stop that an access is the reason of; `false` where there is another reason. */
  print({ reason, mark, description, hits = [] }: Stop): boolean {
    if (reason.kind !== 'data') return false;
    const { step } = mark;
    if (this.#form === 'text') process.stderr.write(`watch step ${step}: ${description}\n`);
    else for (const hit of hits) process.stderr.write(`${JSON.stringify(lineOf(step, hit))}\n`);
    return true;
  }
}

/** What does not apply is left out. */
function lineOf(step: number, { pc, title, isPageWalk, ...hit }: HitReport): object {
  return {
    type: 'watch',
    step,
    ...hit,
    ...(isPageWalk && { pageWalk: true }),
    ...(pc !== undefined && { pc: formatAddress(pc) }),
    title,
  };
}
