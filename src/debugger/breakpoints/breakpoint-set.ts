import { Emitter } from '../../common/event.ts';
import type { Target } from '../target/target.ts';
import type { ArmedAddresses } from './armed-addresses.ts';
import { launchFilters } from './filters.ts';
import type { BoundBreakpoint, BreakpointRequest } from './breakpoint.ts';
import { hitConditionHelp, parseHitCondition, type HitCondition } from './hit-condition.ts';
import { parseLogMessage, type LogPart } from './log-message.ts';
import { bind, hostAddress, type Binding, type Place } from './places.ts';

/** A breakpoint as it was set, ready to be asked whether it stops. */
export interface Breakpoint {
  readonly id: number;
  readonly request: BreakpointRequest;
  readonly binding: Binding;
  readonly hitCondition: HitCondition | undefined;
  readonly log: readonly LogPart[] | undefined;
  hits: number;
}

/** All breakpoints of the session, by who set them. */
export class BreakpointSet {
  readonly #target: Target;
  readonly #armed: ArmedAddresses;
  readonly #byOwner = new Map<string, readonly Breakpoint[]>();
  readonly #didChange = new Emitter<BoundBreakpoint>();
  #lastId = 0;
  readonly onDidChange = this.#didChange.event;

  constructor(target: Target, armed: ArmedAddresses) {
    this.#target = target;
    this.#armed = armed;
  }

  get all(): readonly Breakpoint[] {
    return [...this.#byOwner.values()].flat();
  }

  /** Takes the place of all that this owner set before. Equal requests keep their id and their hits. */
  replace(owner: string, requests: readonly BreakpointRequest[]): readonly BoundBreakpoint[] {
    const before = [...(this.#byOwner.get(owner) ?? [])];
    const answers = requests.map((request) => {
      const index = before.findIndex((each) => JSON.stringify(each.request) === JSON.stringify(request));
      const [kept] = index < 0 ? [] : before.splice(index, 1);
      return kept ?? this.#create(request);
    });
    const after = answers.filter((each): each is Breakpoint => 'binding' in each);
    this.#byOwner.set(owner, after);
    for (const old of before) this.#each(old, (space, address) => this.#armed.disarm(space, address));
    return answers.map((answer) => ('binding' in answer ? describe(answer) : answer));
  }

  /** Breakpoints that stand where a thread now is, conditions apart. */
  *at(isAt: (place: Place) => boolean): Generator<Breakpoint> {
    for (const breakpoint of this.all) {
      const { binding } = breakpoint;
      if (binding.kind === 'places' && binding.places.some(isAt)) yield breakpoint;
    }
  }

  /** Breakpoints of one of these filters. */
  *filters(...filters: readonly string[]): Generator<Breakpoint> {
    for (const breakpoint of this.all) {
      const { binding } = breakpoint;
      if (binding.kind === 'filter' && filters.includes(binding.filter)) yield breakpoint;
    }
  }

  /** Breakpoints on stages of exits. */
  *stages(): Generator<Breakpoint & { readonly binding: Extract<Binding, { kind: 'stage' }> }> {
    for (const breakpoint of this.all) {
      const { binding } = breakpoint;
      if (binding.kind === 'stage') yield { ...breakpoint, binding };
    }
  }

  /** Tells clients that a breakpoint is not what it was. */
  announce(breakpoint: Breakpoint, message: string): void {
    this.#didChange.fire({ ...describe(breakpoint), message });
  }

  #create(request: BreakpointRequest): Breakpoint | BoundBreakpoint {
    const id = ++this.#lastId;
    const binding = bind(request, this.#target.images);
    if (binding.kind === 'none') return { id, verified: false, message: binding.message };
    if (binding.kind === 'filter' && !launchFilters.some((filter) => filter.id === binding.filter))
      return { id, verified: false, message: `there is no filter '${binding.filter}'` };
    const hitCondition =
      request.hitCondition === undefined ? undefined : parseHitCondition(request.hitCondition);
    if (request.hitCondition !== undefined && hitCondition === undefined)
      return { id, verified: false, message: `hit condition '${request.hitCondition}': ${hitConditionHelp}` };
    const log = request.logMessage === undefined ? undefined : parseLogMessage(request.logMessage);
    const created: Breakpoint = { id, request, binding, hitCondition, log, hits: 0 };
    this.#each(created, (space, address) => this.#armed.arm(space, address));
    return created;
  }

  #each({ binding }: Breakpoint, act: (space: 'virtual' | 'physical', address: bigint) => void): void {
    if (binding.kind !== 'places') return;
    for (const place of binding.places) {
      const armed = this.#armedAt(place);
      if (armed !== undefined) act(armed.space, armed.address);
    }
  }

  /** What the hart has to be armed with for a place. */
  #armedAt(place: Place): { readonly space: 'virtual' | 'physical'; readonly address: bigint } | undefined {
    if (place.kind === 'image') return { space: 'virtual', address: place.address };
    const { reference } = place;
    switch (reference.space) {
      case 'current':
      case 'gva':
        return { space: 'virtual', address: reference.address };
      case 'hpa':
        return { space: 'physical', address: reference.address };
      case 'gpa': {
        const guest = this.#target.vmm?.guests.find(({ name }) => name === reference.guest);
        const address = guest && hostAddress(guest, reference.address);
        return address === undefined ? undefined : { space: 'physical', address };
      }
    }
  }
}

function describe({ id, binding }: Breakpoint): BoundBreakpoint {
  if (binding.kind !== 'places') return { id, verified: true };
  const { path, line } = binding;
  return {
    id,
    verified: true,
    ...(line === undefined ? {} : { line }),
    ...(path === undefined ? {} : { path }),
  };
}
