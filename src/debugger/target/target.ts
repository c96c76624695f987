import { StrataError } from '../../common/errors.ts';
import type { Hart } from '../../hart/hart.ts';
import type { TranslationRegime } from '../../hart/translation/regime.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Guest } from '../../vmm/guest.ts';
import type { Vcpu } from '../../vmm/vcpu.ts';
import { ObservedExits } from '../../vmm/observed/observed-exits.ts';
import { guestNameOf, vmidOf } from '../../vmm/observed/observed-guest.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import type { HostedVmm } from '../../vmm/vmm.ts';
import { hpa } from '../../common/address.ts';
import { addressInPage } from '../../common/page.ts';
import type { ImageSet, StratumImage } from '../images/image-set.ts';
import { Introspection } from '../introspection/introspection.ts';
import { Placement } from '../images/placement.ts';
import { Recognition } from '../images/recognition.ts';
import { isSameLinux } from '../images/same-linux.ts';
import type { Stratum } from '../stratum.ts';
import { HartCpu, stratumOf, type Cpu } from './cpu.ts';
import { VcpuCpu } from './vcpu-cpu.ts';

/** A vCPU of a guest, or a hart of a machine without VMM: what a client calls a thread. */
export interface DebugThread {
  readonly id: number;
  readonly name: string;
  readonly cpu: Cpu;
  /** The hart that it runs on. */
  readonly hart: Hart;
  /** Where there is a VMM. */
  readonly guest: Guest | undefined;
  readonly vcpu: Vcpu | undefined;
}

/** What is debugged: the machine, its VMM if there is one, and the images that run on it. */
export class Target {
  readonly machine: Machine;
  readonly vmm: HostedVmm | undefined;
  /** Exits of guests whose VMM is software of the machine; none where a VMM is hosted, or harts have no H. */
  readonly observed: ObservedExits | undefined;
  readonly images: ImageSet;
  readonly threads: readonly DebugThread[];
  /** Where images of kernels lie, by where they were loaded. */
  readonly placement = new Placement((address, regime) => this.physicalOf(address, regime));
  /** What the kernels are doing. */
  readonly introspection = new Introspection(this);
  readonly #recognition = new Recognition();
  /** An address at which code of each kernel ran. */
  readonly #seen = new Map<StratumImage, bigint>();

  constructor(options: {
    readonly machine: Machine;
    readonly vmm: HostedVmm | undefined;
    readonly images: ImageSet;
  }) {
    const { machine, vmm, images } = options;
    this.machine = machine;
    this.vmm = vmm;
    this.images = images;
    this.observed = observe(machine, vmm);
    this.threads = vmm === undefined ? hartThreads(machine.harts) : vcpuThreads(vmm, machine.harts);
  }

  /** The thread that has the hart; the last one that had it while all wait. */
  get currentThread(): DebugThread {
    const hart = this.machine.stage?.hart ?? this.machine.currentHart.id;
    const vcpu = this.vmm?.currentVcpu;
    const found = this.threads.find((thread) =>
      vcpu === undefined ? thread.hart.id === hart : thread.vcpu === vcpu,
    );
    return found ?? this.thread(1);
  }

  /** Throws where a client names a thread that is none. */
  thread(id: number): DebugThread {
    const thread = this.threads.find((each) => each.id === id);
    if (thread === undefined) throw new StrataError('unknown-thread', 'user', `there is no thread ${id}`);
    return thread;
  }

  /** The thread whose code a hart runs, or has just left. */
  threadOn(hart: Hart): DebugThread | undefined {
    const vcpu = this.vmm?.currentVcpu;
    return this.threads.find((thread) =>
      this.vmm === undefined ? thread.hart === hart : thread.vcpu === vcpu,
    );
  }

  /** Is the thread's exit being handled at this moment? Then the VMM is the stratum that runs. */
  isInVmm(thread: DebugThread): boolean {
    return this.machine.stage !== undefined && this.vmm?.currentVcpu === thread.vcpu;
  }

  /** Every thread waits, no timer is due, and no input can end it: no thread has external interrupts enabled. */
  get waitsForEver(): boolean {
    // On the bare machine sie is a part of mie; a vCPU has its own sie alone.
    const register = this.vmm === undefined ? 'mie' : 'sie';
    return this.threads.every(({ cpu }) => ((cpu.getCsr(register) ?? 0n) & externalInterrupts) === 0n);
  }

  /** The account of exits, whoever handles them. */
  get exits(): HostedVmm | ObservedExits | undefined {
    return this.vmm ?? this.observed;
  }

  /** The exit of a thread's guest that its VMM, hosted or not, handles at this moment. */
  exitUnderWay(thread: DebugThread): ExitRecord | undefined {
    if (this.vmm !== undefined) return this.isInVmm(thread) ? this.vmm.currentExit?.record : undefined;
    const exit = this.observed?.underWay(thread.hart);
    const { cpu } = thread;
    // A type 2 VMM is a process with its kernel: while others have their turn, the exit has to wait.
    const isInForce = cpu.mode.privilege === 1 || (cpu.mode.privilege === 0 && cpu.root === exit?.root);
    return exit && !cpu.mode.virtual && isInForce ? exit.record : undefined;
  }

  /** What the guest of a space is called: that of a thread under the hosted VMM, else the one with the VMID. */
  guestName({ guest }: DebugThread, { virtual, hgatp }: TranslationRegime): string | undefined {
    if (guest !== undefined) return guest.name;
    return virtual ? guestNameOf(vmidOf(hgatp)) : undefined;
  }

  /** The stratum that runs for a thread. */
  stratum(thread: DebugThread): Stratum {
    return this.isInVmm(thread) ? 'vmm' : stratumOf(thread.cpu.mode);
  }

  /** Reads memory without any effect; fewer bytes where it is not mapped. */
  read(address: bigint, length: number, regime: TranslationRegime): Uint8Array {
    return this.#anyHart.view.read(address, length, regime);
  }

  /** Writes memory; how many bytes were mapped and written. */
  write(address: bigint, bytes: Uint8Array, regime: TranslationRegime): number {
    return this.#anyHart.view.write(address, bytes, regime);
  }

  /**
   * The image whose code is at `address` in the space that `regime` describes, for code of a stratum. Its addresses
   * are those of that space.
   */
  imageAt(
    address: bigint,
    stratum: Stratum,
    guest: string | undefined,
    regime: TranslationRegime,
  ): StratumImage | undefined {
    if (this.observed !== undefined && regime.virtual) return this.#inObservedGuest(address, stratum, regime);
    const candidates = this.images.of(stratum, guest);
    if (stratum !== 'process') return this.#kernelAt(address, candidates, regime);
    return this.#programAt(address, candidates, regime);
  }

  /** A kernel's image as it lies in a space, wherever in it code now runs; as it was linked where nothing tells. */
  inSpace(image: StratumImage, { cpu }: DebugThread, regime: TranslationRegime): StratumImage {
    const { stratum } = image;
    if (stratum === 'process') return image;
    // Where traps enter a kernel there is code of it, once it is set up; until then its own code runs.
    const vector = (cpu.getCsr(stratum === 'machine' ? 'mtvec' : 'stvec') ?? 0n) & ~3n;
    const seen = this.#seen.get(image);
    for (const address of [vector, cpu.pc, seen]) {
      const found = address === undefined ? undefined : this.placement.at(image, address, regime);
      if (found !== undefined) return found;
    }
    return image;
  }

  /** The program that a process runs, by what is mapped in its space. */
  programOf(thread: DebugThread, regime: TranslationRegime): StratumImage | undefined {
    const candidates = this.images.of('process', thread.guest?.name);
    return this.#recognition.imageOf(candidates, (at, length) => this.read(at, length, regime));
  }

  /** The host-physical address of a thread's pc; undefined where it is not mapped. */
  physicalPc({ cpu, hart }: DebugThread): bigint | undefined {
    const page = hart.walker.walk({
      address: cpu.pc,
      access: 'execute',
      regime: cpu.regime(),
      effects: 'none',
    });
    return typeof page === 'number' ? addressInPage(page, cpu.pc) : undefined;
  }

  /**
   * What a guest of software of the machine runs, its kernel included, is recognised among the programs by its code;
   * or it is the kernel that also the machine runs. What a stratum may not fetch is none of its code.
   */
  #inObservedGuest(address: bigint, stratum: Stratum, of: TranslationRegime): StratumImage | undefined {
    const regime = { ...of, privilege: stratum === 'process' ? 0 : 1 } as const;
    const page = this.#anyHart.walker.walk({ address, access: 'execute', regime, effects: 'none' });
    if (typeof page !== 'number') return undefined;
    const read = (at: bigint, length: number): Uint8Array => this.read(at, length, regime);
    const program = this.#programAt(address, this.images.of('process', undefined), regime);
    if (program !== undefined) return program;
    const kernels = this.images.of('kernel', undefined);
    return kernels.find((image) => image.symbols.isCode(address) && isSameLinux(image.symbols.elf, read));
  }

  /** Of programs, that whose code is mapped there. */
  #programAt(
    address: bigint,
    candidates: readonly StratumImage[],
    regime: TranslationRegime,
  ): StratumImage | undefined {
    const space = `${regime.virtual ? regime.hgatp : '-'}:${regime.satp}`;
    const read = (at: bigint, length: number): Uint8Array => this.read(at, length, regime);
    return this.#recognition.imageAt(address, candidates, read, { space, step: this.machine.steps });
  }

  /** Kernels that are not where they were loaded run where they were linked, if anywhere. */
  #kernelAt(
    address: bigint,
    candidates: readonly StratumImage[],
    regime: TranslationRegime,
  ): StratumImage | undefined {
    for (const image of candidates) {
      const placed = this.placement.at(image, address, regime);
      if (placed?.symbols.isCode(address) !== true) continue;
      this.#seen.set(image, address);
      return placed;
    }
    // In guests of a kernel's own, its modules are not.
    const isOwn = this.vmm !== undefined || !regime.virtual;
    return candidates.find(
      ({ kernel, symbols }) => (isOwn || kernel === undefined) && symbols.isCode(address),
    );
  }

  /** The physical address, of the guest that the regime is of, that a virtual one leads to; undefined where none is mapped. */
  physicalOf(address: bigint, regime: TranslationRegime): bigint | undefined {
    const { walker } = this.#anyHart;
    const wrapped = BigInt.asUintN(64, address);
    const page = walker.walk({ address: wrapped, access: 'any', regime, effects: 'none' });
    if (typeof page !== 'number') return undefined;
    const host = addressInPage(page, wrapped);
    if (this.vmm === undefined || !regime.virtual) return host;
    const owner = this.vmm.ownerOf(hpa(host));
    return owner?.kind === 'guest' ? BigInt(owner.gpa) : undefined;
  }

  get #anyHart(): Hart {
    const [hart] = this.machine.harts;
    if (hart === undefined) throw new StrataError('broken-invariant', 'internal', 'a machine has a hart');
    return hart;
  }
}

/** SEIE and MEIE: WFI waits for what is enabled here, whether or not interrupts are taken (Priv. 3.3.3). */
const externalInterrupts = (1n << 9n) | (1n << 11n);

function observe(machine: Machine, vmm: HostedVmm | undefined): ObservedExits | undefined {
  if (vmm !== undefined || !machine.configuration.isa.has('H')) return undefined;
  const observed = new ObservedExits({ ramBase: machine.board.memory.ramBase });
  machine.observeExits(observed);
  return observed;
}

function hartThreads(harts: readonly Hart[]): readonly DebugThread[] {
  return harts.map((hart) => ({
    id: hart.id + 1,
    name: `hart ${hart.id}`,
    cpu: new HartCpu(hart),
    hart,
    guest: undefined,
    vcpu: undefined,
  }));
}

function vcpuThreads(vmm: HostedVmm, [hart]: readonly Hart[]): readonly DebugThread[] {
  if (hart === undefined) return [];
  return vmm.guests.flatMap((guest) =>
    guest.vcpus.map((vcpu) => ({
      id: vcpu.index + 1,
      name: `${guest.name}: vCPU ${vcpu.id}`,
      cpu: new VcpuCpu(hart, vcpu),
      hart,
      guest,
      vcpu,
    })),
  );
}
