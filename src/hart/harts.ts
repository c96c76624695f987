import { defaultIsa, type Isa } from '../isa/configuration/isa.ts';
import { decoderOf } from '../isa/decode.ts';
import { Breakpoints } from './breakpoints.ts';
import type { SteadyClock } from './clock.ts';
import { PredecodedCode } from './engine/predecoded-code.ts';
import { TablePages } from './engine/table-pages.ts';
import { Hart } from './hart.ts';
import type { HostedLevels } from './hosted.ts';
import type { MachineMemory } from './memory.ts';
import {
  standardPolicy,
  type TranslationPolicy,
  type TranslationStatistics,
} from './translator/translation-policy.ts';
import { Translator } from './translator/translator.ts';
import type { PhysicalMemory } from './physical-memory.ts';

/**
 * How instructions are run: by the plain evaluator, by the interpreter in wasm, or by that with hot code translated to
 * wasm. What the guest does and sees is the same.
 */
export type EngineName = 'reference' | 'interpreter' | 'translator';

/** The harts of a machine, and what they share. */
export interface Harts {
  readonly harts: readonly Hart[];
  readonly breakpoints: Breakpoints;
  /** Has `onDidWriteRam` told of every store to the page of RAM at this host-physical address, from now on. */
  readonly watchStores: (address: number) => void;
  /** What the translator did so far; `undefined` where there is none. */
  readonly translation: () => TranslationStatistics | undefined;
}

/**
 * Makes a hart for each that the memory has room for. They share breakpoints, and the engines' predecoded and
 * translated code, which drop what is written through `physical`; likewise the translations of their TLBs. The
 * harts are not reset yet.
 */
export function createHarts(options: {
  /** The instruction set of the harts; everything where absent. */
  readonly isa?: Isa;
  readonly memory: MachineMemory;
  readonly physical: PhysicalMemory;
  readonly clock: SteadyClock;
  readonly hosted: HostedLevels;
  readonly engine: EngineName;
  /** When the translator is to do what. */
  readonly policy?: TranslationPolicy;
}): Harts {
  const { isa = defaultIsa, memory, physical, clock, hosted, engine, policy = standardPolicy } = options;
  const breakpoints = new Breakpoints();
  const code =
    engine !== 'reference'
      ? new PredecodedCode({
          memory,
          breakpoints,
          decode: decoderOf(isa),
          alignment: isa.instructionAlignment,
        })
      : undefined;
  const translator = code && engine === 'translator' ? new Translator({ memory, code, policy }) : undefined;
  const shared = code && { code, tables: new TablePages(memory), translator };
  if (shared) {
    physical.onDidWriteRam(({ address, length, kind }) => {
      shared.code.invalidate(address - memory.ramBase, length);
      if (kind !== 'usage') shared.tables.changed(address - memory.ramBase, length, kind);
    });
  }
  const harts = memory.harts.map(
    (_, id) => new Hart({ isa, memory, physical, id, clock, hosted, breakpoints, engine: shared }),
  );
  const watchStores = (address: number): void => code?.watch((address - memory.ramBase) >>> 12);
  return { harts, breakpoints, watchStores, translation: () => translator?.statistics };
}
