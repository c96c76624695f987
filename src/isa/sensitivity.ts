import type { Csr } from './csr.ts';
import type { Guard, Instruction } from './instruction.ts';
import type { OperationName, Statement, Value } from './semantics.ts';

/**
 * How an instruction stands to virtualization, in the terms of Popek and Goldberg (1974). Their theorem: a VMM can
 * run a guest directly where every sensitive instruction traps outside the most privileged mode.
 */
export interface Sensitivity {
  /** Does it trap in U mode: always, as CSR fields say, or never? `always` is what they call privileged. */
  readonly trapsInUserMode: 'always' | 'by-configuration' | 'never';
  /** It changes the mode, the mapping of memory or another resource of the machine. */
  readonly controlSensitive: boolean;
  /** What it does depends on the mode, or on resources that the machine does not show alike to all. */
  readonly behaviourSensitive: boolean;
}

/** Of an instruction; of one that accesses a CSR, for that CSR. */
export function sensitivityOf(instruction: Instruction, csr?: Csr): Sensitivity {
  const effects = instruction.semantics.map(statementEffects);
  const guards = csr && accessesCsr(instruction) ? csr.guards : instruction.guards;
  // A CSR that only U mode's own counters show (cycle, time, instret) cannot be written.
  const writes = csr === undefined || csr.writable !== 0n;
  // A register of the program itself, as x registers are: fcsr and its parts.
  const ownsCsr = csr !== undefined && csr.address >>> 8 === 0;
  const sharesCsr = effects.includes('csr') && !ownsCsr;
  return {
    trapsInUserMode: trapsInUserMode(guards),
    controlSensitive: effects.includes('control') || (sharesCsr && writes),
    behaviourSensitive: effects.includes('behaviour') || sharesCsr,
  };
}

/** The names that Popek and Goldberg give these classes, for hover and tables. */
export function sensitivityClasses(sensitivity: Sensitivity): readonly string[] {
  const { trapsInUserMode: traps, controlSensitive, behaviourSensitive } = sensitivity;
  const classes = [
    ...(traps === 'always' ? ['privileged'] : []),
    ...(traps === 'by-configuration' ? ['privileged by configuration'] : []),
    ...(controlSensitive ? ['control-sensitive'] : []),
    ...(behaviourSensitive ? ['behaviour-sensitive'] : []),
  ];
  return controlSensitive || behaviourSensitive ? classes : [...classes, 'innocuous'];
}

/** Does the instruction name a CSR? Then it is the CSR that decides. */
export function accessesCsr(instruction: Instruction): boolean {
  return instruction.semantics.some(
    (statement) => statement.kind === 'operation' && operationEffects[statement.name] === 'csr',
  );
}

type Effect = 'none' | 'control' | 'behaviour' | 'csr';

/**
 * `ecall`, `ebreak` and illegal words trap in every mode, and so reach the VMM by themselves: innocuous. `wfi` gives
 * the hart away, a resource.
 */
const operationEffects: Readonly<Record<OperationName, Effect>> = {
  csrrw: 'csr',
  csrrs: 'csr',
  csrrc: 'csr',
  csrrwi: 'csr',
  csrrsi: 'csr',
  csrrci: 'csr',
  ecall: 'none',
  ebreak: 'none',
  mret: 'control',
  sret: 'control',
  wfi: 'control',
  fence: 'none',
  'fence.i': 'none',
  'sfence.vma': 'control',
  'hfence.vvma': 'control',
  'hfence.gvma': 'control',
  'cbo.manage': 'none',
  'cbo.zero': 'none',
  'amocas.w': 'none',
  'amocas.d': 'none',
  'amocas.q': 'none',
  illegal: 'none',
};

function statementEffects(statement: Statement): Effect {
  switch (statement.kind) {
    case 'operation':
      return operationEffects[statement.name];
    case 'store':
      return statement.access === 'normal' ? 'none' : 'behaviour';
    case 'setX':
    case 'setF':
      return readsAsGuest(statement.value) ? 'behaviour' : 'none';
    case 'jump':
    case 'branch':
      return 'none';
  }
}

/** HLV and HLVX act in another mode's memory, by hstatus.SPVP; ordinary accesses see what the mapping gives them. */
function readsAsGuest(value: Value): boolean {
  return value.kind === 'load' && value.access !== 'normal';
}

function trapsInUserMode(guards: readonly Guard[]): Sensitivity['trapsInUserMode'] {
  const forUser = guards.filter(({ modes }) => modes.includes('U'));
  if (forUser.some(({ field }) => field === undefined)) return 'always';
  return forUser.length > 0 ? 'by-configuration' : 'never';
}
