import { hartSlot } from '../../hart/state-layout.ts';
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
      ? found.function.call(guest.sbi(vcpu), callArguments(row, found.function), guestSbiExtensions)
      : notSupported;
    finish(exit, outcome);
  },

  explain: explainHypercall,
};

/** The call, with its arguments; one that ends the guest is its shutdown or reset. */
export function decodeHypercall(exit: Pick<Exit, 'row' | 'state'>): void {
  const { row, state } = exit;
  row.set(instruction, ecall);
  // a0 to a7 follow each other, in the hart as in the row.
  const { words, base } = row;
  const { halves } = state;
  for (let half = 0; half < 16; half++) words[base + firstArgument + half] = halves[2 * a0 + half] as number;
  setReason(exit, powerRequest(row) ?? 'hypercall');
}

/** The function that a hypercall's row names (a7 and a6); undefined where the SBI has none such. */
export function findCall(row: ExitRow): FoundCall | undefined {
  if (row.getHigh(a7Column) !== 0) return undefined;
  const extension = row.getLow(a7Column);
  const id = row.getHigh(a6Column) === 0 ? row.getLow(a6Column) : noFunction;
  if (extension !== last.extension || id !== last.id) {
    last.call = lookUp(extension, id);
    last.extension = extension;
    last.id = id;
  }
  return last.call;
}

/** What was found last: an exit asks for its call more than once, and guests make the same one again and again. */
const last: { extension: number; id: number; call: FoundCall | undefined } = {
  extension: -1,
  id: -1,
  call: undefined,
};
const noFunction = -1;

function lookUp(extension: number, id: number): FoundCall | undefined {
  const found = extensions.get(extension);
  return found?.calls.get(found.legacy ? 0 : id);
}

/** A function of the SBI, and the extension that it belongs to. */
interface FoundCall {
  readonly extension: SbiExtension;
  readonly function: SbiFunction;
  /** Whether it ends the guest: in a shutdown, or as its arguments say. */
  readonly ends: 'shutdown' | 'either' | undefined;
}

/** a0 to a5, as far as the function has parameters: each is a BigInt to be made. */
function callArguments(row: ExitRow, { parameters }: SbiFunction): SbiArguments {
  const count = parameters.length;
  if (count === 0) return noArguments;
  return [
    row.getWide(column.a0),
    count > 1 ? row.getWide(column.a1) : 0n,
    count > 2 ? row.getWide(column.a2) : 0n,
    count > 3 ? row.getWide(column.a3) : 0n,
    count > 4 ? row.getWide(column.a4) : 0n,
    count > 5 ? row.getWide(column.a5) : 0n,
  ];
}

const noArguments: SbiArguments = [0n, 0n, 0n, 0n, 0n, 0n];

// Looked up here once, for they are asked for at every call.
const { instruction, a6: a6Column, a7: a7Column, resultError, resultValue, results } = column;
const firstArgument = argumentColumn(0);
const a0 = hartSlot.x + 10;
const a1 = a0 + 1;
/** The encoding of ECALL: nothing else causes an environment call. */
const ecall = 0x73;
const extensions = new Map(
  guestSbiExtensions.map((extension) => {
    const calls = new Map(
      extension.functions.map((each): [number, FoundCall] => [
        each.id,
        { extension, function: each, ends: endsOf(each) },
      ]),
    );
    return [extension.id, { legacy: extension.legacy, calls }];
  }),
);
/** SBI 3: what an implementation does not have. */
const notSupported: SbiOutcome = { kind: 'return', error: -2n, value: 0n };

function endsOf({ name }: SbiFunction): FoundCall['ends'] {
  if (name === 'sbi_shutdown') return 'shutdown';
  return name === 'sbi_system_reset' ? 'either' : undefined;
}

function powerRequest(row: ExitRow): 'shutdown' | 'reset' | undefined {
  const found = findCall(row);
  if (found?.ends !== 'either') return found?.ends;
  const request = systemResetRequest(callArguments(row, found.function));
  if (request === undefined) return undefined;
  return request.type === resetType.shutdown ? 'shutdown' : 'reset';
}

function finish(exit: Exit, outcome: SbiOutcome): void {
  const { row, state } = exit;
  switch (outcome.kind) {
    case 'return':
      state.setX(10, outcome.error);
      state.setX(11, outcome.value);
      row.setHalves(resultError, state.low(a0), state.high(a0));
      row.setHalves(resultValue, state.low(a1), state.high(a1));
      row.set(results, 2);
      return skipInstruction(exit, 4);
    case 'legacy-return':
      state.setX(10, outcome.value);
      row.setHalves(resultError, state.low(a0), state.high(a0));
      row.set(results, 1);
      return skipInstruction(exit, 4);
    case 'fault':
      return injectException(exit, outcome.trap.code, outcome.trap.tval);
    case 'no-return':
  }
}
