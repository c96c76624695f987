import { hartSlot } from '../../hart/state.ts';
import {
  resetType,
  type SbiArguments,
  type SbiExtension,
  type SbiFunction,
  type SbiOutcome,
} from '../../machine/firmware/sbi/sbi.ts';
import { systemResetRequest } from '../../machine/firmware/sbi/srst.ts';
import { guestSbiExtensions } from '../guest-sbi-extensions.ts';
import { setAction, setReason, skipInstruction, type Exit, type ExitHandler } from './exit.ts';
import { explainHypercall } from './hypercall-explained.ts';
import { injectException } from './inject.ts';
import { argumentColumn, column, type ExitRow } from './row.ts';

/** ECALL from the guest's kernel: a call of the SBI, which the VMM implements for its guests. */
export const hypercall: ExitHandler = {
  decode: decodeHypercall,

  find(exit) {
    setAction(exit, powerRequest(exit.row) === undefined ? 'emulate' : 'power');
  },

  act(exit) {
    const { row, guest, vcpu } = exit;
    const found = findCall(row);
    const outcome: SbiOutcome = found
      ? found.function.call(guest.sbi(vcpu), callArguments(row), guestSbiExtensions)
      : notSupported;
    finish(exit, outcome);
  },

  explain: explainHypercall,
};

/** The call, with its arguments; one that ends the guest is its shutdown or reset. */
export function decodeHypercall(exit: Pick<Exit, 'row' | 'state'>): void {
  const { row, state } = exit;
  row.set(column.instruction, ecall);
  for (let index = 0; index < 8; index++) {
    const slot = a0 + index;
    row.setHalves(argumentColumn(index), state.low(slot), state.high(slot));
  }
  setReason(exit, powerRequest(row) ?? 'hypercall');
}

/** The function that a hypercall's row names (a7 and a6); undefined where the SBI has none such. */
export function findCall(
  row: ExitRow,
): { readonly extension: SbiExtension; readonly function: SbiFunction } | undefined {
  if (row.getHigh(column.a7) !== 0) return undefined;
  const extension = extensions.get(row.getLow(column.a7));
  if (extension === undefined) return undefined;
  const id = row.getLow(column.a6);
  const found = extension.functions.find((candidate) => extension.legacy || candidate.id === id);
  if (found === undefined || (row.getHigh(column.a6) !== 0 && !extension.legacy)) return undefined;
  return { extension, function: found };
}

/** a0 to a5. */
function callArguments(row: ExitRow): SbiArguments {
  return [
    row.getWide(column.a0),
    row.getWide(column.a1),
    row.getWide(column.a2),
    row.getWide(column.a3),
    row.getWide(column.a4),
    row.getWide(column.a5),
  ];
}

const a0 = hartSlot.x + 10;
const a1 = a0 + 1;
/** The encoding of ECALL: nothing else causes an environment call. */
const ecall = 0x73;
const extensions = new Map(guestSbiExtensions.map((extension) => [extension.id, extension]));
/** SBI 3: what an implementation does not have. */
const notSupported: SbiOutcome = { kind: 'return', error: -2n, value: 0n };

function powerRequest(row: ExitRow): 'shutdown' | 'reset' | undefined {
  const name = findCall(row)?.function.name;
  if (name === 'sbi_shutdown') return 'shutdown';
  if (name !== 'sbi_system_reset') return undefined;
  const request = systemResetRequest(callArguments(row));
  if (request === undefined) return undefined;
  return request.type === resetType.shutdown ? 'shutdown' : 'reset';
}

function finish(exit: Exit, outcome: SbiOutcome): void {
  const { row, state } = exit;
  switch (outcome.kind) {
    case 'return':
      state.setX(10, outcome.error);
      state.setX(11, outcome.value);
      row.setHalves(column.resultError, state.low(a0), state.high(a0));
      row.setHalves(column.resultValue, state.low(a1), state.high(a1));
      row.set(column.results, 2);
      return skipInstruction(exit, 4);
    case 'legacy-return':
      state.setX(10, outcome.value);
      row.setHalves(column.resultError, state.low(a0), state.high(a0));
      row.set(column.results, 1);
      return skipInstruction(exit, 4);
    case 'fault':
      return injectException(exit, outcome.trap.code, outcome.trap.tval);
    case 'no-return':
  }
}
