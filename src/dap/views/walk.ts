import { formatAddress } from '../../common/address.ts';
import type {
  AddressWalk,
  PassPurpose,
  TablePass,
  WalkEntry,
  WalkOutcome,
} from '../../debugger/paging/address-walk.ts';
import { describeOwner } from '../../debugger/paging/owner.ts';
import { reasonText } from '../../debugger/paging/verdict.ts';
import { modeName } from '../../debugger/stack/boundary.ts';
import type { WalkLevelView, WalkStageView, WalkView } from '../../protocol/views.ts';

/** A walk for a view or a terminal. */
export function presentWalk(walk: AddressWalk): WalkView {
  const { address, access, passes, outcome, verdict } = walk;
  return {
    address: formatAddress(address),
    access,
    mode: modeText(walk),
    stages: passes.map((pass) => presentPass(pass, walk)),
    result: presentOutcome(outcome),
    verdict,
  };
}

/** `VS mode, Sv39 through Sv39x4`. */
function modeText({ mode, stages }: AddressWalk): string {
  const schemes = stages.map(({ scheme }) => scheme.name).join(' through ');
  return `${modeName(mode)} mode, ${schemes === '' ? 'no translation' : schemes}`;
}

function presentOutcome(outcome: WalkOutcome): WalkView['result'] {
  if (outcome.kind === 'fault') return { kind: 'fault', trap: outcome.trap.name, to: outcome.receiverName };
  const { hpa, gpa, owner } = outcome;
  return {
    kind: 'mapped',
    hpa: formatAddress(hpa),
    ...(gpa === undefined ? {} : { gpa: formatAddress(gpa) }),
    owner: describeOwner(owner),
  };
}

function presentPass(pass: TablePass, walk: AddressWalk): WalkStageView {
  const { stage, input, purpose, entries, output } = pass;
  return {
    stage: stage.name,
    scheme: stage.scheme.name,
    root: `${stage.register} ${formatAddress(stage.value)}`,
    input: formatAddress(input),
    purpose: purposeText(purpose),
    levels: entries.map((entry) => presentEntry(entry, walk)),
    ...(output === undefined ? {} : { output: formatAddress(output) }),
  };
}

function purposeText(purpose: PassPurpose): string {
  if (purpose.kind === 'access') return 'final address';
  return purpose.use === 'read'
    ? `level ${purpose.level} entry of the VS-stage`
    : `A and D of the level ${purpose.level} entry of the VS-stage`;
}

function presentEntry(entry: WalkEntry, { access }: AddressWalk): WalkLevelView {
  const { level, index, address, guestAddress, value, verdict, sets } = entry;
  const isGood = verdict === 'pointer' || verdict === 'leaf';
  const changes = sets.length === 0 ? undefined : `the access sets ${sets.join(' and ')}`;
  const note = isGood ? changes : reasonText(verdict, access);
  return {
    level,
    index,
    address:
      guestAddress === undefined ? `hpa ${formatAddress(address)}` : `gpa ${formatAddress(guestAddress)}`,
    value: formatAddress(value),
    flags: flagText(value),
    kind: isGood ? verdict : 'invalid',
    ...(note === undefined ? {} : { note }),
  };
}

/** Bits 7 to 0, a dash where clear. */
function flagText(value: bigint): string {
  return flagNames.map((name, index) => (((value >> BigInt(7 - index)) & 1n) === 1n ? name : '-')).join('');
}

const flagNames = ['D', 'A', 'G', 'U', 'X', 'W', 'R', 'V'];
