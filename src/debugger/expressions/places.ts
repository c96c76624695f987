import { formatAddress } from '../../common/address.ts';
import type { Location } from '../../symbols/dwarf/location.ts';
import { readLocation } from '../../symbols/location-bytes.ts';
import { sizeOf, type Type } from '../../symbols/types.ts';
import { fromBytes, integerOf, toBytes } from './integers.ts';
import type { Place, Space } from './value.ts';

/** A value that was computed, and is nowhere. */
export function computed(bytes: Uint8Array): Place {
  return {
    read: (offset, length) =>
      offset >= 0 && offset + length <= bytes.length
        ? { ok: true, bytes: bytes.subarray(offset, offset + length) }
        : { ok: false, reason: 'it lies outside of the value' },
  };
}

/** Memory from an address on. */
export function inMemory(space: Space, address: bigint): Place {
  const at = (offset: number): bigint => BigInt.asUintN(64, address + BigInt(offset));
  return {
    memory: { space, address },
    read: (offset, length) => {
      const bytes = space.read(at(offset), length);
      if (bytes.length === length) return { ok: true, bytes };
      return { ok: false, reason: `memory at ${formatAddress(at(offset + bytes.length))} cannot be read` };
    },
    write: (offset, bytes) => {
      const written = space.write(at(offset), bytes);
      return written === bytes.length
        ? undefined
        : `memory at ${formatAddress(at(offset + written))} cannot be written`;
    },
  };
}

/** A 64-bit register as a place. */
export interface RegisterAccess {
  readonly read: () => bigint | undefined;
  /** Missing where it is read-only. Answers why it could not be written. */
  readonly write?: (value: bigint) => string | undefined;
}

/**
 * A register that holds a value of a type from its lowest byte on. psABI: an integer narrower than the register is
 * extended by the sign of its type to 32 bits, and from there on by its sign bit.
 */
export function inRegister({ read, write }: RegisterAccess, type?: Type): Place {
  const integer = type && integerOf(type);
  const current = (): Uint8Array | undefined => {
    const value = read();
    return value === undefined ? undefined : toBytes(value, 8);
  };
  return {
    read: (offset, length) => {
      const bytes = current();
      if (bytes === undefined) return { ok: false, reason: 'not saved' };
      return computed(bytes).read(offset, length);
    },
    ...(write && {
      write: (offset: number, part: Uint8Array) => {
        const bytes = current() ?? new Uint8Array(8);
        if (offset + part.length > bytes.length) return 'it does not fit the register';
        bytes.set(part, offset);
        if (offset !== 0 || integer === undefined || part.length > 4) return write(fromBytes(bytes));
        const isSigned = integer.isSigned || part.length === 4;
        const value = fromBytes(part);
        return write(isSigned ? BigInt.asIntN(8 * part.length, value) : value);
      },
    }),
  };
}

/** Where debug information says that a variable is. */
export function atLocation(
  location: Location,
  type: Type,
  space: Space,
  register: (index: number) => RegisterAccess,
): Place {
  switch (location.kind) {
    case 'address':
      return inMemory(space, location.address);
    case 'register':
      return inRegister(register(location.register), type);
    case 'unavailable':
      return { read: () => ({ ok: false, reason: location.reason }) };
    case 'value':
    case 'bytes':
    case 'pieces': {
      // The f registers follow the x registers.
      const x = Array.from({ length: 64 }, (_, index) => register(index).read());
      const whole = readLocation(
        location,
        sizeOf(type) ?? 0,
        { pc: 0n, x, pcKind: 'exact' },
        (address, size) => space.read(address, size),
      );
      return whole.ok ? computed(whole.bytes) : { read: () => whole };
    }
  }
}

/** A place within a place, or beyond it: the next element. */
export function placeAt(place: Place, offset: bigint): Place {
  if (place.memory) return inMemory(place.memory.space, BigInt.asUintN(64, place.memory.address + offset));
  const start = Number(offset);
  const { write } = place;
  return {
    read: (inner, length) => place.read(start + inner, length),
    ...(write && { write: (inner: number, bytes: Uint8Array) => write(start + inner, bytes) }),
  };
}
