import type { AccessSize } from '../isa/semantics.ts';

/** A group of bits of a device register, for views and hover. */
export interface RegisterField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly summary: string;
  /** Names of values, for views: `{ 3: '8 bits' }`. */
  readonly values?: Readonly<Record<number, string>>;
}

/** A device register, described once: decoding, views, hover and documentation come from it. */
export interface DeviceRegister {
  readonly name: string;
  /** Bytes from the device's base. Registers may share one where access or bank differ. */
  readonly offset: number;
  /** Bytes. */
  readonly width: AccessSize;
  readonly access: 'read-write' | 'read-only' | 'write-only';
  readonly reset: bigint;
  readonly summary: string;
  /** Empty for a register that is one plain number. */
  readonly fields: readonly RegisterField[];
  /** Answers only while the device selects this bank (the UART's divisor latch). */
  readonly bank?: string;
}

/** What `save` returns: plain data without identity, so that it can be copied, hashed and written to a file. */
export type SavedState =
  | number
  | bigint
  | boolean
  | string
  | null
  | Uint8Array
  | readonly SavedState[]
  | { readonly [name: string]: SavedState };

/** Bytes of an access whose value is a number. */
export type NumberSize = Exclude<AccessSize, 8>;

/** How a device takes accesses that its registers do not describe. */
export interface AccessRules {
  /** Widths that it decodes; another, or an unaligned one, is an access fault. */
  readonly sizes: readonly AccessSize[];
  /** Where no register is: reads as zero and ignores writes, or an access fault. */
  readonly undefinedOffsets: 'zero' | 'fault';
}

/**
 * A device as a bus sees it: it knows neither its base address nor the machine. Looking (`peek`) never changes
 * it; `load` and `store` are a guest's accesses. The same class serves a machine and a guest of the VMM.
 */
export abstract class Device<
  Register extends DeviceRegister = DeviceRegister,
  State extends SavedState = SavedState,
> {
  /** Kind of device, as its data sheet calls it: `ns16550a`. */
  abstract readonly model: string;
  abstract readonly summary: string;
  /** `compatible` of its device-tree node, most specific first. */
  abstract readonly compatible: readonly string[];
  abstract readonly registers: readonly Register[];
  protected abstract readonly rules: AccessRules;

  #sizes: number | undefined;
  #byOffset: ReadonlyMap<number, readonly Register[]> | undefined;
  // What was found last: drivers access one register again and again, and its exit asks for it twice.
  #lastOffset = -1;
  #lastAccess: 'read' | 'write' = 'read';
  #lastBank: string | undefined;
  #lastFound: Register | undefined;

  /** The value a register shows, without side effects. Write-only registers show what was last written. */
  abstract peek(register: Register): bigint;
  /** Back to the state at power-on. */
  abstract reset(): void;
  /** As it was made: without what outlives a power-on, such as what was written to a disk. */
  renew(): void {
    this.reset();
  }

  /** What its registers do not show, for views. */
  inspect(): readonly DeviceDetail[] {
    return [];
  }

  /** A copy of all that is not wiring. */
  abstract save(): State;
  /** The inverse of `save`. Calls no line or output: those who listen are restored by themselves. */
  abstract restore(state: State): void;

  /** A guest reads `register`, with side effects. */
  protected abstract read(register: Register): bigint;
  /** A guest writes `register`, with side effects; `value` is as wide as the register. */
  protected abstract write(register: Register, value: bigint): void;

  /** `read` and `write` of a register of 4 bytes or fewer: for those that guests use all the time. */
  protected readNumber(register: Register): number {
    return Number(this.read(register));
  }
  protected writeNumber(register: Register, value: number): void {
    this.write(register, BigInt(value));
  }

  /** Which bank answers now, where registers have banks. */
  protected bank(): string | undefined {
    return undefined;
  }

  /** The register that a guest would reach at `offset` now, or undefined. */
  registerAt(offset: number, access: 'read' | 'write'): Register | undefined {
    const bank = this.bank();
    if (offset !== this.#lastOffset || access !== this.#lastAccess || bank !== this.#lastBank) {
      this.#lastFound = this.#findRegister(offset, access, bank);
      this.#lastOffset = offset;
      this.#lastAccess = access;
      this.#lastBank = bank;
    }
    return this.#lastFound;
  }

  /** A guest's load. `undefined`: access fault. */
  load(offset: number, size: AccessSize): bigint | undefined {
    if (!this.#decodes(offset, size)) return undefined;
    const register = this.registerAt(offset, 'read');
    if (register === undefined) return this.rules.undefinedOffsets === 'zero' ? 0n : undefined;
    const value = this.read(register);
    if (size >= register.width) return value;
    return BigInt.asUintN(size * 8, value >> BigInt((offset - register.offset) * 8));
  }

  /** A guest's store; `value` is unsigned, and as wide as `size` says. `false`: access fault. */
  store(offset: number, size: AccessSize, value: bigint): boolean {
    if (!this.#decodes(offset, size)) return false;
    const register = this.registerAt(offset, 'write');
    if (register === undefined) return this.rules.undefinedOffsets === 'zero';
    if (size === register.width) {
      this.write(register, value);
    } else if (size > register.width) {
      this.write(register, BigInt.asUintN(register.width * 8, value));
    } else {
      const shift = BigInt((offset - register.offset) * 8);
      const lanes = ((1n << BigInt(size * 8)) - 1n) << shift;
      this.write(register, (this.peek(register) & ~lanes) | ((value << shift) & lanes));
    }
    return true;
  }

  /** `load` of 4 bytes or fewer, as a number: where a register is read as a whole it may cost no BigInt. */
  loadNumber(offset: number, size: NumberSize): number | undefined {
    const register = this.registerAt(offset, 'read');
    if (register?.width === size && this.#decodes(offset, size)) return this.readNumber(register);
    const value = this.load(offset, size);
    return value === undefined ? undefined : Number(value);
  }

  /** Likewise `store`. */
  storeNumber(offset: number, size: NumberSize, value: number): boolean {
    const register = this.registerAt(offset, 'write');
    if (register?.width !== size || !this.#decodes(offset, size))
      return this.store(offset, size, BigInt(value));
    this.writeNumber(register, value);
    return true;
  }

  #decodes(offset: number, size: AccessSize): boolean {
    // A size is a bit of its own.
    this.#sizes ??= this.rules.sizes.reduce((sizes: number, each) => sizes | each, 0);
    return (offset & (size - 1)) === 0 && (this.#sizes & size) !== 0;
  }

  #findRegister(offset: number, access: 'read' | 'write', bank: string | undefined): Register | undefined {
    this.#byOffset ??= groupByOffset(this.registers);
    const refused = access === 'read' ? 'write-only' : 'read-only';
    // A narrow access may reach the upper part of a wide register; registers are aligned to their width.
    for (let alignment = 1; alignment <= 8; alignment *= 2) {
      const start = offset - (offset % alignment);
      for (const register of this.#byOffset.get(start) ?? []) {
        if (register.access === refused || offset >= start + register.width) continue;
        if (register.bank === undefined || register.bank === bank) return register;
      }
    }
    return undefined;
  }
}

/** Something about a device for a person to read. */
export interface DeviceDetail {
  readonly label: string;
  readonly value: string;
  /** More about it. */
  readonly parts?: readonly DeviceDetail[];
}

/** A field with its value, as views show it. */
export interface DecodedField {
  readonly field: RegisterField;
  readonly value: bigint;
  /** The value's name, where the description has one. */
  readonly meaning?: string;
}

/** Takes a register's value apart into its fields, highest first. */
export function decodeFields(register: DeviceRegister, value: bigint): readonly DecodedField[] {
  return register.fields.map((field) => {
    const bits = BigInt.asUintN(field.high - field.low + 1, value >> BigInt(field.low));
    const meaning = field.values?.[Number(bits)];
    return meaning === undefined ? { field, value: bits } : { field, value: bits, meaning };
  });
}

/** A wire to an interrupt controller or a hart: true while the device asks for attention. */
export type InterruptLine = (raised: boolean) => void;

function groupByOffset<R extends DeviceRegister>(registers: readonly R[]): ReadonlyMap<number, readonly R[]> {
  const groups = new Map<number, R[]>();
  for (const register of registers) {
    const group = groups.get(register.offset);
    if (group) group.push(register);
    else groups.set(register.offset, [register]);
  }
  return groups;
}
