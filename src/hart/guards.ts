import { assert } from '../common/errors.ts';
import { csrByName } from '../isa/csrs/index.ts';
import type { Guard, Mode } from '../isa/instruction.ts';
import { csrSlot, type StoredCsr } from './state-layout.ts';
import type { HartState } from './state.ts';
import { exception, exceptionCode, type Trap } from './trap.ts';

/** What a guard raises. */
export type Refusal = Guard['raises'];

/** Guards made ready to be asked at every CSR access and every privileged instruction. */
export interface CompiledGuards {
  readonly guards: readonly CompiledGuard[];
}

interface CompiledGuard {
  /** A bit for each mode: see `modeBit`. */
  readonly modes: number;
  /** Where the field lies: an index of `HartState.halves`; -1 for a guard without field. */
  readonly half: number;
  readonly low: number;
  readonly mask: number;
  readonly equals: number;
  readonly raises: Refusal;
}

/** Guards name CSR fields as text (`hstatus.VTSR`): resolved here once. */
export function compileGuards(guards: readonly Guard[]): CompiledGuards {
  return { guards: guards.map(compileGuard) };
}

/** What the first guard that holds raises in the hart's present mode; `undefined` if none does. */
export function refusal({ guards }: CompiledGuards, state: HartState): Refusal | undefined {
  if (guards.length === 0) return undefined;
  const mode = modeBit(state.privilege, state.virtual);
  for (const guard of guards) {
    if ((guard.modes & mode) === 0) continue;
    if (
      guard.half < 0 ||
      (((state.halves[guard.half] as number) >>> guard.low) & guard.mask) === guard.equals
    ) {
      return guard.raises;
    }
  }
  return undefined;
}

/** The exception, with the instruction word as tval (Priv. 3.1.16, 18.6.1). */
export function refusalTrap(raises: Refusal, word: number): Trap {
  const { illegalInstruction, virtualInstruction } = exceptionCode;
  const code = raises === 'illegal-instruction' ? illegalInstruction : virtualInstruction;
  return exception(code, BigInt(word >>> 0));
}

function compileGuard({ modes, field, equals = 1, raises }: Guard): CompiledGuard {
  const bits = modes.reduce((set, mode) => set | modeBits[mode], 0);
  if (field === undefined) return { modes: bits, half: -1, low: 0, mask: 0, equals: 0, raises };
  const [register = '', name = ''] = field.split('.');
  const description = csrByName.get(register)?.fields.find((candidate) => candidate.name === name);
  const slot = csrSlot[register as StoredCsr] as number | undefined;
  assert(description !== undefined && slot !== undefined, `a guard names ${field}, which no CSR stores`);
  const { high, low } = description;
  return {
    modes: bits,
    half: 2 * slot + (low >>> 5),
    low: low & 31,
    mask: 2 ** (high - low + 1) - 1,
    equals,
    raises,
  };
}

function modeBit(privilege: number, virtual: boolean): number {
  return 1 << (privilege | (virtual ? 4 : 0));
}

const modeBits: Readonly<Record<Mode, number>> = {
  M: modeBit(3, false),
  HS: modeBit(1, false),
  U: modeBit(0, false),
  VS: modeBit(1, true),
  VU: modeBit(0, true),
};
