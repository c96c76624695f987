import { csrByName } from '../../isa/csrs/index.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import { exitFacts } from '../expressions/facts.ts';
import type { Presenter } from '../expressions/present.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import { modeName } from '../stack/boundary.ts';
import { HartCpu } from '../target/cpu.ts';
import type { Scope, Variable } from '../variable.ts';
import { hypervisorCsrs } from './csr-groups.ts';
import { registersOf } from './frame-scopes.ts';
import { addressRow, groupRow, row } from './row.ts';
import { csrRow } from './system-view.ts';

/** What the VMM sees while it handles an exit: the exit, the vCPU, and the registers that it runs guests with. */
export function exitScopes(
  record: ExitRecord,
  surroundings: Surroundings,
  presenter: Presenter,
): readonly Scope[] {
  return [
    exitScope(record, surroundings, presenter),
    {
      name: 'vCPU',
      kind: 'view',
      expensive: false,
      variables: () => vcpuRows(surroundings, presenter),
    },
    {
      name: 'Hypervisor CSRs',
      kind: 'view',
      expensive: true,
      variables: () => hypervisorRows(surroundings, presenter),
    },
  ];
}

/** What is known of an exit. */
export function exitScope(record: ExitRecord, surroundings: Surroundings, presenter: Presenter): Scope {
  return {
    name: 'This exit',
    kind: 'view',
    expensive: false,
    variables: () => exitRows(record, surroundings, presenter),
  };
}

/** What is known, but not what this exit does not have. */
function exitRows(record: ExitRecord, surroundings: Surroundings, presenter: Presenter): readonly Variable[] {
  const { names, get } = exitFacts(record, surroundings);
  const facts = names.flatMap((name) => {
    const value = get(name);
    return value === undefined || value.kind === 'none'
      ? []
      : [presenter.present(name, value, `exit.${name}`)];
  });
  return [...facts, ...(record.stages.length === 0 ? [] : [stagesRow(record)])];
}

function stagesRow({ stages, stagesDone }: ExitRecord): Variable {
  return groupRow('stages', `${stagesDone} of ${stages.length} done`, () =>
    stages.map((stage, index) => row(`[${index}]`, `${stage}: ${stageState(index, stagesDone)}`)),
  );
}

function stageState(index: number, done: number): string {
  if (index < done) return 'done';
  return index === done ? 'next' : 'to come';
}

function vcpuRows(surroundings: Surroundings, presenter: Presenter): readonly Variable[] {
  const { thread, threadVirtual } = surroundings;
  const { vcpu, guest, cpu } = thread;
  if (vcpu === undefined || guest === undefined) return [];
  return [
    row('guest', `${guest.name} (VMID ${guest.vmid})`),
    row('vCPU', String(vcpu.id)),
    row('status', vcpu.status),
    row('mode', modeName(cpu.mode)),
    addressRow('pc', cpu.pc, threadVirtual),
    row('steps', String(vcpu.steps), 'steps that it ran in guest modes'),
    groupRow('registers', 'x1 to x31', () =>
      registersOf(surroundings, presenter).filter(({ name }) => name !== 'pc'),
    ),
  ];
}

/** scause, sepc and stval are those of HS mode, as in expressions that are evaluated in the VMM's frame. */
function hypervisorRows({ thread }: Surroundings, presenter: Presenter): readonly Variable[] {
  const own = ['scause', 'sepc', 'stval'].flatMap((name) => csrByName.get(name) ?? []);
  const hart = new HartCpu(thread.hart);
  return [
    ...own.flatMap((csr) => csrRow(csr, hart, presenter, `$${csr.name}`) ?? []),
    ...hypervisorCsrs.flatMap((csr) => csrRow(csr, thread.cpu, presenter, `$${csr.name}`) ?? []),
  ];
}
