import type { DecodedInstruction } from '../../isa/instruction.ts';
import { csrSlot, type HartState } from '../state.ts';
import type { Operation } from './operation.ts';

/** Harts run one after the other and see memory in order: there is nothing to do. */
export const fence: Operation = () => 'next';

/** Likewise: code that is written is noticed at the write. */
export const fenceI: Operation = () => 'next';

export const sfenceVma: Operation = (context, decoded) => {
  const { state } = context;
  const scope = { ...addressOf(state, decoded, 0n), ...asidOf(state, decoded) };
  // Priv. 18.5.3: with V = 1 it is about vsatp and the current guest.
  if (state.virtual) context.fence({ kind: 'guest-virtual', vmid: currentVmid(state), ...scope });
  else context.fence({ kind: 'supervisor', ...scope });
  return 'next';
};

export const hfenceVvma: Operation = (context, decoded) => {
  const { state } = context;
  context.fence({
    kind: 'guest-virtual',
    vmid: currentVmid(state),
    ...addressOf(state, decoded, 0n),
    ...asidOf(state, decoded),
  });
  return 'next';
};

export const hfenceGvma: Operation = (context, decoded) => {
  const { state } = context;
  const vmid = decoded.rs2 === 0 ? {} : { vmid: state.low(decoded.rs2) & 0x3fff };
  context.fence({ kind: 'guest-physical', ...addressOf(state, decoded, 2n), ...vmid });
  return 'next';
};

function addressOf(state: HartState, { rs1 }: DecodedInstruction, shift: bigint): { address?: bigint } {
  return rs1 === 0 ? {} : { address: BigInt.asUintN(64, state.getX(rs1) << shift) };
}

function asidOf(state: HartState, { rs2 }: DecodedInstruction): { asid?: number } {
  return rs2 === 0 ? {} : { asid: state.low(rs2) & 0xffff };
}

function currentVmid(state: HartState): number {
  return (state.high(csrSlot.hgatp) >>> 12) & 0x3fff;
}
