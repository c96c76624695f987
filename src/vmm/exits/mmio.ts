import { boxed, markGuestFloatingPointDirty } from '../../hart/floating-point-state.ts';
import { csrSlot, hartSlot } from '../../hart/state-layout.ts';
import type { HartState } from '../../hart/state.ts';
import { exceptionCode } from '../../hart/trap.ts';
import type { Device, NumberSize } from '../../machine/device.ts';
import { finisherRequest } from '../../machine/devices/test-finisher.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import { actionNumber } from './actions.ts';
import {
  instructionLength,
  setAction,
  setReason,
  skipInstruction,
  type Exit,
  type ExitHandler,
  type ExitSight,
} from './exit.ts';
import { accessFault, faultingAccess, isPageTableAccess } from './guest-page-fault.ts';
import { injectException } from './inject.ts';
import {
  accessKindNumber,
  firstFloatRegister,
  memoryInstruction,
  type MemoryInstruction,
} from './memory-instruction.ts';
import { explainMmio } from './mmio-explained.ts';
import { column } from './row.ts';

/** A guest-page fault at the address of a device: the VMM does the access on the virtual device. */
export const mmio: ExitHandler = {
  decode: decodeDeviceAccess,

  find(exit) {
    const { row, guest, address, region } = exit;
    const kind = row.get(accessKind);
    const isStore = kind === storing;
    if (region === undefined) return setAction(exit, 'inject');
    const register = region.device.registerAt(address - region.base, isStore ? 'write' : 'read');
    row.set(device, guest.deviceNumbers.ofRegion(region) + 1);
    if (register) row.set(registerColumn, guest.deviceNumbers.ofRegister(register) + 1);
    // An AMO needs memory that can do one; I/O regions cannot (Priv. 3.6.3.1, AMONone).
    if (!isStore && kind !== loading) return setAction(exit, 'inject');
    setAction(exit, 'emulate');
    if (isStore && region === guest.finisher) {
      const request = finisherRequest(row.getWide(accessValue));
      if (request === undefined) return;
      setReason(exit, request.kind === 'reset' ? 'reset' : 'shutdown');
      setAction(exit, 'power');
    }
  },

  act(exit) {
    const { row } = exit;
    if (row.get(action) === injecting || !doAccess(exit)) {
      const fault = accessFault[faultingAccess(row.get(cause))];
      return injectException(exit, fault, row.getWide(column.stval));
    }
    skipInstruction(exit, row.get(instructionLengthColumn));
  },

  explain: explainMmio,
};

/** What the guest loads or stores, from htinst or else from its instruction. */
export function decodeDeviceAccess(exit: ExitSight): void {
  const { row, state } = exit;
  setReason(exit, row.get(cause) === loadFault ? 'mmio-load' : 'mmio-store');
  const htinst = state.halves[htinstRegister] as number;
  const word = exit.trappedWord;
  row.set(instruction, word);
  if (isPageTableAccess(htinst)) return;
  // Priv. 18.6.3: bit 1 of a transformed instruction says whether it was a full-size one.
  const access = memoryInstruction(htinst === 0 ? word : htinst | 2);
  if (access === undefined || isSecondPart(state, htinst, access)) return;
  const { kind, size, signed, register } = access;
  row.set(accessKind, accessKindNumber[kind]);
  row.set(accessSize, size);
  row.set(accessSigned, signed ? 1 : 0);
  row.set(accessRegister, register);
  row.set(instructionLengthColumn, htinst === 0 ? instructionLength(word) : (htinst & 2) === 0 ? 2 : 4);
  if (kind !== 'store') return;
  const slot = registerSlot(register);
  const mask = size < 4 ? (1 << (8 * size)) - 1 : -1;
  row.setHalves(accessValue, state.low(slot) & mask, size === 8 ? state.high(slot) : 0);
}

/**
 * Did a misaligned access reach the device with its second part only? Then no device access can stand for it.
 * Priv. 18.6.3: the transformed instruction has the distance in place of rs1.
 */
function isSecondPart(state: HartState, htinst: number, access: MemoryInstruction): boolean {
  if (htinst !== 0) return ((htinst >>> 15) & 0x1f) !== 0;
  const start = state.getX(access.base) + BigInt(access.offset);
  return BigInt.asUintN(64, start) !== state.slot(csrSlot.stval);
}

/** Does the access on the device; false where that refuses it. */
function doAccess(exit: Exit): boolean {
  const { row, address, region } = exit;
  if (region === undefined) return false;
  const { device, base } = region;
  const offset = address - base;
  const size = row.get(accessSize) as AccessSize;
  if (row.get(accessKind) === storing) {
    return size === 8
      ? device.store(offset, size, row.getWide(accessValue))
      : device.storeNumber(offset, size, row.getLow(accessValue));
  }
  return size === 8 ? loadWide(exit, device, offset) : loadNumber(exit, device, offset, size);
}

function loadWide({ row, state }: Exit, device: Device, offset: number): boolean {
  const value = device.load(offset, 8);
  if (value === undefined) return false;
  row.setWide(accessValue, value);
  const register = row.get(accessRegister);
  if (register < firstFloatRegister) state.setX(register, value);
  else fillFloatRegister(state, register - firstFloatRegister, value, 8);
  return true;
}

function loadNumber({ row, state }: Exit, device: Device, offset: number, size: NumberSize): boolean {
  const value = device.loadNumber(offset, size);
  if (value === undefined) return false;
  row.setHalves(accessValue, value, 0);
  const register = row.get(accessRegister);
  if (register >= firstFloatRegister) {
    fillFloatRegister(state, register - firstFloatRegister, BigInt(value), size);
    return true;
  }
  const slot = register === 0 ? sink : x + register;
  const shift = 32 - 8 * size;
  const isSigned = row.get(accessSigned) === 1;
  state.setLow(slot, isSigned ? (value << shift) >> shift : value);
  state.setHigh(slot, isSigned ? (value << shift) >> 31 : 0);
  return true;
}

/** Where a register lies, as `MemoryInstruction` numbers them. */
function registerSlot(register: number): number {
  return register < firstFloatRegister ? x + register : hartSlot.f + register - firstFloatRegister;
}

/** As the load would have done: what is narrower than the register is boxed, and the unit is Dirty. */
function fillFloatRegister(state: HartState, register: number, value: bigint, size: AccessSize): void {
  const format = size === 2 ? 'h' : size === 4 ? 's' : 'd';
  state.setF(register, boxed(value, format));
  markGuestFloatingPointDirty(state);
}

// All of this is asked for at every access: so it is looked up here once.
const {
  cause,
  action,
  instruction,
  instructionLength: instructionLengthColumn,
  accessKind,
  accessSize,
  accessSigned,
  accessRegister,
  accessValue,
  device,
  register: registerColumn,
} = column;
const { load: loading, store: storing } = accessKindNumber;
const { inject: injecting } = actionNumber;
const loadFault = exceptionCode.loadGuestPageFault;
const { x, sink } = hartSlot;
const htinstRegister = 2 * csrSlot.htinst;
