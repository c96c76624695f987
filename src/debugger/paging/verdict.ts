import { formatAddress } from '../../common/address.ts';
import { unreachable } from '../../common/errors.ts';
import { pteBit } from '../../hart/translation/page-table.ts';
import { schemeOf } from '../../isa/translation-schemes.ts';
import { modeName } from '../stack/boundary.ts';
import type {
  AddressWalk,
  FaultReason,
  TablePass,
  WalkAccess,
  WalkOutcome,
  WalkStage,
} from './address-walk.ts';
import { describeDevice, describeOwner, type GuestPlace } from './owner.ts';

/** Says in one sentence why the access faults, or what allows it and where it leads. */
export function verdictOf(walk: Omit<AddressWalk, 'verdict'>): string {
  const who = `A ${accessNames[walk.access]} in ${modeName(walk.mode)} mode`;
  const { outcome } = walk;
  if (outcome.kind === 'fault')
    return `${who} takes ${withArticle(outcome.trap.name)}: ${faultText(walk, outcome)}; ${outcome.receiverName} takes the trap.`;
  const leaves = walk.passes
    .filter(({ purpose }) => purpose.kind === 'access')
    .map((pass) => leafText(pass))
    .join(', ');
  const why = leaves === '' ? 'nothing translates the address' : leaves;
  return `${who} succeeds: ${why}; it reaches HPA ${formatAddress(outcome.hpa)}, ${describeOwner(outcome.owner)}.`;
}

/** What an entry that ends a walk in a fault has wrong with it, or what else is: `W is 0`. */
export function reasonText(reason: Exclude<FaultReason, AddressReason>, access: WalkAccess): string {
  switch (reason) {
    case 'invalid':
      return 'V is 0';
    case 'reserved':
      return 'reserved bits are set, or W without R';
    case 'too-deep':
      return 'it is a pointer, and there is no level below';
    case 'misaligned-superpage':
      return 'it maps a large page, but its low PPN bits are not 0';
    case 'unreachable':
      return 'it lies outside of RAM, or PMP forbids to read it';
    case 'user-page':
      return access === 'execute'
        ? 'U is 1, and a kernel never fetches from user pages'
        : 'U is 1 and SUM is 0';
    case 'supervisor-page':
      return 'U is 0';
    case 'not-readable':
      return 'R is 0';
    case 'not-writable':
      return 'W is 0';
    case 'not-executable':
      return 'X is 0';
    case 'not-accessed':
      return 'A is 0, and hardware does not set it (ADUE is 0)';
    case 'not-dirty':
      return 'D is 0, and hardware does not set it (ADUE is 0)';
    case 'protected':
      return 'physical memory protection (PMP) forbids it';
    case 'nothing-there':
      return 'neither RAM nor a device is at the address that it translates to';
    default:
      return unreachable(reason);
  }
}

/** Reasons that lie in the address. */
type AddressReason = 'not-canonical' | 'too-wide';

function addressText(reason: AddressReason, stages: readonly WalkStage[]): string {
  const { addressBits } = (reason === 'too-wide' ? stages[1] : stages[0])?.scheme ?? schemeOf('satp', 0n);
  return reason === 'too-wide'
    ? `the guest-physical address has more than ${addressBits} bits`
    : `bits 63 to ${addressBits} of the address differ from bit ${addressBits - 1}`;
}

const accessNames: Readonly<Record<WalkAccess, string>> = { read: 'load', write: 'store', execute: 'fetch' };

function leafText({ stage, entries }: TablePass): string {
  const leaf = entries.at(-1);
  const low = Number(BigInt.asUintN(8, leaf?.value ?? 0n));
  const bits = Object.entries(permissions)
    .filter(([, bit]) => (low & bit) !== 0)
    .map(([name]) => name)
    .join('');
  return `the ${stage.name} leaf at level ${leaf?.level} has ${bits}`;
}

const permissions = { R: pteBit.read, W: pteBit.write, X: pteBit.execute, U: pteBit.user } as const;

function faultText(
  { access, stages }: Pick<AddressWalk, 'access' | 'stages'>,
  { reason, pass, guest }: Extract<WalkOutcome, { kind: 'fault' }>,
): string {
  if (reason === 'not-canonical' || reason === 'too-wide') return addressText(reason, stages);
  if (pass === undefined) return reasonText(reason, access);
  const entry = `the ${pass.stage.name} entry at level ${pass.entries.at(-1)?.level}`;
  const what =
    reason === 'unreachable'
      ? `${entry} is out of reach: ${reasonText(reason, access)}`
      : `${reasonText(reason, access)} in ${entry}`;
  return guest === undefined ? what : `${what} for ${guestText(pass, guest.gpa, guest.place)}`;
}

/** A guest-physical address, why it was needed, and what the guest has there. */
function guestText({ purpose }: TablePass, gpa: bigint, place: GuestPlace): string {
  const address = `GPA ${formatAddress(gpa)}`;
  const what =
    purpose.kind === 'access'
      ? address
      : `${address}, where the VS-stage entry of level ${purpose.level} is to be ${purpose.use === 'read' ? 'read' : 'updated'}`;
  switch (place.kind) {
    case 'device':
      return `${what} (${describeDevice(place)}, a virtual device)`;
    case 'ram':
      return `${what} (RAM that the VMM has not backed yet)`;
    case 'nothing':
      return `${what} (where the guest has nothing)`;
  }
}

function withArticle(name: string): string {
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
