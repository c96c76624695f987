import { isReadOnly, type Csr, type CsrField } from '../../isa/csr.ts';
import { csrByName } from '../../isa/csrs/index.ts';
import { floatRegisterName, floatRegisterNumber, registerName, registerNumber } from '../../isa/registers.ts';
import type { EnumType } from '../../symbols/types.ts';
import { modeName } from '../stack/boundary.ts';
import type { Cpu } from '../target/cpu.ts';
import { UNSIGNED_LONG } from './integers.ts';
import { inRegister, type RegisterAccess } from './places.ts';
import type { Surroundings } from './surroundings.ts';
import { ExpressionFault, type TypedValue, type Value } from './value.ts';

/** What `$name` means: an x or f register or pc of the frame, `$mode`, or a CSR of the thread. */
export function registerValue(name: string, surroundings: Surroundings): Value {
  const number = registerNumber(name);
  if (number !== undefined) return addressWord(xRegister(number, surroundings), surroundings);
  const float = floatRegisterNumber(name);
  if (float !== undefined) return word(fRegister(float, surroundings));
  if (name === 'pc') return addressWord(programCounter(surroundings), surroundings);
  const { cpu } = surroundings.thread;
  if (name === 'mode') return { kind: 'text', text: modeName(surroundings.activation?.mode ?? cpu.mode) };
  const csr = csrByName.get(name);
  const value = csr && csrValue(csr, cpu);
  if (value === undefined) throw new ExpressionFault(`there is no register '$${name}'`);
  return value;
}

/** An x register of the frame. Only those of the processor can be changed. */
function xRegister(index: number, surroundings: Surroundings): RegisterAccess {
  const { cpu } = surroundings.thread;
  return {
    read: () => surroundings.registers.x[index],
    write: (value) => {
      if (!surroundings.hasProcessor)
        return `${registerName(index)} of a frame that has called another is not in the processor`;
      if (index === 0) return 'zero is always 0';
      cpu.setX(index, BigInt.asUintN(64, value));
      return undefined;
    },
  };
}

/** A register by its number in DWARF: the x registers, then the f registers. */
export function dwarfRegister(number: number, surroundings: Surroundings): RegisterAccess {
  return number < firstFloat ? xRegister(number, surroundings) : fRegister(number - firstFloat, surroundings);
}

const firstFloat = 32;

/** An f register, all 64 bits. Nobody tells where a frame that has called another saved it. */
function fRegister(index: number, surroundings: Surroundings): RegisterAccess {
  const { cpu } = surroundings.thread;
  return {
    read: () => (surroundings.hasProcessor ? cpu.getF(index) : undefined),
    write: (value) => {
      if (!surroundings.hasProcessor)
        return `${floatRegisterName(index)} of a frame that has called another is not in the processor`;
      cpu.setF(index, BigInt.asUintN(64, value));
      return undefined;
    },
  };
}

/** A CSR as the thread's software sees it; `undefined` where the thread has none of the name. */
export function csrValue(csr: Csr, cpu: Cpu): TypedValue | undefined {
  if (cpu.getCsr(csr.name) === undefined) return undefined;
  const isFixed = isReadOnly(csr) || csr.writable === 0n;
  const access: RegisterAccess = {
    read: () => cpu.getCsr(csr.name),
    ...(!isFixed && {
      write: (value: bigint) =>
        cpu.setCsr(csr.name, BigInt.asUintN(64, value)) ? undefined : `${csr.name} is read-only`,
    }),
  };
  return { ...word(access), csr };
}

/** A field of a CSR; where its values have names, it is an enum of them. */
export function fieldOf(value: TypedValue, csr: Csr, field: CsrField): TypedValue {
  const bits = { bitOffset: field.low, bitSize: field.high - field.low + 1 };
  const isFixed = field.rule === 'RO' || field.rule === 'WPRI' || value.place.write === undefined;
  return {
    kind: 'typed',
    type: field.values ? namedValues(csr, field, field.values) : UNSIGNED_LONG,
    place: isFixed ? { read: value.place.read } : value.place,
    bits,
  };
}

/** A field of a CSR value by name. */
export function fieldNamed(value: TypedValue, csr: Csr, name: string): TypedValue {
  const field = csr.fields.find((each) => each.name === name);
  if (field === undefined) {
    const names = csr.fields.map((each) => each.name).join(', ');
    throw new ExpressionFault(
      names === '' ? `${csr.name} has no fields` : `${csr.name} has no field '${name}'; it has ${names}`,
    );
  }
  return fieldOf(value, csr, field);
}

function namedValues(csr: Csr, field: CsrField, values: Readonly<Record<number, string>>): EnumType {
  return {
    kind: 'enum',
    name: `${csr.name}.${field.name}`,
    byteSize: 8,
    isSigned: false,
    enumerators: Object.entries(values).map(([value, name]) => ({ name, value: BigInt(value) })),
  };
}

function programCounter(surroundings: Surroundings): RegisterAccess {
  return {
    // Of the processor as the frame sees it: to the VMM, pc is its own.
    read: () => (surroundings.hasProcessor ? surroundings.thread.cpu.pc : surroundings.registers.pc),
    write: (value) => {
      if (!surroundings.hasProcessor)
        return 'pc of a frame that has called another is where it will return to';
      // Priv. 3.1.14: with 16-bit instructions bit 0 of an address of code is always zero.
      surroundings.thread.cpu.pc = BigInt.asUintN(64, value) & ~1n;
      return undefined;
    },
  };
}

/** A register that may hold an address, of the memory that the frame's code sees. */
function addressWord(access: RegisterAccess, { virtual }: Surroundings): TypedValue {
  return { ...word(access), space: virtual };
}

function word(access: RegisterAccess): TypedValue {
  return { kind: 'typed', type: UNSIGNED_LONG, place: inRegister(access), notation: 'hexadecimal' };
}
