import { Device, type AccessRules, type DeviceRegister } from '../device.ts';

/** What a guest asked the finisher for. */
export type FinisherRequest = { readonly kind: 'exit'; readonly code: number } | { readonly kind: 'reset' };

const finish = {
  name: 'FINISH',
  offset: 0,
  width: 4,
  access: 'write-only',
  reset: 0n,
  summary: 'Ends the run: 0x5555 passes, 0x3333 fails with a code, 0x7777 resets the machine.',
  fields: [
    { name: 'CODE', high: 31, low: 16, summary: 'Exit code of a failure.' },
    {
      name: 'STATUS',
      high: 15,
      low: 0,
      summary: 'What is asked for; other values are ignored.',
      values: { 0x3333: 'fail', 0x5555: 'pass', 0x7777: 'reset' },
    },
  ],
} as const satisfies DeviceRegister;

/** SiFive's test finisher, by which a guest powers off or resets the machine. */
export class TestFinisher extends Device<typeof finish, number> {
  readonly model = 'sifive-test';
  readonly summary = 'Test finisher: powers off or resets the machine.';
  readonly compatible = ['sifive,test1', 'sifive,test0', 'syscon'];
  readonly registers = [finish];
  protected readonly rules: AccessRules = { sizes: [2, 4], undefinedOffsets: 'zero' };
  readonly #request: (request: FinisherRequest) => void;
  #last = 0;

  constructor(wiring: { readonly request: (request: FinisherRequest) => void }) {
    super();
    this.#request = wiring.request;
  }

  peek(): bigint {
    return BigInt(this.#last);
  }

  reset(): void {
    this.#last = 0;
  }

  save(): number {
    return this.#last;
  }

  restore(state: number): void {
    this.#last = state;
  }

  protected read(): bigint {
    return 0n;
  }

  protected write(_register: typeof finish, value: bigint): void {
    this.#last = Number(value);
    const request = finisherRequest(value);
    if (request) this.#request(request);
  }
}

/** What a value asks the finisher for; undefined for one that it ignores. */
export function finisherRequest(value: bigint): FinisherRequest | undefined {
  const word = Number(value);
  switch (word & 0xffff) {
    case 0x5555:
      return { kind: 'exit', code: 0 };
    case 0x3333:
      return { kind: 'exit', code: word >>> 16 };
    case 0x7777:
      return { kind: 'reset' };
    default:
      return undefined;
  }
}
