import type { CsrFile } from '../hart/csr-file.ts';
import { virtualInterrupts } from '../hart/interrupts.ts';
import { csrSlot, hartSlot } from '../hart/state-layout.ts';
import type { HartState } from '../hart/state.ts';
import { interruptCode } from '../hart/trap.ts';
import { stageOptions, type TranslationRegime } from '../hart/translation/regime.ts';
import { csrByName } from '../isa/csrs/index.ts';
import { loadRegisters, switchedCsrs, unloadRegisters, type SwitchedCsr } from './switched-registers.ts';

/** What of a hart a vCPU lives in. */
export interface VcpuHart {
  readonly state: HartState;
  readonly csrs: CsrFile;
}

/** `running`: it has the hart. `ready`: it could run. `waiting`: for an interrupt (WFI). `stopped`: until started. */
export type VcpuStatus = 'running' | 'ready' | 'waiting' | 'stopped';

/** Plain data: all that a vCPU holds while another one has the hart. */
export interface VcpuState {
  readonly [name: string]: string | number | boolean | readonly bigint[];
  readonly status: VcpuStatus;
  readonly suspended: boolean;
  readonly onHart: boolean;
  readonly steps: number;
  readonly x: readonly bigint[];
  readonly f: readonly bigint[];
  readonly csrs: readonly bigint[];
}

/**
 * A virtual hart of a guest. While it runs, its registers are the hart's own; otherwise they lie here. Reading
 * and changing them works alike in both cases.
 */
export class Vcpu {
  /** Hart id that the guest sees. */
  readonly id: number;
  /** Number among all vCPUs of the VMM. */
  readonly index: number;
  /** Steps that it ran in guest modes. */
  steps = 0;
  #status: VcpuStatus = 'stopped';
  #suspended = false;
  #onHart = false;
  readonly #hart: VcpuHart;
  readonly #x = new BigUint64Array(32);
  readonly #f = new BigUint64Array(32);
  readonly #csrs = new BigUint64Array(switchedCsrs.length);
  readonly #csrHalves = new Uint32Array(this.#csrs.buffer);
  /** Where they lie while it runs. */
  readonly #hartX: BigUint64Array;
  readonly #hartF: BigUint64Array;

  constructor(options: { readonly id: number; readonly index: number; readonly hart: VcpuHart }) {
    this.id = options.id;
    this.index = options.index;
    this.#hart = options.hart;
    const { slots } = options.hart.state;
    this.#hartX = slots.subarray(hartSlot.x, hartSlot.x + 32);
    this.#hartF = slots.subarray(hartSlot.f, hartSlot.f + 32);
  }

  get status(): VcpuStatus {
    return this.#status;
  }

  /** Are its registers in the hart? */
  get isOnHart(): boolean {
    return this.#onHart;
  }

  /** The machine is powered on: whatever was in the hart is gone. */
  forget(): void {
    this.stop();
    this.#onHart = false;
    this.steps = 0;
  }

  /** Power-on state: VS mode at `pc`, address translation off, interrupts disabled, all registers zero but these. */
  start(pc: bigint, opaque: bigint, options: { readonly hgatp: bigint; readonly htimedelta: bigint }): void {
    for (let index = 0; index < 32; index++) {
      this.setX(index, 0n);
      this.setF(index, 0n);
    }
    for (const name of switchedCsrs) this.setCsr(name, csrByName.get(name)?.reset ?? 0n);
    this.setX(10, BigInt(this.id));
    this.setX(11, opaque);
    this.setCsr('sepc', pc);
    // What the bare machine's firmware leaves behind for a kernel.
    this.setCsr('vstvec', pc);
    this.setCsr('scounteren', readableCounters);
    this.setCsr('sstatus', this.getCsr('sstatus') | sstatusFromKernel | sstatusFloatingPoint);
    this.setCsr('hstatus', this.getCsr('hstatus') | hstatusOfGuest);
    this.setCsr('vstimecmp', never);
    this.setCsr('hgatp', options.hgatp);
    this.setCsr('htimedelta', options.htimedelta);
    this.#status = this.#onHart ? 'running' : 'ready';
  }

  /** It runs again once an interrupt that it has enabled is pending. */
  wait(): void {
    this.#status = 'waiting';
  }

  /** SBI 9: likewise, but asked for by call; it then goes on after the call, or anew at `resume`. */
  suspend(resume?: { readonly address: bigint; readonly opaque: bigint }): void {
    this.wait();
    this.#suspended = true;
    if (resume === undefined) return;
    this.setX(10, BigInt(this.id));
    this.setX(11, resume.opaque);
    this.setCsr('sepc', resume.address);
    this.setCsr('vsatp', 0n);
    this.setCsr('vsstatus', this.getCsr('vsstatus') & ~supervisorInterruptEnable);
  }

  /** Suspended by call, not by WFI. */
  get isSuspended(): boolean {
    return this.#suspended;
  }

  stop(): void {
    this.#status = 'stopped';
    this.#suspended = false;
  }

  /** Ends its wait. */
  wake(): void {
    if (this.#status !== 'waiting') return;
    this.#status = this.#onHart ? 'running' : 'ready';
    this.#suspended = false;
  }

  /** Puts its registers into the hart, in HS mode: an SRET then enters the guest. */
  load(): void {
    const { state, csrs } = this.#hart;
    this.#hartX.set(this.#x);
    this.#hartF.set(this.#f);
    loadRegisters(state, csrs, this.#csrHalves);
    this.#onHart = true;
    if (this.#status === 'ready') this.#status = 'running';
  }

  /** Takes its registers out of the hart. */
  unload(): void {
    this.#x.set(this.#hartX);
    this.#f.set(this.#hartF);
    unloadRegisters(this.#hart.state, this.#csrHalves);
    this.#onHart = false;
    if (this.#status === 'running') this.#status = 'ready';
  }

  /** Address of the instruction that it executes next. */
  get pc(): bigint {
    return this.#runs ? this.#hart.state.pc : this.getCsr('sepc');
  }

  /** `VS`: its kernel is in control; `VU`: a process. */
  get mode(): 'VS' | 'VU' {
    const privilege = this.#runs
      ? this.#hart.state.privilege
      : (this.getCsr('sstatus') & sstatusFromKernel) >> 8n;
    return Number(privilege) === 1 ? 'VS' : 'VU';
  }

  /** How it translates addresses, in its mode or as its kernel or a process would: for views and walks. */
  regime(mode: 'VS' | 'VU' = this.mode): TranslationRegime {
    const status = this.getCsr('vsstatus');
    const { state } = this.#hart;
    return {
      virtual: true,
      privilege: mode === 'VS' ? 1 : 0,
      satp: this.getCsr('vsatp'),
      hgatp: this.getCsr('hgatp'),
      sum: (status & statusSum) !== 0n,
      mxr: (status & statusMxr) !== 0n,
      // The VMM does not set the bit of HS mode that would concern both stages.
      guestMxr: false,
      options: stageOptions(state.high(csrSlot.henvcfg)),
      guestOptions: stageOptions(state.high(csrSlot.menvcfg)),
    };
  }

  getX(index: number): bigint {
    return this.#onHart ? this.#hart.state.getX(index) : (this.#x[index] ?? 0n);
  }

  setX(index: number, value: bigint): void {
    if (this.#onHart) this.#hart.state.setX(index, value);
    else if (index !== 0) this.#x[index] = value;
  }

  getF(index: number): bigint {
    return this.#onHart ? this.#hart.state.getF(index) : (this.#f[index] ?? 0n);
  }

  setF(index: number, value: bigint): void {
    if (this.#onHart) this.#hart.state.setF(index, value);
    else this.#f[index] = value;
  }

  getCsr(name: SwitchedCsr): bigint {
    return this.#onHart ? this.#hart.csrs.peek(name) : (this.#csrs[switchedCsrs.indexOf(name)] ?? 0n);
  }

  setCsr(name: SwitchedCsr, value: bigint): void {
    if (this.#onHart) this.#hart.csrs.poke(name, value);
    else this.#csrs[switchedCsrs.indexOf(name)] = value;
  }

  /** Raises or lowers a virtual interrupt (an `interruptCode`) through hvip. */
  setInterrupt(code: number, raised: boolean): void {
    const bit = 1n << BigInt(code);
    const old = this.getCsr('hvip');
    const next = raised ? old | bit : old & ~bit;
    if (next !== old) this.setCsr('hvip', next);
  }

  /** Is an interrupt that it has enabled pending at `time` (ticks of the machine)? Priv. 3.3.3: that ends a WFI. */
  hasPendingInterrupt(time: number): boolean {
    let pending = Number(this.getCsr('hvip')) & virtualInterrupts;
    if (this.wakeTime(time) === time) pending |= 1 << interruptCode.virtualSupervisorTimer;
    // vsie shows the enables one bit below.
    return ((pending >> 1) & Number(this.getCsr('vsie'))) !== 0;
  }

  /** When its timer, if enabled, is due in the machine's ticks: not before `time`; undefined for never. */
  wakeTime(time: number): number | undefined {
    if ((this.getCsr('vsie') & supervisorTimerEnable) === 0n) return undefined;
    // The guest's time is ours plus htimedelta, modulo 2^64.
    const now = BigInt(time);
    const guestNow = BigInt.asUintN(64, now + this.getCsr('htimedelta'));
    const at = tickCount(now + this.getCsr('vstimecmp') - guestNow);
    return at === undefined ? undefined : Math.max(at, time);
  }

  /** Is the hart executing it, rather than the VMM on its behalf? */
  get #runs(): boolean {
    return this.#onHart && this.#hart.state.virtual;
  }

  save(): VcpuState {
    return {
      status: this.#status,
      suspended: this.#suspended,
      onHart: this.#onHart,
      steps: this.steps,
      x: [...this.#x],
      f: [...this.#f],
      csrs: [...this.#csrs],
    };
  }

  /** The inverse of `save`; the hart is restored by itself. */
  restore(state: VcpuState): void {
    this.#status = state.status;
    this.#suspended = state.suspended;
    this.#onHart = state.onHart;
    this.steps = state.steps;
    this.#x.set(state.x);
    this.#f.set(state.f);
    this.#csrs.set(state.csrs);
  }
}

/** A time in the machine's ticks as a number; undefined where that is 28 years off, or more: it is never. */
export function tickCount(ticks: bigint): number | undefined {
  const count = Number(ticks);
  return count > Number.MAX_SAFE_INTEGER ? undefined : count;
}

/** vsstatus.SUM and MXR. */
const statusSum = 1n << 18n;
const statusMxr = 1n << 19n;
/** CY, TM and IR. */
const readableCounters = 7n;
/** vsstatus.SIE. */
const supervisorInterruptEnable = 1n << 1n;
/** sstatus.SPP: SRET goes to the supervisor mode of the guest. */
const sstatusFromKernel = 1n << 8n;
/** sstatus.FS is Initial: the guest has floating point, as soon as its own sstatus lets it. */
const sstatusFloatingPoint = 1n << 13n;
/** hstatus.SPV and SPVP: SRET goes to the guest. VTW: WFI gives the hart back. */
const hstatusOfGuest = (1n << 7n) | (1n << 8n) | (1n << 21n);
const supervisorTimerEnable = 1n << BigInt(interruptCode.supervisorTimer);
/** vstimecmp of a timer that is not set. */
const never = 0xffff_ffff_ffff_ffffn;
