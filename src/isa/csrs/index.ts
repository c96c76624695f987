import type { Csr } from '../csr.ts';
import * as counters from './counters.ts';
import * as floatingPoint from './floating-point.ts';
import { hardwareCounterCsrs, scountovf } from './hardware-counters.ts';
import * as hypervisor from './hypervisor.ts';
import * as machine from './machine.ts';
import { pmpAddresses, pmpConfigurations } from './physical-memory-protection.ts';
import { stateEnableCsrs } from './state-enable.ts';
import * as supervisor from './supervisor.ts';
import * as timers from './timers.ts';
import { tcontrol, tdata1, tdata2, tdata3, tinfo, tselect } from './triggers.ts';
import * as virtualSupervisor from './virtual-supervisor.ts';

/** Every CSR of the machine, by address. */
export const allCsrs: readonly Csr[] = [
  ...[machine, supervisor, hypervisor, virtualSupervisor, counters, timers, floatingPoint].flatMap(
    (group): readonly Csr[] => Object.values(group),
  ),
  tselect,
  tdata1,
  tdata2,
  tdata3,
  tinfo,
  tcontrol,
  ...stateEnableCsrs,
  ...hardwareCounterCsrs,
  scountovf,
  ...pmpConfigurations,
  ...pmpAddresses,
].toSorted((a, b) => a.address - b.address);

/** All CSRs by address, as instructions name them. */
export const csrByAddress: ReadonlyMap<number, Csr> = new Map(allCsrs.map((csr) => [csr.address, csr]));

/** All CSRs by name, in lower case. */
export const csrByName: ReadonlyMap<string, Csr> = new Map(allCsrs.map((csr) => [csr.name, csr]));
