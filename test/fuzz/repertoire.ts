import { isReadOnly } from '../../src/isa/csr.ts';
import { allCsrs, csrByAddress, csrByName } from '../../src/isa/csrs/index.ts';
import { allCompressed, allInstructions } from '../../src/isa/extensions/index.ts';
import { isTime } from './generate/csr-access.ts';
import { probedCsrs } from './probe.ts';
import { Qemu, type QemuModel } from './qemu.ts';

/** What is generated, and what is compared. */
export interface Repertoire {
  /** Extensions by name. */
  readonly extensions: ReadonlySet<string>;
  /** CSRs by name that both machines have. */
  readonly csrs: ReadonlySet<string>;
  /** Addresses where neither has one. */
  readonly noCsrs: readonly number[];
  /** CSRs that a case begins with and a record holds, in the order in which they are written. */
  readonly stateCsrs: readonly string[];
}

/** All that Strata describes and a QEMU has, too. */
export interface CommonRepertoire extends Repertoire {
  readonly qemu: QemuModel;
  /** What Strata has and this QEMU has not. */
  readonly leftOut: readonly string[];
}

/** Extensions that every hart of QEMU has. */
const always = new Set(['I', 'Privileged', 'Zicsr', 'Zifencei', 'Zihintpause', 'Zicntr']);

/** Properties of QEMU's rv64 hart that switch an extension, by the name that our descriptions give it. */
const properties: Readonly<Record<string, string>> = {
  M: 'm',
  Zmmul: 'm',
  Zaamo: 'a',
  Zalrsc: 'a',
  Zca: 'c',
  F: 'f',
  D: 'd',
  H: 'h',
  Zba: 'zba',
  Zbb: 'zbb',
  Zbc: 'zbc',
  Zbs: 'zbs',
  Zfh: 'Zfh',
  Zfhmin: 'Zfhmin',
  Svinval: 'svinval',
};

/** Likewise of page tables: what our walk knows of entries. */
const pageTables = ['svnapot', 'svpbmt'];

/** Finds out what this QEMU has. `only` leaves the other extensions out; I, Zicsr and the like are always in. */
export async function findRepertoire(
  program: string,
  only: ReadonlySet<string> | undefined,
): Promise<CommonRepertoire> {
  const described = new Set<string>([...allInstructions, ...allCompressed].map(({ extension }) => extension));
  const known = await probe({ program, cpu: 'rv64' }, (qemu) => qemu.switches());
  const extensions = new Set<string>();
  const leftOut: string[] = [];
  for (const extension of described) {
    const property = properties[extension];
    const has = always.has(extension) || (property !== undefined && known.has(property));
    if (!has) leftOut.push(extension);
    else if (only === undefined || always.has(extension) || only.has(extension)) extensions.add(extension);
  }
  const switches = Object.entries(properties)
    .filter(([, property]) => known.has(property))
    .map(([extension, property]) => `${property}=${described.has(extension)}`);
  switches.push(
    ...pageTables.filter((property) => known.has(property)).map((property) => `${property}=true`),
  );
  // Counters of events count nothing here, and nothing alike there; numbers of vendors are their own.
  const qemu = { program, cpu: ['rv64', ...switches, 'pmu-num=0', 'marchid=0', 'mimpid=0'].join() };
  const present = await probe(qemu, probedCsrs);
  const csrs = allCsrs
    .filter(({ name, address }) => present.has(address) && !isTrigger(name))
    .map(({ name }) => name);
  const noCsrs = Array.from({ length: 0x1000 }, (_, address) => address).filter(
    (address) => !present.has(address) && !csrByAddress.has(address),
  );
  leftOut.push(...allCsrs.filter(({ address }) => !present.has(address)).map(({ name }) => name));
  return { qemu, extensions, leftOut, csrs: new Set(csrs), noCsrs, stateCsrs: stateCsrs(csrs) };
}

async function probe<Result>(model: QemuModel, ask: (qemu: Qemu) => Promise<Result>): Promise<Result> {
  const qemu = new Qemu(model);
  try {
    return await ask(qemu);
  } finally {
    qemu.close();
  }
}

/** How many triggers there are, and what they can do, is the implementation's. */
function isTrigger(name: string): boolean {
  return /^(tselect|tdata\d|tinfo|tcontrol)$/.test(name);
}

/** What decides about other registers comes first. */
const first = ['menvcfg', 'henvcfg', 'htimedelta', 'stimecmp', 'vstimecmp'];
/** The monitor's own, or of floating-point state that may be off. */
const apart = new Set(['mtvec', 'mscratch', 'misa', 'fflags', 'frm', 'fcsr']);

/** Of these CSRs, the ones that make up the state of a case, in the order in which they are written. */
export function stateCsrs(names: readonly string[]): readonly string[] {
  const chosen = names.filter((name) => {
    const csr = csrByName.get(name);
    if (!csr || isReadOnly(csr) || csr.viewOf || apart.has(name)) return false;
    return (
      !isTime(csr) &&
      !/^(pmp|m?hpm|t(data|select|control|info)|mcounte?r?inhibit)/.test(name) &&
      !name.startsWith('hge')
    );
  });
  return [
    ...first.filter((name) => chosen.includes(name)),
    ...chosen.filter((name) => !first.includes(name)),
  ];
}
