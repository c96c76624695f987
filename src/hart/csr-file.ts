import { assert } from '../common/errors.ts';
import { isReadOnly, legalize, type Csr } from '../isa/csr.ts';
import { csrsOf } from '../isa/configuration/csrs-of.ts';
import { csrByName } from '../isa/csrs/index.ts';
import { counterHooks } from './csrs/counters.ts';
import { environmentHooks } from './csrs/environment.ts';
import { floatingPointHooks } from './csrs/floating-point.ts';
import type { CsrContext, CsrHooks, CsrHookTable } from './csrs/hooks.ts';
import { eventCounterHooks } from './csrs/event-counters.ts';
import { interruptHooks } from './csrs/interrupts.ts';
import { physicalProtectionHooks } from './csrs/physical-memory-protection.ts';
import { stateEnableHooks } from './csrs/state-enable.ts';
import { timerHooks } from './csrs/timers.ts';
import { triggerHooks } from './csrs/triggers.ts';
import { compileGuards, refusal, type CompiledGuards, type Refusal } from './guards.ts';
import { csrSlot, storedCsrs } from './state-layout.ts';

/** What an instruction may do with a CSR once it was let through: see `CsrFile.access`. */
export interface OpenCsr {
  read(): bigint;
  /** Bits that are 1 in `mask` are to become those of `value`, as far as the register's rules let them. */
  modify(value: bigint, mask: bigint): void;
}

/** The hart's control and status registers: as instructions reach them, and as views do. */
export class CsrFile {
  readonly #context: CsrContext;
  readonly #byAddress: readonly (Register | undefined)[];
  readonly #byName: ReadonlyMap<string, Register>;

  constructor(context: CsrContext) {
    this.#context = context;
    const registers = csrsOf(context.isa).map(
      (csr) => new Register(csr, context, (name) => this.#named(name)),
    );
    this.#byName = new Map(registers.map((register) => [register.csr.name, register]));
    const byAddress: (Register | undefined)[] = Array.from({ length: 0x1000 });
    for (const register of registers) byAddress[register.csr.address] = register;
    this.#byAddress = byAddress;
  }

  /** Puts every register to its reset value. */
  reset(): void {
    for (const name of storedCsrs) this.#context.state.setCsr(name, this.#byName.get(name)?.csr.reset ?? 0n);
    this.#context.timersChanged();
    this.#context.protectionChanged();
    this.#context.triggersChanged();
  }

  /**
   * Checks an access by the instruction in the hart's present mode (Priv. 2.1, 18.6.1): the register that it
   * reaches, or the exception that it raises.
   */
  access(address: number, kind: 'read' | 'write'): OpenCsr | Refusal {
    const register = this.#byAddress[address];
    if (register === undefined) return 'illegal-instruction';
    if (kind === 'write' && isReadOnly(register.csr)) return 'illegal-instruction';
    const { state } = this.#context;
    const refused = refusal(register.guards, state);
    if (refused !== undefined) return refused;
    return state.virtual ? register.inGuest : register;
  }

  /** Stored registers were put into the hart's state directly: a world switch. */
  loaded(): void {
    this.#context.timersChanged();
    this.#context.contextChanged();
  }

  /** Whether there is a CSR of this name. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /**
   * The register's value, as M mode would read it: for views. No check, no effect, no virtual alias. 0 of one that the
   * hart's extensions do not have.
   */
  peek(name: string): bigint {
    return this.#known(name)?.read() ?? 0n;
  }

  /** Writes like M mode would: only what the register's rules let through has an effect. */
  poke(name: string, value: bigint): void {
    const register = this.#known(name);
    if (register && !isReadOnly(register.csr)) register.modify(value, everyBit);
  }

  /** `undefined`: not with the hart's extensions. */
  #known(name: string): Register | undefined {
    const register = this.#byName.get(name);
    if (register === undefined) assert(csrByName.has(name), `there is no CSR ${name}`);
    return register;
  }

  #named(name: string): Register {
    const register = this.#byName.get(name);
    assert(register !== undefined, `there is no CSR ${name}`);
    return register;
  }
}

const everyBit = 0xffff_ffff_ffff_ffffn;

const allHooks: CsrHookTable = {
  ...counterHooks,
  ...interruptHooks,
  ...timerHooks,
  ...environmentHooks,
  ...triggerHooks,
  ...eventCounterHooks,
  ...stateEnableHooks,
  ...physicalProtectionHooks,
  ...floatingPointHooks,
};

class Register implements OpenCsr {
  readonly csr: Csr;
  readonly guards: CompiledGuards;
  readonly #context: CsrContext;
  readonly #hooks: CsrHooks;
  /** -1 for a register that is a view, computed or constant. */
  readonly #slot: number;
  /** One plain number, of which any value is legal. */
  readonly #isNumber: boolean;
  readonly #find: (name: string) => Register;
  #inGuest: OpenCsr | undefined;

  constructor(csr: Csr, context: CsrContext, find: (name: string) => Register) {
    this.csr = csr;
    this.guards = compileGuards(csr.guards);
    this.#context = context;
    this.#hooks = allHooks[csr.name] ?? {};
    this.#slot = (csrSlot as Readonly<Record<string, number>>)[csr.name] ?? -1;
    this.#isNumber =
      this.#slot >= 0 &&
      csr.viewOf === undefined &&
      csr.fields.length === 0 &&
      csr.writable === everyBit &&
      this.#hooks.modify === undefined &&
      this.#hooks.adjust === undefined;
    this.#find = find;
  }

  /** What the same address means with V = 1. */
  get inGuest(): OpenCsr {
    this.#inGuest ??= this.#findInGuest();
    return this.#inGuest;
  }

  read(): bigint {
    if (this.#hooks.read) return this.#hooks.read(this.#context);
    const { viewOf } = this.csr;
    if (viewOf) return (this.#find(viewOf.register).read() & this.#visible()) >> BigInt(viewOf.shift);
    return this.#slot < 0 ? this.csr.reset : this.#context.state.slot(this.#slot);
  }

  modify(value: bigint, mask: bigint): void {
    const hooks = this.#hooks;
    const { viewOf } = this.csr;
    if (this.#isNumber && mask === everyBit) {
      this.#context.state.slots[this.#slot] = value;
    } else if (hooks.modify) {
      hooks.modify(this.#context, value, mask & this.csr.writable);
    } else if (viewOf) {
      const shift = BigInt(viewOf.shift);
      const visible = ((mask & this.csr.writable) << shift) & this.#visible();
      this.#find(viewOf.register).modify(value << shift, visible);
    } else if (this.#slot >= 0) {
      const { state } = this.#context;
      const old = state.slot(this.#slot);
      const legal = legalize(this.csr, old, (old & ~mask) | (value & mask));
      state.slots[this.#slot] = hooks.adjust ? hooks.adjust(this.#context, legal) : legal;
    }
    hooks.changed?.(this.#context);
    this.#context.contextChanged();
  }

  /** For a view: the bits of the other register that it shows now. */
  #visible(): bigint {
    const { viewOf } = this.csr;
    if (!viewOf) return everyBit;
    return viewOf.gate === undefined ? viewOf.mask : viewOf.mask & this.#find(viewOf.gate).read();
  }

  #findInGuest(): OpenCsr {
    if (this.csr.virtualAlias !== undefined) return this.#find(this.csr.virtualAlias);
    const { readVirtual } = this.#hooks;
    if (!readVirtual) return this;
    return { read: () => readVirtual(this.#context), modify: (value, mask) => this.modify(value, mask) };
  }
}
