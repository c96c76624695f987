import type { Csr } from '../../isa/csr.ts';
import { interrupts } from '../../isa/causes.ts';
import type { Presenter } from '../expressions/present.ts';
import { csrValue } from '../expressions/registers.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import { modeName } from '../stack/boundary.ts';
import type { Cpu } from '../target/cpu.ts';
import type { Scope, Variable } from '../variable.ts';
import { csrLevels, guestGroups, type CsrGroup } from './csr-groups.ts';
import { groupRow, row } from './row.ts';

/** Privilege, ownership and control registers: the processor as the system software of the thread sees it. */
export function systemView(surroundings: Surroundings, presenter: Presenter): Scope {
  const { thread } = surroundings;
  const groups = (list: readonly CsrGroup[]): readonly Variable[] =>
    list.map((group) => groupRow(group.name, namesOf(group), () => groupRows(group, thread.cpu, presenter)));
  return {
    name: 'System view',
    kind: 'view',
    expensive: true,
    variables: () => [
      row('mode', modeText(surroundings)),
      row('hart', ownerText(surroundings)),
      ...(thread.guest
        ? groups(guestGroups)
        : csrLevels.map((level) => groupRow(level.name, '', () => groups(level.groups)))),
    ],
  };
}

/** A control register, which opens to its fields; `undefined` where the processor has none of its name. */
export function csrRow(csr: Csr, cpu: Cpu, presenter: Presenter, expression?: string): Variable | undefined {
  const value = csrValue(csr, cpu);
  if (value === undefined) return undefined;
  return { ...presenter.present(csr.name, value, expression), type: csr.summary };
}

function groupRows(group: CsrGroup, cpu: Cpu, presenter: Presenter): readonly Variable[] {
  const rows = group.csrs.flatMap((csr) => csrRow(csr, cpu, presenter, `$${csr.name}`) ?? []);
  return group.name === 'Interrupts' ? [...interruptRows(group, cpu), ...rows] : rows;
}

/** In words, of the group's own pair of registers. */
function interruptRows({ csrs }: CsrGroup, cpu: Cpu): readonly Variable[] {
  const named = (pattern: RegExp): bigint | undefined => {
    const found = csrs.find(({ name }) => pattern.test(name));
    return found && cpu.getCsr(found.name);
  };
  const pending = named(/^(m|s|h|vs)ip$/);
  const enabled = named(/^(m|s|h|vs)ie$/);
  if (pending === undefined || enabled === undefined) return [];
  return [
    row('pending', interruptNames(pending)),
    row('enabled', interruptNames(enabled)),
    row('pending and enabled', interruptNames(pending & enabled)),
  ];
}

function interruptNames(bits: bigint): string {
  const names = interrupts.filter(({ code }) => ((bits >> BigInt(code)) & 1n) !== 0n).map(({ name }) => name);
  return names.length === 0 ? 'none' : names.map((name) => name.replace(/ interrupt$/, '')).join(', ');
}

function namesOf({ csrs }: CsrGroup): string {
  const names = csrs.map(({ name }) => name);
  return names.length > 8 ? `${names.slice(0, 8).join(' ')} …` : names.join(' ');
}

function modeText({ activation, thread }: Surroundings): string {
  const now = thread.cpu.mode;
  const mode = activation?.mode ?? now;
  const isNow = mode.privilege === now.privilege && mode.virtual === now.virtual;
  return isNow ? modeName(mode) : `${modeName(mode)}; the thread is in ${modeName(now)} mode now`;
}

/** Who has the thread's hart. */
function ownerText({ target, thread }: Surroundings): string {
  const hart = `hart ${thread.hart.id}`;
  const { vmm } = target;
  if (vmm === undefined) return hart;
  const owner = target.threads.find(({ vcpu }) => vcpu !== undefined && vcpu === vmm.currentVcpu);
  if (owner === undefined) return `${hart}: nobody has it, all vCPUs wait`;
  if (target.isInVmm(owner)) return `${hart}: the VMM has it, for an exit of ${owner.name}`;
  return owner === thread
    ? `${hart}: this vCPU has it`
    : `${hart}: ${owner.name} has it; this one is ${thread.vcpu?.status}`;
}
