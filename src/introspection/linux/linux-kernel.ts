import type { Symbols } from '../../symbols/placed-symbols.ts';
import { underlying, type RecordType } from '../../symbols/types.ts';
import { KernelObject, type ReadKernel } from '../kernel-object.ts';

/** A Linux that runs: what is known of it, and its memory. All its data structures are looked at from outside. */
export class LinuxKernel {
  readonly symbols: Pick<Symbols, 'symbolsNamed' | 'typeNamed'>;
  readonly read: ReadKernel;

  private constructor(symbols: LinuxKernel['symbols'], read: ReadKernel) {
    this.symbols = symbols;
    this.read = read;
  }

  /** Nothing where the kernel is none, or does not tell what its types are. `symbols` are those of where it runs. */
  static of(symbols: LinuxKernel['symbols'], read: ReadKernel): LinuxKernel | undefined {
    const kernel = new LinuxKernel(symbols, read);
    return kernel.record('task_struct') === undefined || kernel.addressOf('init_task') === undefined
      ? undefined
      : kernel;
  }

  addressOf(name: string): bigint | undefined {
    return this.symbols.symbolsNamed(name)[0]?.address;
  }

  /** The type `struct name`. */
  record(name: string): RecordType | undefined {
    const type = this.symbols.typeNamed(['struct', name]);
    const plain = type && underlying(type);
    return plain?.kind === 'struct' && plain.isComplete ? plain : undefined;
  }

  /** Records that hang in a list that a variable is the head of; `link` is the member by which they do. */
  list(name: string, type: RecordType, link: string, most: number): Iterable<KernelObject> {
    const address = this.addressOf(name);
    const head = this.record('list_head');
    if (address === undefined || head === undefined) return [];
    const member = { name: 'list', type: head, byteOffset: 0, bitField: undefined };
    const holder: RecordType = {
      ...head,
      kind: 'struct',
      name: undefined,
      isComplete: true,
      members: [member],
    };
    return new KernelObject(holder, address, this.read).list('list', type, link, most);
  }

  /** What a variable is, as a record of a type. */
  variable(name: string, type: string): KernelObject | undefined {
    const address = this.addressOf(name);
    const record = this.record(type);
    return address === undefined || record === undefined
      ? undefined
      : new KernelObject(record, address, this.read);
  }
}
