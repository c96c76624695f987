import type { FinisherRequest } from './devices/test-finisher.ts';
import { resetReason, resetType } from './firmware/sbi/sbi.ts';
import type { ExitSource, FinalStop } from './machine-stop.ts';

/** What a guest asked for that ends its run: to stop for good, or to begin again. */
export class Ending {
  readonly #attention: () => void;
  #stop: FinalStop | undefined;
  #rebootRequested = false;

  /** `attention` has the hart that executes come back after its instruction. */
  constructor(attention: () => void) {
    this.#attention = attention;
  }

  /** How the run ended, once it has. */
  get stop(): FinalStop | undefined {
    return this.#stop;
  }

  get rebootRequested(): boolean {
    return this.#rebootRequested;
  }

  exit(code: number, by: ExitSource): void {
    this.#stop = { kind: 'exit', code, by };
    this.#attention();
  }

  /** The guest did what nothing can go on from. */
  fail(message: string): void {
    this.#stop = { kind: 'fatal', blame: 'guest', message };
    this.#attention();
  }

  askedByFinisher(request: FinisherRequest): void {
    if (request.kind === 'exit') this.exit(request.code, 'finisher');
    else this.#reboot();
  }

  /** SBI 10. */
  askedBySbi(type: number, reason: number): void {
    if (type === resetType.shutdown) this.exit(reason === resetReason.systemFailure ? 1 : 0, 'sbi-srst');
    else this.#reboot();
  }

  /** The run goes on, or is put into another state: one that ended so. */
  restore(stop: FinalStop | undefined): void {
    this.#stop = stop;
    this.#rebootRequested = false;
  }

  #reboot(): void {
    this.#rebootRequested = true;
    this.#attention();
  }
}
