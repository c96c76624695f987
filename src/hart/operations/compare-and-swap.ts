import { faultTrap } from '../fault-trap.ts';
import { refusalTrap } from '../guards.ts';
import type { AccessSize } from '../../isa/semantics.ts';
import type { Trap } from '../trap.ts';
import type { Operation, OperationContext } from './operation.ts';

/** AMOCAS.W */
export const compareAndSwapWord = single(4);
/** AMOCAS.D */
export const compareAndSwapDouble = single(8);

/** Unpriv. Zacas: a pair that begins with x0 is zero, and what is loaded for it is dropped. */
export const compareAndSwapQuad: Operation = (context, decoded) => {
  const { state, memory } = context;
  const { rd, rs1, rs2 } = decoded;
  if ((rd | rs2) & 1) return refusalTrap('illegal-instruction', decoded.word);
  const pair = (register: number): bigint =>
    register === 0 ? 0n : state.getX(register) | (state.getX(register + 1) << 64n);
  const address = state.getX(rs1);
  const fired = fires(context, address, 16);
  if (fired !== undefined) return fired;
  const expected = pair(rd);
  const old = memory.modifyQuad(address, (present) => (present === expected ? pair(rs2) : present));
  if (typeof old !== 'bigint') return faultTrap(old, 'store', address, decoded);
  if (rd !== 0) {
    state.setX(rd, BigInt.asUintN(64, old));
    state.setX(rd + 1, old >> 64n);
  }
  return 'next';
};

function single(size: 4 | 8): Operation {
  return (context, decoded) => {
    const { state, memory, triggers } = context;
    const bits = 8 * size;
    const address = state.getX(decoded.rs1);
    const expected = BigInt.asUintN(bits, state.getX(decoded.rd));
    const wanted = BigInt.asUintN(bits, state.getX(decoded.rs2));
    const fired = fires(context, address, size);
    if (fired !== undefined) return fired;
    const old = memory.modify(address, size, (present) => (present === expected ? wanted : present));
    if (typeof old !== 'bigint') return faultTrap(old, 'store', address, decoded);
    if (triggers.areArmed) triggers.onLoaded({ kind: 'load', access: 'normal', address, size }, old);
    state.setX(decoded.rd, BigInt.asUintN(64, BigInt.asIntN(bits, old)));
    return 'next';
  };
}

/** Debug. Sdtrig, A extension: an AMO is a load and a store. */
function fires({ triggers }: OperationContext, address: bigint, size: AccessSize | 16): Trap | undefined {
  if (!triggers.areArmed) return undefined;
  const traps = (['load', 'store'] as const).map((kind) =>
    triggers.onAccess({ kind, access: 'normal', address, size }),
  );
  return traps.find((trap) => trap !== undefined);
}
