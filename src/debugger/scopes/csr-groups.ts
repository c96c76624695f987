import type { Csr } from '../../isa/csr.ts';
import { allCsrs, csrByName } from '../../isa/csrs/index.ts';

/** Registers that are shown together. */
export interface CsrGroup {
  readonly name: string;
  readonly csrs: readonly Csr[];
}

/** A privilege level with its registers, by what they are for. */
export interface CsrLevel {
  readonly name: string;
  readonly groups: readonly CsrGroup[];
}

/** What registers are for, by their names without the letters of the level. The first that fits counts. */
const topics: readonly { readonly name: string; readonly members: RegExp }[] = [
  { name: 'Trap setup', members: /^(status|tvec|edeleg|ideleg|counteren|envcfg|isa|stateen\d)$/ },
  { name: 'Trap handling', members: /^(scratch|epc|cause|tval|tval2|tinst)$/ },
  { name: 'Interrupts', members: /^(ip|ie|vip|geip|geie|timecmp)$/ },
  { name: 'Paging', members: /^(atp|gatp)$/ },
  { name: 'Memory protection', members: /^pmp/ },
  { name: 'Triggers', members: /^t(select|data\d|info|control)$/ },
  { name: 'Counters', members: /^(cycle|instret|time|timedelta|countinhibit)$/ },
  { name: 'Floating point', members: /^f(csr|flags|rm)$/ },
  { name: 'Identification', members: /^(vendorid|archid|impid|hartid|configptr)$/ },
];

const levels: readonly { readonly name: string; readonly prefix: RegExp }[] = [
  { name: 'User level', prefix: /^(?=cycle|time|instret|fcsr|fflags|frm)/ },
  { name: 'Supervisor level', prefix: /^s/ },
  { name: 'Machine level', prefix: /^(?:m|(?=pmp|tselect|tdata|tinfo|tcontrol))/ },
  { name: 'Hypervisor level', prefix: /^h/ },
  { name: 'Virtual supervisor level', prefix: /^vs/ },
];

/** All registers of a machine by level; event counters that count nothing are left out. */
export const csrLevels: readonly CsrLevel[] = levels.map(({ name, prefix }, index) => ({
  name,
  groups: grouped(
    allCsrs.filter((csr) => levels.findIndex((level) => level.prefix.test(csr.name)) === index),
    prefix,
  ),
}));

/** The registers that a guest's kernel has, by the names that it uses for them. */
export const guestGroups: readonly CsrGroup[] = grouped(
  allCsrs.filter(({ name }) => /^(s|(cycle|time|instret|fcsr|fflags|frm)$)/.test(name)),
  /^s?/,
);

/** The registers by which a hypervisor runs a guest. */
export const hypervisorCsrs: readonly Csr[] = [
  'hstatus',
  'hgatp',
  'hedeleg',
  'hideleg',
  'hvip',
  'hip',
  'hie',
  'htval',
  'htinst',
  'htimedelta',
  'hcounteren',
  'henvcfg',
  'vsstatus',
  'vstvec',
  'vsscratch',
  'vsepc',
  'vscause',
  'vstval',
  'vsip',
  'vsie',
  'vsatp',
  'vstimecmp',
].flatMap((name) => csrByName.get(name) ?? []);

function grouped(csrs: readonly Csr[], prefix: RegExp): readonly CsrGroup[] {
  const topicOf = ({ name }: Csr): string | undefined =>
    topics.find(({ members }) => members.test(name.replace(prefix, '')))?.name;
  return topics
    .map(({ name }) => ({ name, csrs: csrs.filter((csr) => topicOf(csr) === name) }))
    .filter((group) => group.csrs.length > 0);
}
