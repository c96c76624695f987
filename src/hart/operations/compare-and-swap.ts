import { faultTrap } from '../fault-trap.ts';
import { refusalTrap } from '../guards.ts';
import type { Operation } from './operation.ts';

export const compareAndSwapWord = single(4);
export const compareAndSwapDouble = single(8);

/** Unpriv. Zacas: a pair that begins with x0 is zero, and what is loaded for it is dropped. */
export const compareAndSwapQuad: Operation = ({ state, memory }, decoded) => {
  const { rd, rs1, rs2 } = decoded;
  if ((rd | rs2) & 1) return refusalTrap('illegal-instruction', decoded.word);
  const pair = (register: number): bigint =>
    register === 0 ? 0n : state.getX(register) | (state.getX(register + 1) << 64n);
  const address = state.getX(rs1);
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
  return ({ state, memory }, decoded) => {
    const bits = 8 * size;
    const address = state.getX(decoded.rs1);
    const expected = BigInt.asUintN(bits, state.getX(decoded.rd));
    const wanted = BigInt.asUintN(bits, state.getX(decoded.rs2));
    const old = memory.modify(address, size, (present) => (present === expected ? wanted : present));
    if (typeof old !== 'bigint') return faultTrap(old, 'store', address, decoded);
    state.setX(decoded.rd, BigInt.asUintN(64, BigInt.asIntN(bits, old)));
    return 'next';
  };
}
