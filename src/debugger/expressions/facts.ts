import { exceptionCode, type TakenTrap } from '../../hart/trap.ts';
import type { ExitHypercall, ExitRecord } from '../../vmm/exits/record.ts';
import { titleOf } from '../../vmm/exits/title.ts';
import { disassembleWord } from '../../vmm/exits/words.ts';
import { causeName, modeName } from '../stack/boundary.ts';
import { machineWord, numberValue } from './contents.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { BOOLEAN, LONG } from './integers.ts';
import type { Surroundings } from './surroundings.ts';
import { NONE, type FactsValue, type Space, type Value } from './value.ts';

/** What the bare name means at the event that the context is about; `undefined` where it is none of the event's. */
export function eventFact(name: string, surroundings: Surroundings): Value | undefined {
  const { exit, trap } = surroundings.context;
  if (exit) {
    if (name === 'exit') return exitFacts(exit, surroundings);
    if (bareExitNames.has(name)) return exitFacts(exit, surroundings).members.get(name)?.();
  }
  return trap && trapFacts(trap).members.get(name)?.();
}

/** Where a name that means nothing now would mean something, for the message. */
export function whereKnown(name: string): string | undefined {
  if (name === 'exit' || bareExitNames.has(name)) return 'at a VM exit';
  return trapNames.has(name) ? 'at a trap' : undefined;
}

/** Names that completion offers at an event. */
export function eventNames({ exit, trap }: EvaluationContext): readonly string[] {
  return [...(exit ? ['exit', ...bareExitNames] : []), ...(trap ? trapNames : [])];
}

/** All that `exit.` can be followed by. */
export function exitFacts(record: ExitRecord, surroundings: Surroundings): FactsValue {
  const { access, hypercall, instruction } = record;
  return {
    kind: 'facts',
    title: titleOf(record),
    members: new Map<string, () => Value>([
      ['reason', () => text(record.reason)],
      ['cause', () => text(causeName({ interrupt: record.isInterrupt, code: record.cause }))],
      ['code', () => count(record.cause)],
      ['interrupt', () => flag(record.isInterrupt)],
      ['guest', () => text(record.guest)],
      ['vcpu', () => count(record.vcpu)],
      ['from', () => text(record.from)],
      ['pc', () => machineWord(record.pc, surroundings.threadVirtual)],
      ['instruction', () => (instruction === undefined ? NONE : text(disassembleWord(record)))],
      ['gva', () => word(record.gva, surroundings.threadVirtual)],
      ['gpa', () => word(record.gpa, surroundings.guestPhysical)],
      ['write', () => flag(isWrite(record))],
      ['size', () => count(access?.size)],
      ['value', () => word(access?.value)],
      ['device', () => text(record.device)],
      ['register', () => text(record.register)],
      ['csr', () => text(record.csr)],
      ['hypercall', () => (hypercall ? hypercallFacts(hypercall) : NONE)],
      ['scause', () => machineWord(record.scause)],
      ['stval', () => machineWord(record.stval)],
      ['htval', () => machineWord(record.htval)],
      ['htinst', () => machineWord(record.htinst)],
      ['action', () => text(record.action)],
      ['stage', () => text(record.stage)],
      ['sequence', () => count(record.sequence)],
      ['step', () => count(record.step)],
    ]),
  };
}

/** `number` is what a kernel programmer takes for it: the extension, which of legacy calls is the whole number. */
function hypercallFacts(call: ExitHypercall): FactsValue {
  return {
    kind: 'facts',
    title: call.function?.name ?? `extension ${call.extensionId}, function ${call.functionId}`,
    members: new Map<string, () => Value>([
      ['number', () => machineWord(call.extensionId)],
      ['extension', () => machineWord(call.extensionId)],
      ['function', () => machineWord(call.functionId)],
      ['name', () => text(call.function?.name)],
      ['arguments', () => ({ kind: 'list', items: call.arguments.map((argument) => machineWord(argument)) })],
      ['results', () => ({ kind: 'list', items: call.results.map((result) => machineWord(result)) })],
    ]),
  };
}

function trapFacts({ trap, from, to, pc, step }: TakenTrap): FactsValue {
  return {
    kind: 'facts',
    title: causeName(trap),
    members: new Map<string, () => Value>([
      ['cause', () => text(causeName(trap))],
      ['code', () => count(trap.code)],
      ['interrupt', () => flag(trap.interrupt)],
      ['tval', () => machineWord(trap.tval)],
      ['from', () => text(modeName(from))],
      ['to', () => text(modeName(to))],
      ['pc', () => machineWord(pc)],
      ['step', () => count(step)],
    ]),
  };
}

const bareExitNames: ReadonlySet<string> = new Set([
  'reason',
  'guest',
  'vcpu',
  'from',
  'pc',
  'gva',
  'gpa',
  'write',
  'size',
  'value',
  'device',
  'register',
  'hypercall',
]);
const trapNames: ReadonlySet<string> = new Set([
  'cause',
  'code',
  'interrupt',
  'tval',
  'from',
  'to',
  'pc',
  'step',
]);

/** By the cause where the VMM could not take the instruction apart. */
function isWrite({ access, isGuestPageFault, cause }: ExitRecord): boolean {
  if (access) return access.kind === 'store' || access.kind === 'amo';
  return isGuestPageFault && cause === exceptionCode.storeGuestPageFault;
}

function text(of: string | undefined): Value {
  return of === undefined ? NONE : { kind: 'text', text: of };
}

function count(of: number | undefined): Value {
  return of === undefined ? NONE : numberValue(BigInt(of), LONG);
}

function word(of: bigint | undefined, space?: Space): Value {
  return of === undefined ? NONE : machineWord(of, space);
}

function flag(of: boolean): Value {
  return numberValue(of ? 1n : 0n, BOOLEAN);
}
