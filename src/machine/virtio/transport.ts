import type { DeviceDetail, InterruptLine, SavedState } from '../device.ts';
import type { DirectMemory } from './direct-memory.ts';
import { ringFeature, ringFeatures } from './features.ts';
import { inspectQueue } from './inspect-queue.ts';
import type { VirtioFeature, VirtioFunction, VirtioHost } from './virtio-function.ts';
import { Virtqueue, type VirtqueueState } from './virtqueue.ts';

/** What a virtio transport is connected to. */
export interface VirtioWiring {
  readonly memory: DirectMemory;
  readonly interrupt: InterruptLine;
  /** What is plugged in, if anything. */
  readonly plugged: VirtioFunction | undefined;
}

const powerOn = {
  status: 0,
  interruptStatus: 0,
  /** Features that the driver accepts. */
  accepted: 0n,
  /** What the driver did wrong; empty while it behaves. */
  problem: '',
};

/** How far a driver is with its device, but for the queues. */
export type NegotiationState = typeof powerOn;

/** Status bits (Virtio 2.1). */
export const deviceStatus = {
  acknowledge: 1,
  driver: 2,
  driverOk: 4,
  featuresOk: 8,
  needsReset: 64,
  failed: 128,
} as const;

const interruptReason = { usedBuffer: 1, configuration: 2 } as const;

/**
 * What a device and its driver agree upon, whatever registers they do it by: features, status, queues, notifications
 * (Virtio 2 and 3).
 */
export class VirtioTransport implements VirtioHost {
  readonly queues: readonly Virtqueue[];
  /** Features that the device offers. */
  readonly features: readonly VirtioFeature[];
  /** The same, a bit each. */
  readonly offered: bigint;
  /** What is plugged in, if anything. */
  readonly plugged: VirtioFunction | undefined;
  readonly #interrupt: InterruptLine;
  #state = { ...powerOn };

  constructor({ memory, interrupt, plugged }: VirtioWiring) {
    this.plugged = plugged;
    this.#interrupt = interrupt;
    this.features = plugged ? [...plugged.features, ...ringFeatures] : [];
    this.offered = this.features.reduce((bits, { bit }) => bits | (1n << BigInt(bit)), 0n);
    this.queues = (plugged?.queues ?? []).map(
      ({ name, size }, index) =>
        new Virtqueue({
          index,
          name,
          maximumSize: size,
          memory,
          accepted: () => ({
            indirect: this.accepts(ringFeature.indirectDescriptors),
            eventIndex: this.accepts(ringFeature.eventIndex),
          }),
          onProblem: (problem) => this.fail(problem),
        }),
    );
    plugged?.attach(this);
  }

  get status(): number {
    return this.#state.status;
  }

  get interruptStatus(): number {
    return this.#state.interruptStatus;
  }

  /** Features that the driver accepts, a bit each. */
  get accepted(): bigint {
    return this.#state.accepted;
  }

  get isLive(): boolean {
    return (this.#state.status & (deviceStatus.driverOk | deviceStatus.needsReset)) === deviceStatus.driverOk;
  }

  /** What the driver did wrong, for views; undefined while it behaves. */
  get problem(): string | undefined {
    return this.#state.problem === '' ? undefined : this.#state.problem;
  }

  accepts(bit: number): boolean {
    return ((this.#state.accepted >> BigInt(bit)) & 1n) === 1n;
  }

  settle(queue: Virtqueue): void {
    if (this.isLive && queue.settle() === 'interrupt') this.#raise(interruptReason.usedBuffer);
  }

  fail(problem: string): void {
    if (this.#state.problem !== '') return;
    const tells = this.isLive;
    this.#change({ status: this.#state.status | deviceStatus.needsReset, problem });
    // Virtio 2.1.2: after DRIVER_OK, the driver is told by a notification of a changed configuration.
    if (tells) this.#raise(interruptReason.configuration);
  }

  /** The driver says which features it accepts, a bit each. */
  acceptFeatures(accepted: bigint): void {
    // Virtio 3.1.1: features are settled once FEATURES_OK is set.
    if ((this.#state.status & deviceStatus.featuresOk) === 0) this.#change({ accepted });
  }

  /** The driver writes the status; not zero, which is a reset. */
  setStatus(value: number): void {
    const before = this.#state.status;
    let next = (value & ~deviceStatus.needsReset) | (before & deviceStatus.needsReset);
    // Virtio 2.2.2: what was not offered cannot be accepted, and then FEATURES_OK stays clear.
    if ((this.#state.accepted & ~this.offered) !== 0n) next &= ~deviceStatus.featuresOk;
    this.#change({ status: next });
    if ((before & deviceStatus.driverOk) !== 0 || !this.isLive) return;
    // What was made available before the device might look at it.
    for (const queue of this.queues) this.notify(queue);
  }

  /** The driver has made buffers available. */
  notify(queue: Virtqueue | undefined): void {
    if (!queue || !this.isLive || !queue.state.ready) return;
    this.plugged?.serve(queue);
    this.settle(queue);
  }

  /** The driver has seen these reasons of an interrupt. */
  acknowledge(reasons: number): void {
    this.#setInterrupt(this.#state.interruptStatus & ~reasons);
  }

  inspect(): readonly DeviceDetail[] {
    const { problem, features, queues, plugged } = this;
    const accepted = features.filter(({ bit }) => this.accepts(bit)).map(({ name }) => name);
    return [
      ...(problem === undefined ? [] : [{ label: 'problem', value: problem }]),
      ...(plugged?.inspect?.() ?? []),
      { label: 'features', value: accepted.length === 0 ? 'none accepted' : accepted.join(', ') },
      ...queues.map((queue) => inspectQueue(queue)),
    ];
  }

  reset(): void {
    this.#state = { ...powerOn };
    for (const queue of this.queues) queue.reset();
    this.plugged?.reset();
    this.#interrupt(false);
  }

  save(): {
    readonly negotiation: NegotiationState;
    readonly queues: readonly VirtqueueState[];
    readonly plugged: SavedState;
  } {
    return {
      negotiation: { ...this.#state },
      queues: this.queues.map(({ state }) => state),
      plugged: this.plugged?.save() ?? null,
    };
  }

  restore({ negotiation, queues, plugged }: ReturnType<VirtioTransport['save']>): void {
    const { status, interruptStatus, accepted, problem } = negotiation;
    this.#state = { status, interruptStatus, accepted, problem };
    this.queues.forEach((queue, index) => {
      const state = queues[index];
      if (state) queue.restore(state);
    });
    this.plugged?.restore(plugged);
  }

  #raise(reason: number): void {
    this.#setInterrupt(this.#state.interruptStatus | reason);
  }

  #setInterrupt(interruptStatus: number): void {
    this.#change({ interruptStatus });
    this.#interrupt(interruptStatus !== 0);
  }

  #change(change: Partial<typeof powerOn>): void {
    Object.assign(this.#state, change);
  }
}
