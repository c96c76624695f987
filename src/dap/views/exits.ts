import { formatAddress } from '../../common/address.ts';
import { guestNamed } from '../../debugger/memory/space-regime.ts';
import type { Target } from '../../debugger/target/target.ts';
import { exceptionNames } from '../../isa/causes.ts';
import { registerName } from '../../isa/registers.ts';
import type { CustomRequests } from '../../protocol/requests.ts';
import type { ExitView, ReasonCount } from '../../protocol/views.ts';
import { summarizeStages } from '../../vmm/exits/explain.ts';
import { exitReasons } from '../../vmm/exits/reasons.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import type { ExitAccess } from '../../vmm/exits/recorded-access.ts';
import { titleOf } from '../../vmm/exits/title.ts';
import { formatBytes } from '../../vmm/exits/words.ts';

/** Exits so far, of all guests or of one: counts by reason, and the newest, of all reasons or of one. */
export function exitsBody(
  target: Target,
  {
    guest,
    reason,
    limit,
  }: { readonly guest?: string | undefined; readonly reason?: string | undefined; readonly limit: number },
): CustomRequests['strata/exits']['body'] {
  const account = target.exits;
  if (account === undefined) return { total: 0, byReason: [], recent: [] };
  const only = guest === undefined ? undefined : guestNumber(target, guest);
  const counts = account.statistics.by((site) =>
    only === undefined || site.guest === only ? site.reason : undefined,
  );
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const recent: ExitView[] = [];
  for (const record of account.newestExits()) {
    if (recent.length >= limit) break;
    const isWanted =
      (only === undefined || record.guestNumber === only) &&
      (reason === undefined || record.reason === reason);
    if (isWanted) recent.push(presentExit(record));
  }
  return { total, byReason: counts.map(({ key, count }) => presentCount(key, count, total)), recent };
}

/** In the account: of a guest of software of the machine, its VMID. */
function guestNumber(target: Target, name: string): number {
  return (
    target.observed?.guests.find((guest) => guest.name === name)?.vmid ?? guestNamed(target, name).number
  );
}

function presentCount(reason: string, count: number, total: number): ReasonCount {
  const label = exitReasons.find(({ id }) => id === reason)?.label ?? reason;
  return { reason, label, count, share: count / total };
}

/** An exit with its registers, what it was about, and what the VMM did. */
function presentExit(record: ExitRecord): ExitView {
  const { sequence, step, guest, vcpu, from, reason, pc, gpa, device, register } = record;
  const { scause, stval, htval, htinst } = record;
  return {
    sequence,
    step,
    guest,
    vcpu,
    from,
    reason,
    title: titleOf(record),
    pc: formatAddress(pc),
    instruction: record.instructionText,
    registers: {
      scause: formatAddress(scause),
      stval: formatAddress(stval),
      htval: formatAddress(htval),
      htinst: formatAddress(htinst),
    },
    ...(gpa === undefined ? {} : { gpa: formatAddress(gpa) }),
    ...(device === undefined ? {} : { device }),
    ...(register === undefined ? {} : { register }),
    details: detailsOf(record),
    stages: stagesOf(record),
  };
}

function stagesOf(record: ExitRecord): ExitView['stages'] {
  return summarizeStages(record).map(({ stage, summary }, index) => ({
    name: stage,
    summary,
    done: index < record.stagesDone,
  }));
}

function detailsOf(record: ExitRecord): ExitView['details'] {
  const { access, hypercall, csr, injected, mapped, resumed, cost } = record;
  const found: Record<string, string> = {};
  if (access !== undefined) found['access'] = accessText(access);
  if (hypercall !== undefined) {
    found['arguments'] = hypercall.arguments.map(formatAddress).join(' ');
    if (hypercall.results.length > 0) found['results'] = hypercall.results.map(formatAddress).join(' ');
  }
  if (csr !== undefined) found['CSR'] = csr;
  if (injected !== undefined) found['injected'] = exceptionNames[injected.code] ?? String(injected.code);
  if (mapped !== undefined) found['mapped'] = `${mapped.size / 1024} KiB at HPA ${formatAddress(mapped.hpa)}`;
  if (resumed !== undefined) found['resumed'] = `${resumed.guest}, vCPU ${resumed.vcpu}`;
  if (cost !== undefined) found['cost'] = `${cost} steps`;
  return found;
}

/** `store of 1 byte from s1: 0x63`. */
function accessText({ kind, size, value, register }: ExitAccess): string {
  const bytes = formatBytes(size);
  const shown = value === undefined ? '' : `: ${formatAddress(value)}`;
  switch (kind) {
    case 'load':
      return `load of ${bytes} into ${registerName(register)}${shown}`;
    case 'store':
      return `store of ${bytes} from ${registerName(register)}${shown}`;
    case 'amo':
      return `atomic operation on ${bytes}`;
    case 'fetch':
      return 'fetch';
  }
}
