import { Breakpoints } from './breakpoints.ts';
import type { Clock } from './clock.ts';
import { PredecodedCode } from './engine/predecoded-code.ts';
import { TablePages } from './engine/table-pages.ts';
import { Hart } from './hart.ts';
import type { HostedLevels } from './hosted.ts';
import type { MachineMemory } from './memory.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/** The harts of a machine, and what they share. */
export interface Harts {
  readonly harts: readonly Hart[];
  readonly breakpoints: Breakpoints;
  /** Has `onDidWriteRam` told of every store to the page of RAM at this host-physical address, from now on. */
  readonly watchStores: (address: number) => void;
}

/**
 * Makes a hart for each that the memory has room for. They share breakpoints, and the predecoded code of the
 * `interpreter` engine, which drops what is written through `physical`; likewise the translations of their TLBs. The
 * harts are not reset yet.
 */
export function createHarts(options: {
  readonly memory: MachineMemory;
  readonly physical: PhysicalMemory;
  readonly clock: Clock;
  readonly hosted: HostedLevels;
  readonly engine: 'reference' | 'interpreter';
  /** How many pages of predecoded code are kept at most; as many as there is room for where absent. */
  readonly predecodedPages?: number;
}): Harts {
  const { memory, physical, clock, hosted, engine, predecodedPages } = options;
  const breakpoints = new Breakpoints();
  const code =
    engine === 'interpreter'
      ? new PredecodedCode({
          memory,
          breakpoints,
          ...(predecodedPages !== undefined && { capacity: predecodedPages }),
        })
      : undefined;
  const shared = code && { code, tables: new TablePages(memory) };
  if (shared) {
    physical.onDidWriteRam(({ address, length, kind }) => {
      shared.code.invalidate(address - memory.ramBase, length);
      if (kind === 'data') shared.tables.changed(address - memory.ramBase, length);
    });
  }
  const harts = memory.harts.map(
    (_, id) => new Hart({ memory, physical, id, clock, hosted, breakpoints, engine: shared }),
  );
  const watchStores = (address: number): void => code?.watch((address - memory.ramBase) >>> 12);
  return { harts, breakpoints, watchStores };
}
