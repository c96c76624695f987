import type { Hart } from '../../hart/hart.ts';
import { csrSlot } from '../../hart/state-layout.ts';
import { hartMode, type HartMode } from '../../hart/hart-mode.ts';
import { regimeOf, stageOptions, type TranslationRegime } from '../../hart/translation/regime.ts';
import { csrByName } from '../../isa/csrs/index.ts';
import { isSwitchedCsr } from '../../vmm/switched-registers.ts';
import type { Vcpu } from '../../vmm/vcpu.ts';
import type { Cpu } from './cpu.ts';

/**
 * A vCPU: on the hart, in an exit, or put away. CSR names are the guest's (`satp` is vsatp); those of the
 * hypervisor extension reach what the VMM set for this vCPU.
 */
export class VcpuCpu implements Cpu {
  readonly #hart: Hart;
  readonly #vcpu: Vcpu;

  constructor(hart: Hart, vcpu: Vcpu) {
    this.#hart = hart;
    this.#vcpu = vcpu;
  }

  get mode(): HartMode {
    if (this.#isExecuting) return this.#hart.state.mode;
    return hartMode((this.#vcpu.getCsr('sstatus') & previousPrivilege) === 0n ? 0 : 1, true);
  }

  get pc(): bigint {
    return this.#isExecuting ? this.#hart.state.pc : this.#vcpu.getCsr('sepc');
  }

  set pc(value: bigint) {
    if (this.#isExecuting) this.#hart.state.pc = value;
    else this.#vcpu.setCsr('sepc', value);
  }

  get root(): bigint {
    return this.#vcpu.getCsr('vsatp');
  }

  getX(index: number): bigint {
    return this.#vcpu.getX(index);
  }

  setX(index: number, value: bigint): void {
    this.#vcpu.setX(index, value);
  }

  getF(index: number): bigint {
    return this.#vcpu.getF(index);
  }

  setF(index: number, value: bigint): void {
    this.#vcpu.setF(index, value);
  }

  regime(mode = this.mode): TranslationRegime {
    if (this.#vcpu.isOnHart) return regimeOf(this.#hart.state, mode.virtual, mode.privilege);
    const status = this.#vcpu.getCsr('vsstatus');
    const { state } = this.#hart;
    return {
      virtual: mode.virtual,
      privilege: mode.privilege,
      satp: this.root,
      hgatp: this.#vcpu.getCsr('hgatp'),
      sum: (status & supervisorUserMemory) !== 0n,
      mxr: (status & makeExecutableReadable) !== 0n,
      guestMxr: false,
      options: stageOptions(state.high(csrSlot.henvcfg)),
      guestOptions: stageOptions(state.high(csrSlot.menvcfg)),
    };
  }

  getCsr(name: string): bigint | undefined {
    const own = aliasOf(name);
    if (isSwitchedCsr(own)) return this.#vcpu.getCsr(own);
    if (own === 'time') return this.#time;
    if (own === 'vsip' && !this.#vcpu.isOnHart) return this.#pendingWhileAway;
    return this.#hart.csrs.has(own) ? this.#hart.csrs.peek(own) : undefined;
  }

  setCsr(name: string, value: bigint): boolean {
    const own = aliasOf(name);
    if (isSwitchedCsr(own)) this.#vcpu.setCsr(own, value);
    else if (this.#hart.csrs.has(own)) this.#hart.csrs.poke(own, value);
    else return false;
    return true;
  }

  /** Priv. hypervisor, htimedelta: what a guest reads as time. */
  get #time(): bigint {
    return BigInt.asUintN(64, this.#hart.csrs.peek('time') + this.#vcpu.getCsr('htimedelta'));
  }

  /** What vsip will show once it is on the hart: hvip a bit lower, and whether its timer is due. */
  get #pendingWhileAway(): bigint {
    const injected = (this.#vcpu.getCsr('hvip') >> 1n) & supervisorInterrupts;
    return this.#time >= this.#vcpu.getCsr('vstimecmp') ? injected | supervisorTimer : injected;
  }

  /** Between entry and exit the hart itself has pc and mode. */
  get #isExecuting(): boolean {
    return this.#vcpu.isOnHart && this.#hart.state.virtual;
  }
}

/** sstatus.SPP, SUM and MXR. */
const previousPrivilege = 1n << 8n;
const supervisorUserMemory = 1n << 18n;
const makeExecutableReadable = 1n << 19n;

/** SSIP, STIP and SEIP. */
const supervisorInterrupts = 0x222n;
const supervisorTimer = 1n << 5n;

function aliasOf(name: string): string {
  return csrByName.get(name)?.virtualAlias ?? name;
}
