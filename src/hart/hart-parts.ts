import { assert } from '../common/errors.ts';
import type { Isa } from '../isa/configuration/isa.ts';
import { decoderOf } from '../isa/decode.ts';
import type { Breakpoints } from './breakpoints.ts';
import type { SteadyClock } from './clock.ts';
import { CsrFile } from './csr-file.ts';
import { DeviceAccesses } from './device-accesses.ts';
import { Engine } from './engine/engine.ts';
import type { PredecodedCode } from './engine/predecoded-code.ts';
import type { TablePages } from './engine/table-pages.ts';
import { EngineWalks } from './engine-walks.ts';
import { HartTimers } from './hart-timers.ts';
import type { HostedLevels } from './hosted.ts';
import { InstructionRunner } from './instruction-runner.ts';
import type { MachineMemory } from './memory.ts';
import { MemoryView } from './memory-view.ts';
import type { PhysicalMemory } from './physical-memory.ts';
import { PhysicalProtection } from './physical-protection.ts';
import { QuickTraps } from './quick-traps.ts';
import { Evaluator } from './reference/evaluator.ts';
import { HartState } from './state.ts';
import { PageWalker } from './translation/walk.ts';
import type { Translator } from './translator/translator.ts';
import { TrapDelivery } from './trap-delivery.ts';
import { TrapRecords } from './trap-records.ts';
import { Triggers } from './triggers/triggers.ts';
import { VirtualMemory } from './virtual-memory.ts';

/** What a hart is made from. */
export interface HartOptions {
  readonly isa: Isa;
  readonly memory: MachineMemory;
  readonly physical: PhysicalMemory;
  /** mhartid, and which of the memory's harts. */
  readonly id: number;
  readonly clock: SteadyClock;
  readonly hosted: HostedLevels;
  readonly breakpoints: Breakpoints;
  /** What the engines of the machine's harts share; without it the reference evaluator runs everything. */
  readonly engine:
    | {
        readonly code: PredecodedCode;
        readonly tables: TablePages;
        readonly translator: Translator | undefined;
      }
    | undefined;
}

/** What a hart is made of. */
export interface HartParts {
  readonly state: HartState;
  readonly csrs: CsrFile;
  readonly records: TrapRecords;
  readonly walker: PageWalker;
  readonly view: MemoryView;
  readonly protection: PhysicalProtection;
  readonly triggers: Triggers;
  readonly timers: HartTimers;
  readonly delivery: TrapDelivery;
  readonly instructions: InstructionRunner;
  readonly engine: Engine | undefined;
}

/** Makes the parts of a hart, each of which hears of what it depends on. */
export function createHartParts(options: HartOptions): HartParts {
  const { isa, memory, physical, id, clock, hosted, breakpoints } = options;
  const place = memory.harts[id];
  assert(place !== undefined, `the memory has no room for hart ${id}`);
  const state = new HartState(memory.wasm, place.stateOffset);
  const records = new TrapRecords();
  const timers = new HartTimers(state, clock);
  const protection = new PhysicalProtection(state);
  const triggers = new Triggers(state);
  const walker = new PageWalker(physical, protection, isa);
  const contiguousPages = isa.has('Svnapot');
  const walks = new EngineWalks({ state, memory: physical, protection, walker, triggers, contiguousPages });
  const engine =
    options.engine &&
    new Engine({
      ...options.engine,
      memory,
      hart: id,
      state,
      physical,
      breakpoints,
      records,
      walked: () => walks.walked,
      clock: isa.has('Zicntr') ? clock : undefined,
      isOpen: () => protection.isOpen && !triggers.areArmed,
      translate: (page, access, effects) => walks.translate(page, access, effects),
    });
  const contextChanged = (): void => {
    engine?.contextChanged();
    // Counters count in some modes only: when one overflows is another step now.
    timers.countingChanged();
  };
  const csrs = new CsrFile({
    isa,
    state,
    clock,
    hartId: id,
    protection,
    timersChanged: () => timers.changed(),
    protectionChanged: () => {
      protection.changed();
      engine?.flushAll();
    },
    translationChanged: () => engine?.flushAll(),
    triggersChanged: (index) => {
      triggers.changed(index);
      engine?.flushAll();
    },
    contextChanged,
  });
  const virtual = new VirtualMemory(state, physical, walker);
  const evaluator = new Evaluator({ isa, state, csrs, records, memory: virtual, triggers, contextChanged });
  const quickTraps = new QuickTraps({ state, records, walks, decode: decoderOf(isa) });
  const deviceAccesses = new DeviceAccesses({ state, physical, walks, decode: decoderOf(isa) });
  const delivery = new TrapDelivery({ state, hosted, triggers, timers, engine });
  const instructions = new InstructionRunner({
    state,
    records,
    hosted,
    breakpoints,
    walker,
    triggers,
    evaluator,
    quickTraps,
    deviceAccesses,
    delivery,
    engine,
  });
  const view = new MemoryView(physical, walker);
  return {
    state,
    csrs,
    records,
    walker,
    view,
    protection,
    triggers,
    timers,
    delivery,
    instructions,
    engine,
  };
}
