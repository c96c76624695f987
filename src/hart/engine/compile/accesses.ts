import type { AccessSize, AmoOperator } from '../../../isa/semantics.ts';
import { hartSlot } from '../../state-layout.ts';
import { blockBytes } from '../../virtual-memory.ts';
import { writeAmo } from './arithmetic.ts';
import type { CodeWriter, Local } from '../wasm/code-writer.ts';
import type { MemoryOpcode } from '../wasm/opcodes.ts';

type Operand = () => void;

/** What accesses to memory need of the place they are compiled for. */
export interface AccessPad {
  readonly code: CodeWriter;
  /** An i32 local for where data lies in the wasm memory. */
  readonly host: Local;
  /** What leads from an offset in the wasm memory to a host-physical address, for RAM. */
  readonly ramDelta: number;
  /**
   * Leaves where data lies in the wasm memory; where that is not known, leaves the code. That it does too where the
   * address is misaligned and has to be `aligned`.
   */
  translate(array: 'read' | 'write', size: AccessSize, address: Operand, alignment: 'aligned' | 'any'): void;
  /** Leaves the address to which `slotAt` is to be added for a slot of the hart's state. */
  stateBase(): void;
  slotAt(slot: number): number;
  withScratch(body: (scratch: Local) => void): void;
}

/** Leaves the value, extended to an i64. */
export function writeLoad(pad: AccessPad, size: AccessSize, signed: boolean, address: Operand): void {
  pad.translate('read', size, address, 'any');
  pad.code.memory(loadOpcode(size, signed), 0);
}

/** Stores the low bytes of the value. */
export function writeStore(pad: AccessPad, size: AccessSize, address: Operand, value: Operand): void {
  pad.translate('write', size, address, 'any');
  value();
  pad.code.memory(storeOpcode(size), 0);
}

/** LR: leaves the value, and makes the reservation. */
export function writeLoadReserved(pad: AccessPad, size: 4 | 8, address: Operand): void {
  const { code, host } = pad;
  pad.translate('read', size, address, 'aligned');
  code.set(host);
  pad.stateBase();
  writePhysicalAddress(pad);
  code.memory('i64.store', pad.slotAt(hartSlot.reservationAddress));
  pad.stateBase();
  code.i64(1n);
  code.memory('i64.store', pad.slotAt(hartSlot.reservationValid));
  code.get(host);
  code.memory(loadOpcode(size, true), 0);
}

/** SC: leaves 0 where it stored, else 1, and ends the reservation. */
export function writeStoreConditional(pad: AccessPad, size: 4 | 8, address: Operand, value: Operand): void {
  const { code, host } = pad;
  const reservationAddress = pad.slotAt(hartSlot.reservationAddress);
  const reservationValid = pad.slotAt(hartSlot.reservationValid);
  pad.withScratch((failed) => {
    pad.translate('write', size, address, 'aligned');
    code.set(host);
    code.i64(1n);
    code.set(failed);
    pad.stateBase();
    code.memory('i32.load', reservationValid);
    pad.stateBase();
    code.memory('i64.load', reservationAddress);
    writePhysicalAddress(pad);
    code.plain('i64.eq');
    code.plain('i32.and');
    code.if(() => {
      code.get(host);
      value();
      code.memory(storeOpcode(size), 0);
      code.i64(0n);
      code.set(failed);
    });
    for (const slot of [reservationValid, reservationAddress]) {
      pad.stateBase();
      code.i64(0n);
      code.memory('i64.store', slot);
    }
    code.get(failed);
  });
}

/** An AMO: leaves the old value, sign-extended. */
export function writeAmoAccess(
  pad: AccessPad,
  operator: AmoOperator,
  size: 4 | 8,
  address: Operand,
  value: Operand,
): void {
  const { code, host } = pad;
  pad.withScratch((old) => {
    pad.withScratch((operand) => {
      pad.translate('write', size, address, 'aligned');
      code.tee(host);
      code.memory(loadOpcode(size, true), 0);
      code.set(old);
      value();
      code.set(operand);
      code.get(host);
      writeAmo(operator, size, old, operand, code);
      code.memory(storeOpcode(size), 0);
      code.get(old);
    });
  });
}

/** CBO.ZERO: stores zeros to the block around the address. */
export function writeZeroBlock(pad: AccessPad, address: Operand): void {
  const { code, host } = pad;
  const blockAddress = (): void => {
    address();
    code.i64(BigInt(-blockBytes));
    code.plain('i64.and');
  };
  pad.translate('write', 8, blockAddress, 'aligned');
  code.set(host);
  for (let offset = 0; offset < blockBytes; offset += 8) {
    code.get(host);
    code.i64(0n);
    code.memory('i64.store', offset);
  }
}

function writePhysicalAddress({ code, host, ramDelta }: AccessPad): void {
  code.get(host);
  code.plain('i64.extend_i32_u');
  code.i64(BigInt(ramDelta));
  code.plain('i64.add');
}

/** The instruction that loads so many bytes as an i64, with their sign or without. */
export function loadOpcode(size: AccessSize, signed: boolean): MemoryOpcode {
  if (size === 8) return 'i64.load';
  const bits = size === 1 ? 8 : size === 2 ? 16 : 32;
  return signed ? `i64.load${bits}_s` : `i64.load${bits}_u`;
}

/** The instruction that stores so many low bytes of an i64. */
export function storeOpcode(size: AccessSize): MemoryOpcode {
  return ({ 1: 'i64.store8', 2: 'i64.store16', 4: 'i64.store32', 8: 'i64.store' } as const)[size];
}
