import { gpa } from '../../common/address.ts';
import { faultTrap, type FaultingAccess } from '../../hart/fault-trap.ts';
import type { HartMode } from '../../hart/hart-mode.ts';
import { exceptionDestination } from '../../hart/traps.ts';
import type { WalkFault } from '../../hart/translation/walk.ts';
import { exceptionNames } from '../../isa/causes.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { FaultReason, TablePass, WalkAccess, WalkOutcome } from './address-walk.ts';
import { guestPlaceOf, type GuestPlace } from './owner.ts';

/** What becomes of an access that does not translate: the reason, the trap, and who takes it. */
export function faultOutcome(
  subject: {
    readonly target: Target;
    readonly thread: DebugThread;
    readonly address: bigint;
    readonly access: WalkAccess;
    readonly mode: HartMode;
    readonly passes: readonly TablePass[];
  },
  fault: WalkFault,
  known?: FaultReason,
): WalkOutcome {
  const { target, thread, address, access, mode, passes } = subject;
  const pass = passes.find(({ entries }) => !['pointer', 'leaf'].includes(entries.at(-1)?.verdict ?? 'leaf'));
  const { kind: cause, guestPhysical, implicit } = fault;
  const accessFault = {
    kind: 'fault',
    cause,
    address,
    virtual: mode.virtual,
    guestPhysical,
    implicit,
  } as const;
  const { code } = faultTrap(accessFault, faultingAccess[access], address);
  const receiver = exceptionDestination(thread.hart.state, mode, code);
  return {
    kind: 'fault',
    reason: known ?? reasonOf(pass, fault),
    pass,
    trap: { code, name: exceptionNames[code] ?? `exception ${code}` },
    receiver,
    receiverName: nameOf(receiver, mode, target, thread),
    guest: guestPhysical && { gpa: gpa(guestPhysical), place: placeOf(thread, fault, access) },
  };
}

const faultingAccess: Readonly<Record<WalkAccess, FaultingAccess>> = {
  read: 'load',
  write: 'store',
  execute: 'fetch',
};

function reasonOf(pass: TablePass | undefined, fault: WalkFault): FaultReason {
  const verdict = pass?.entries.at(-1)?.verdict;
  if (verdict !== undefined && verdict !== 'pointer' && verdict !== 'leaf') return verdict;
  switch (fault.kind) {
    case 'page':
      return 'not-canonical';
    case 'guest-page':
      return 'too-wide';
    case 'access':
      return 'protected';
  }
}

function placeOf({ guest }: DebugThread, fault: WalkFault, access: WalkAccess): GuestPlace {
  const use = fault.implicit ?? (access === 'write' ? 'write' : 'read');
  if (guest === undefined || fault.guestPhysical === undefined) return { kind: 'nothing' };
  return guestPlaceOf(guest, fault.guestPhysical, use);
}

function nameOf(receiver: HartMode, from: HartMode, target: Target, { guest }: DebugThread): string {
  if (receiver.privilege === 3) return target.machine.firmware === undefined ? 'M mode' : 'the firmware';
  if (receiver.virtual) return guest === undefined ? 'the guest’s kernel' : `the kernel of ${guest.name}`;
  return from.virtual || target.vmm !== undefined ? 'the VMM' : 'the kernel';
}
