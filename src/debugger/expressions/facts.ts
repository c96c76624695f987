import { exceptionCode, type TakenTrap } from '../../hart/trap.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import type { ExitHypercall } from '../../vmm/exits/recorded-hypercall.ts';
import { titleOf } from '../../vmm/exits/title.ts';
import { causeName } from '../stack/boundary.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DataHit } from '../watches/data-watch.ts';
import { machineWord, numberValue } from './contents.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import { BOOLEAN, fromBytes, LONG } from './integers.ts';
import type { Surroundings } from './surroundings.ts';
import { NONE, type FactsValue, type Space, type Value } from './value.ts';

/** What the bare name means at the event that the context is about; `undefined` where it is none of the event's. */
export function eventFact(name: string, surroundings: Surroundings): Value | undefined {
  const { exit, trap, hit } = surroundings.context;
  if (exit) {
    if (name === 'exit') return exitFacts(exit, surroundings);
    if (bareExitNames.includes(name)) return exitFacts(exit, surroundings).get(name);
  }
  if (hit && Object.hasOwn(hitTable, name)) return hitTable[name]?.(hit);
  return trap && trapFacts(trap).get(name);
}

/** Where a name that means nothing now would mean something, for the message. */
export function whereKnown(name: string): string | undefined {
  if (name === 'exit' || bareExitNames.includes(name)) return 'at a VM exit';
  if (Object.hasOwn(trapTable, name)) return 'at a trap';
  return Object.hasOwn(hitTable, name) ? 'where watched data is accessed' : undefined;
}

/** Names that completion offers at an event. */
export function eventNames({ exit, trap, hit }: EvaluationContext): readonly string[] {
  return [
    ...(exit ? ['exit', ...bareExitNames] : []),
    ...(trap ? Object.keys(trapTable) : []),
    ...(hit ? Object.keys(hitTable) : []),
  ];
}

/** All that `exit.` can be followed by. */
export function exitFacts(record: ExitRecord, surroundings: Surroundings): FactsValue {
  return facts(
    exitTable,
    (read) => read(record, surroundings),
    () => titleOf(record),
  );
}

/** The process that a thread runs or serves: as its kernel tells, or else as the code tells that is mapped. */
export function processFacts({ target, thread, program }: Surroundings): Value {
  const task = target.introspection.taskOf(thread);
  const name = task?.name ?? program?.name.replace(/\.[^.]*$/, '');
  if (name === undefined) return NONE;
  return facts(
    processTable,
    (read) => read({ name, pid: task?.pid, thread: task?.threadId }),
    () => (task === undefined ? name : `${name} (${task.pid})`),
  );
}

interface ProcessFacts {
  readonly name: string;
  readonly pid: number | undefined;
  readonly thread: number | undefined;
}

const processTable: Readonly<Record<string, (of: ProcessFacts) => Value>> = {
  name: ({ name }) => text(name),
  pid: ({ pid }) => count(pid),
  thread: ({ thread }) => count(thread),
};

function hypercallFacts(call: ExitHypercall): FactsValue {
  return facts(
    hypercallTable,
    (read) => read(call),
    () => call.function?.name ?? `extension ${call.extensionId}, function ${call.functionId}`,
  );
}

function trapFacts(taken: TakenTrap): FactsValue {
  return facts(
    trapTable,
    (read) => read(taken),
    () => causeName(taken.trap),
  );
}

function facts<Read>(
  table: Readonly<Record<string, Read>>,
  value: (read: Read) => Value,
  title: () => string,
): FactsValue {
  return {
    kind: 'facts',
    title,
    names: Object.keys(table),
    get: (name) => {
      const read = Object.hasOwn(table, name) ? table[name] : undefined;
      return read && value(read);
    },
  };
}

type ReadExit = (record: ExitRecord, surroundings: Surroundings) => Value;

const exitTable: Readonly<Record<string, ReadExit>> = {
  reason: ({ reason }) => text(reason),
  cause: (record) => text(causeName({ interrupt: record.isInterrupt, code: record.cause })),
  code: ({ cause }) => count(cause),
  interrupt: ({ isInterrupt }) => flag(isInterrupt),
  guest: ({ guest }) => text(guest),
  vcpu: ({ vcpu }) => count(vcpu),
  from: ({ from }) => text(from),
  pc: ({ pc }, { threadVirtual }) => machineWord(pc, threadVirtual),
  instruction: (record) => (record.instruction === undefined ? NONE : text(record.instructionText)),
  gva: (record, { threadVirtual }) => word(record.gva, threadVirtual),
  gpa: (record, { guestPhysical }) => word(record.gpa, guestPhysical),
  write: (record) => flag(isWrite(record)),
  size: ({ access }) => count(access?.size),
  value: ({ access }) => word(access?.value),
  device: ({ device }) => text(device),
  register: ({ register }) => text(register),
  csr: ({ csr }) => text(csr),
  hypercall: ({ hypercall }) => (hypercall ? hypercallFacts(hypercall) : NONE),
  scause: ({ scause }) => machineWord(scause),
  stval: ({ stval }) => machineWord(stval),
  htval: ({ htval }) => machineWord(htval),
  htinst: ({ htinst }) => machineWord(htinst),
  action: ({ action }) => text(action),
  stage: ({ stage }) => text(stage),
  sequence: ({ sequence }) => count(sequence),
  step: ({ step }) => count(step),
};

const bareExitNames: readonly string[] = [
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
];

/** `number` is what a kernel programmer takes for it: the extension, which of legacy calls is the whole number. */
const hypercallTable: Readonly<Record<string, (call: ExitHypercall) => Value>> = {
  number: ({ extensionId }) => machineWord(extensionId),
  extension: ({ extensionId }) => machineWord(extensionId),
  function: ({ functionId }) => machineWord(functionId),
  name: (call) => text(call.function?.name),
  arguments: (call) => ({ kind: 'list', items: call.arguments.map((argument) => machineWord(argument)) }),
  results: ({ results }) => ({ kind: 'list', items: results.map((result) => machineWord(result)) }),
};

const trapTable: Readonly<Record<string, (taken: TakenTrap) => Value>> = {
  cause: ({ trap }) => text(causeName(trap)),
  code: ({ trap }) => count(trap.code),
  interrupt: ({ trap }) => flag(trap.interrupt),
  tval: ({ trap }) => machineWord(trap.tval),
  from: ({ from }) => text(stratumOf(from)),
  to: ({ to }) => text(stratumOf(to)),
  pc: ({ pc }) => machineWord(pc),
  step: ({ step }) => count(step),
};

/** The numbers are those of all bytes that are watched, up to eight of them. */
const hitTable: Readonly<Record<string, (hit: DataHit) => Value>> = {
  old: ({ before }) => machineWord(fromBytes(before.subarray(0, 8))),
  new: ({ after }) => machineWord(fromBytes(after.subarray(0, 8))),
  write: ({ kind }) => flag(kind === 'write'),
  offset: ({ offset }) => count(offset),
  size: ({ length }) => count(length),
  by: ({ access }) => text(access.accessor === 'hart' ? stratumOf(access.mode) : access.accessor),
  pc: ({ access }) => machineWord(access.pc),
};

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
