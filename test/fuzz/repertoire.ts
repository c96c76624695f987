import { csrsOf } from '../../src/isa/configuration/csrs-of.ts';
import {
  extensionDescriptions,
  extensionNames,
  type ExtensionName,
} from '../../src/isa/configuration/extensions.ts';
import { defaultIsa, isaOf, type Isa } from '../../src/isa/configuration/isa.ts';
import { isReadOnly } from '../../src/isa/csr.ts';
import { csrByAddress, csrByName } from '../../src/isa/csrs/index.ts';
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
  /** Ours is given the same. */
  readonly isa: Isa;
  readonly qemu: QemuModel;
  /** What Strata has and this QEMU has not. */
  readonly leftOut: readonly string[];
}

/** What is generated whatever is asked for. */
const always = ['I', 'Privileged', 'Zicsr', 'Zifencei', 'Zihintpause', 'Zicntr'];

/** What goes by another name in QEMU 7.2, or is there without one. */
const formerly: Partial<Record<ExtensionName, string>> = {
  B: 'zbb',
  Zaamo: 'a',
  Zalrsc: 'a',
  Zca: 'c',
  Zcd: 'c',
  Zicntr: 'i',
  Zihpm: 'i',
  // knownDifferences: no-svade.
  Svadu: 'i',
  Sv48: 'i',
  Sv57: 'i',
  Sdtrig: 'debug',
};

/** Finds out what this QEMU has. `only` leaves the other extensions out; I, Zicsr and the like are always in. */
export async function findRepertoire(
  program: string,
  only: ReadonlySet<string> | undefined,
): Promise<CommonRepertoire> {
  const switches = await probe({ program, cpu: 'rv64' }, (qemu) => qemu.switches());
  const byLowerCase = new Map([...switches].toReversed().map((name) => [name.toLowerCase(), name]));
  const wanted = extensionNames.filter((name) => defaultIsa.has(name) && !extensionDescriptions[name].isBase);
  const switchOf = (name: ExtensionName): string | undefined =>
    byLowerCase.get(name.toLowerCase()) ?? byLowerCase.get(formerly[name] ?? '');
  const isa = isaOf(wanted.filter((name) => switchOf(name) !== undefined));
  const leftOut: string[] = wanted.filter((name) => !isa.has(name));
  const instructions = [...allInstructions, ...allCompressed].filter((each) => isa.includes(each));
  const chosen = instructions.filter(({ extension }) => only?.has(extension) ?? true);
  const on = wanted.flatMap((name) => switchOf(name) ?? []);
  // Counters of events count nothing here, and nothing alike there; numbers of vendors are their own.
  const cpu = [
    'rv64',
    ...[...new Set(on)].map((name) => `${name}=true`),
    'pmu-num=0',
    'marchid=0',
    'mimpid=0',
  ];
  const qemu = { program, cpu: cpu.join() };
  const present = await probe(qemu, probedCsrs);
  const described = csrsOf(isa);
  const csrs = described
    .filter(({ name, address }) => present.has(address) && !isTrigger(name))
    .map(({ name }) => name);
  const noCsrs = Array.from({ length: 0x1000 }, (_, address) => address).filter(
    (address) => !present.has(address) && !csrByAddress.has(address),
  );
  leftOut.push(...described.filter(({ address }) => !present.has(address)).map(({ name }) => name));
  return {
    isa,
    qemu,
    extensions: new Set([...chosen.map(({ extension }) => extension), ...(only ? always : [])]),
    leftOut,
    csrs: new Set(csrs),
    noCsrs,
    stateCsrs: stateCsrs(csrs),
  };
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
