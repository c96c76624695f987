import type { Accessor } from '../../machine/watched-accesses.ts';
import type { Stratum } from '../stratum.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { DataHit } from './data-watch.ts';

/** What happened to watched bytes, who did it and where: what is said in a line for people, in parts for programs. */
export interface HitReport extends HitAccessor {
  /** What was asked for, and the part of it that was accessed: `processes[2].state`. */
  readonly watched: string;
  readonly access: 'read' | 'write';
  /** Values as the debugger shows them; of what was read, the same. */
  readonly old: string;
  readonly new: string;
  /** One line for people. */
  readonly title: string;
}

/** Who accessed watched bytes. */
export interface HitAccessor {
  /** As conditions have it. */
  readonly by: Accessor;
  /** None where a device did it, on its own. */
  readonly stratum?: Stratum;
  /** The thread that ran, or that was waited for: a vCPU of a guest, or a hart of a machine without VMM. */
  readonly guest?: string;
  readonly vcpu?: number;
  readonly hart?: number;
  readonly device?: string;
  /** Where an instruction led to it, and whether its page walk did. */
  readonly isPageWalk?: true;
  readonly pc?: bigint;
  readonly image?: string;
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
}

/** Who accessed watched bytes while `thread` had the hart. */
export function accessorOf({ access }: DataHit, thread: DebugThread, target: Target): HitAccessor {
  const { accessor: by, device } = access;
  const { guest, vcpu, hart } = thread;
  const where = vcpu === undefined ? { hart: hart.id } : { guest: guest?.name ?? '', vcpu: vcpu.id };
  const named = device !== undefined && { device };
  switch (by) {
    case 'device':
      return { by, ...named };
    case 'firmware':
      return { by, stratum: 'machine', ...where };
    case 'vmm':
      return { by, stratum: 'vmm', ...where, ...named };
    case 'hart':
      return { by, ...where, ...placeOf(access, thread, target) };
  }
}

/** Where the instruction stands that made an access. */
function placeOf(
  { pc, mode, by }: DataHit['access'],
  { guest, cpu }: DebugThread,
  target: Target,
): Partial<HitAccessor> {
  const stratum = stratumOf(mode);
  const place = { stratum, ...(by === 'walk' && { isPageWalk: true as const }), pc };
  const image = target.imageAt(pc, stratum, guest?.name, cpu.regime(mode));
  const found = image?.symbols.symbolAt(pc);
  if (image === undefined || found === undefined) return place;
  const line = image.symbols.lineAt(pc);
  return {
    ...place,
    image: image.name.replace(/\.[^.]*$/, ''),
    function: found.symbol.name,
    ...(line && { file: line.file, line: line.line }),
  };
}
