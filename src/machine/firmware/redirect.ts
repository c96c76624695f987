import type { Hart } from '../../hart/hart.ts';
import { supervisorMode, virtualSupervisorMode, type HartMode } from '../../hart/hart-mode.ts';
import type { Trap } from '../../hart/trap.ts';

const status = { SIE: 1n << 1n, SPIE: 1n << 5n, SPP: 1n << 8n } as const;
const mstatus = { MPP: 3n << 11n, supervisor: 1n << 11n, MPV: 1n << 39n } as const;
const hstatus = { GVA: 1n << 6n, SPV: 1n << 7n, SPVP: 1n << 8n } as const;

/**
 * Makes the supervisor's trap of one that came to M mode: MRET then enters the supervisor's handler, as though
 * the trap had been delegated (to HS mode, or to VS mode where hedeleg says so). `from` is where it came from.
 */
export function redirectTrap(hart: Hart, trap: Trap, from: HartMode): void {
  const { csrs } = hart;
  const toGuest = from.virtual && ((csrs.peek('hedeleg') >> BigInt(trap.code)) & 1n) === 1n;
  hart.trapRecords.passOn(toGuest ? virtualSupervisorMode : supervisorMode, trap.code);
  const prefix = toGuest ? 'vs' : 's';
  csrs.poke(`${prefix}epc`, csrs.peek('mepc'));
  csrs.poke(`${prefix}cause`, BigInt(trap.code));
  csrs.poke(`${prefix}tval`, trap.tval);
  pushStatus(hart, `${prefix}status`, from);
  if (!toGuest) {
    const kept = csrs.peek('hstatus') & ~(hstatus.GVA | hstatus.SPV | (from.virtual ? hstatus.SPVP : 0n));
    const spvp = from.virtual && from.privilege === 1 ? hstatus.SPVP : 0n;
    csrs.poke('hstatus', kept | spvp | (from.virtual ? hstatus.SPV : 0n) | (trap.gva ? hstatus.GVA : 0n));
    csrs.poke('htval', trap.tval2);
    csrs.poke('htinst', trap.tinst);
  }
  csrs.poke('mepc', csrs.peek(`${prefix}tvec`) & ~3n);
  const kept = csrs.peek('mstatus') & ~(mstatus.MPP | mstatus.MPV);
  csrs.poke('mstatus', kept | mstatus.supervisor | (toGuest ? mstatus.MPV : 0n));
}

/** What taking a trap does to sstatus or vsstatus (Priv. 12.1.1). */
function pushStatus({ csrs }: Hart, name: string, from: HartMode): void {
  const old = csrs.peek(name);
  const pushed = old & ~(status.SIE | status.SPIE | status.SPP);
  const enabled = (old & status.SIE) === 0n ? 0n : status.SPIE;
  csrs.poke(name, pushed | enabled | (from.privilege === 1 ? status.SPP : 0n));
}
