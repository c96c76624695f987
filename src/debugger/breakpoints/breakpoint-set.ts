import type { Mark } from '../../timeline/mark.ts';
import { Emitter } from '../../common/event.ts';
import { matchesGlob } from '../../symbols/glob.ts';
import { ImageSet, type StratumImage } from '../images/image-set.ts';
import type { ModuleChange } from '../introspection/module-images.ts';
import type { MemoryReference } from '../memory-reference.ts';
import type { Target } from '../target/target.ts';
import type { ArmedAddresses } from './armed-addresses.ts';
import { armedAt, type ArmedAddress } from './arming.ts';
import { parseExpression } from '../expressions/parse.ts';
import { launchFilters } from './filters.ts';
import type { BoundBreakpoint, BreakpointRequest } from './breakpoint.ts';
import { hitConditionHelp, parseHitCondition, type HitCondition } from './hit-condition.ts';
import { HitLog } from './hit-log.ts';
import { parseLogMessage, type LogPart } from './log-message.ts';
import { DataWatch } from '../watches/data-watch.ts';
import { bind, type Binding } from './places.ts';

/** A breakpoint as it was set, ready to be asked whether it stops. */
export interface Breakpoint {
  readonly id: number;
  readonly request: BreakpointRequest;
  readonly binding: Binding;
  readonly hitCondition: HitCondition | undefined;
  readonly log: readonly LogPart[] | undefined;
  /** What the harts are armed with for it: kept, since where guest memory lies can change. */
  readonly armed: readonly ArmedAddress[];
  /** Of a data breakpoint, the bytes. */
  readonly watch: DataWatch | undefined;
  readonly hits: HitLog;
}

/** A breakpoint that stops at accesses of memory. */
export type OnData = Breakpoint & { readonly watch: DataWatch };

/** All breakpoints of the session, by who set them. */
export class BreakpointSet {
  readonly #target: Target;
  readonly #armed: ArmedAddresses;
  readonly #byOwner = new Map<string, readonly Breakpoint[]>();
  #all: readonly Breakpoint[] = [];
  #onData: readonly OnData[] = [];
  readonly #inCode = new Map<bigint, { readonly breakpoint: Breakpoint; readonly image: StratumImage }[]>();
  readonly #byReference: { readonly breakpoint: Breakpoint; readonly reference: MemoryReference }[] = [];
  /** Of data breakpoints, what clients know of why they do not watch. */
  readonly #toldProblems = new Map<number, string | undefined>();
  readonly #didChange = new Emitter<BoundBreakpoint>();
  #lastId = 0;
  readonly onDidChange = this.#didChange.event;

  constructor(target: Target, armed: ArmedAddresses) {
    this.#target = target;
    this.#armed = armed;
  }

  get all(): readonly Breakpoint[] {
    return this.#all;
  }

  /** Takes the place of all that this owner set before. Equal requests keep their id and their hits. */
  replace(owner: string, requests: readonly BreakpointRequest[]): readonly BoundBreakpoint[] {
    const before = byRequest(this.#byOwner.get(owner) ?? []);
    const answers = requests.map(
      (request) => before.get(JSON.stringify(request))?.shift() ?? this.#create(request),
    );
    const after = answers.filter((each): each is Breakpoint => 'binding' in each);
    this.#byOwner.set(owner, after);
    this.#all = [...this.#byOwner.values()].flat();
    this.#index();
    for (const each of [...before.values()].flat()) this.#disarm(each);
    for (const { id, watch } of this.#onData) this.#toldProblems.set(id, watch.problem);
    return answers.map((answer) => ('binding' in answer ? describe(answer) : answer));
  }

  /** Breakpoints in code of an image at an address as linked, and those at addresses that `isAt` says to be here. */
  at(
    code: { readonly image: StratumImage; readonly address: bigint } | undefined,
    isAt: (reference: MemoryReference) => boolean,
  ): readonly Breakpoint[] {
    const inCode = (code && this.#inCode.get(code.address)) ?? [];
    return [
      ...inCode.filter(({ image }) => image === code?.image).map(({ breakpoint }) => breakpoint),
      ...this.#byReference.filter(({ reference }) => isAt(reference)).map(({ breakpoint }) => breakpoint),
    ].toSorted((a, b) => a.id - b.id);
  }

  /** May code of an image have a breakpoint at this address as linked? */
  hasCodeAt(address: bigint): boolean {
    return this.#inCode.has(address);
  }

  /** Breakpoints of one of these filters. */
  *filters(...filters: readonly string[]): Generator<Breakpoint> {
    for (const breakpoint of this.all) {
      const { binding } = breakpoint;
      if (binding.kind === 'filter' && filters.includes(binding.filter)) yield breakpoint;
    }
  }

  /** Breakpoints on a stage of exits. */
  *stages(stage: string): Generator<Breakpoint> {
    for (const breakpoint of this.all) {
      const { binding } = breakpoint;
      if (binding.kind === 'stage' && matchesGlob(binding.pattern, stage)) yield breakpoint;
    }
  }

  /** Images have come and gone: what names their functions stands there now. */
  rebind({ added, removed }: ModuleChange): void {
    const images = new ImageSet(added);
    let hasChanged = false;
    for (const [owner, breakpoints] of this.#byOwner) {
      const after = breakpoints.map((each) => this.#rebound(each, images, removed));
      hasChanged ||= after.some((each, index) => each !== breakpoints[index]);
      this.#byOwner.set(owner, after);
    }
    if (!hasChanged) return;
    this.#all = [...this.#byOwner.values()].flat();
    this.#index();
  }

  #rebound(breakpoint: Breakpoint, added: ImageSet, removed: readonly StratumImage[]): Breakpoint {
    const { request, binding: before } = breakpoint;
    if (request.kind !== 'function') return breakpoint;
    const old = before.kind === 'places' ? before.places : [];
    const kept = old.filter((place) => place.kind !== 'image' || !removed.includes(place.image));
    const found = bind(request, added);
    const places = [...kept, ...(found.kind === 'places' ? found.places : [])];
    if (places.length === kept.length && kept.length === old.length) return breakpoint;
    const binding: Binding =
      places.length === 0 ? bind(request, this.#target.images) : { kind: 'places', places };
    const armed = places.flatMap((place) => armedAt(place, this.#target));
    for (const { space, address } of armed) this.#armed.arm(space, address);
    this.#disarm(breakpoint);
    const after = { ...breakpoint, binding, armed };
    this.#didChange.fire(describe(after));
    return after;
  }

  /** Breakpoints on data, with what they watch. */
  get onData(): readonly OnData[] {
    return this.#onData;
  }

  /** Page tables may be others than they were: what lies in pages of processes is looked for again. */
  follow(): void {
    for (const { watch } of this.#onData) watch.follow();
  }

  /** Tells clients of data breakpoints that found, or lost, what they watch since they were told last. */
  tellFollowed(): void {
    for (const breakpoint of this.#onData) {
      const { id, watch } = breakpoint;
      if (this.#toldProblems.get(id) === watch.problem) continue;
      this.#toldProblems.set(id, watch.problem);
      this.#didChange.fire(describe(breakpoint));
    }
  }

  #disarm({ id, armed, watch }: Breakpoint): void {
    watch?.dispose();
    this.#toldProblems.delete(id);
    for (const { space, address } of armed) this.#armed.disarm(space, address);
  }

  /** History takes another course from a mark on: what was hit afterwards counts no more. */
  forgetHits(from: Mark): void {
    for (const { hits } of this.all) hits.forgetFrom(from);
  }

  /** Tells clients that a breakpoint is not what it was. */
  announce(breakpoint: Breakpoint, message: string): void {
    this.#didChange.fire({ ...describe(breakpoint), message });
  }

  /** With a thousand of them, those that are not here must cost nothing. */
  #index(): void {
    this.#onData = this.#all.filter((each): each is OnData => each.watch !== undefined);
    this.#inCode.clear();
    this.#byReference.length = 0;
    for (const breakpoint of this.#all) {
      if (breakpoint.binding.kind !== 'places') continue;
      for (const place of breakpoint.binding.places) {
        if (place.kind === 'reference') {
          this.#byReference.push({ breakpoint, reference: place.reference });
          continue;
        }
        const others = this.#inCode.get(place.address) ?? [];
        this.#inCode.set(place.address, others);
        const { image } = place;
        if (!others.some((each) => each.breakpoint === breakpoint && each.image === image))
          others.push({ breakpoint, image });
      }
    }
  }

  #create(request: BreakpointRequest): Breakpoint | BoundBreakpoint {
    const id = ++this.#lastId;
    const binding = bind(request, this.#target.images);
    // A module's functions can be named before it is loaded.
    if (binding.kind === 'none' && request.kind !== 'function')
      return { id, verified: false, message: binding.message };
    if (binding.kind === 'filter' && !launchFilters.some((filter) => filter.id === binding.filter))
      return { id, verified: false, message: `there is no filter '${binding.filter}'` };
    const problem = request.condition === undefined ? undefined : syntaxProblem(request.condition);
    if (problem !== undefined) return { id, verified: false, message: problem };
    const hitCondition =
      request.hitCondition === undefined ? undefined : parseHitCondition(request.hitCondition);
    if (request.hitCondition !== undefined && hitCondition === undefined)
      return { id, verified: false, message: `hit condition '${request.hitCondition}': ${hitConditionHelp}` };
    const log = request.logMessage === undefined ? undefined : parseLogMessage(request.logMessage);
    const places = binding.kind === 'places' ? binding.places : [];
    const byPlace = places.map((place) => armedAt(place, this.#target));
    const armed = byPlace.flat();
    if (byPlace.some(({ length }) => length === 0))
      return { id, verified: false, message: 'The guest has no memory there, or none yet.' };
    const watch = this.#watch(request, binding);
    if (watch?.isRefused) return { id, verified: false, ...(watch.problem && { message: watch.problem }) };
    for (const { space, address } of armed) this.#armed.arm(space, address);
    return { id, request, binding, hitCondition, log, armed, watch, hits: new HitLog() };
  }

  #watch(request: BreakpointRequest, binding: Binding): DataWatch | undefined {
    if (request.kind !== 'data' || binding.kind !== 'data') return undefined;
    return new DataWatch(binding.data, request.access, this.#target);
  }
}

function byRequest(breakpoints: readonly Breakpoint[]): ReadonlyMap<string, Breakpoint[]> {
  const found = new Map<string, Breakpoint[]>();
  for (const breakpoint of breakpoints) {
    const key = JSON.stringify(breakpoint.request);
    const equal = found.get(key);
    if (equal === undefined) found.set(key, [breakpoint]);
    else equal.push(breakpoint);
  }
  return found;
}

/** What is wrong with a condition's form, whatever its names turn out to be: a name may be a type's or not. */
function syntaxProblem(condition: string): string | undefined {
  const parsed = parseExpression(condition, () => false);
  if (parsed.ok || parseExpression(condition, () => true).ok) return undefined;
  const { message, span } = parsed.error;
  return `condition '${condition}', column ${span.start + 1}: ${message}`;
}

function describe({ id, binding, watch }: Breakpoint): BoundBreakpoint {
  if (watch?.problem !== undefined) return { id, verified: false, message: watch.problem };
  if (binding.kind === 'none') return { id, verified: false, message: binding.message };
  if (binding.kind !== 'places') return { id, verified: true };
  const { path, line } = binding;
  return {
    id,
    verified: true,
    ...(line === undefined ? {} : { line }),
    ...(path === undefined ? {} : { path }),
  };
}
