import { formatAddress } from '../../common/address.ts';
import { physicalRegime } from '../../debugger/memory/space-regime.ts';
import { userRanges } from '../../debugger/scopes/mapped-ranges.ts';
import type { DebugThread, Target } from '../../debugger/target/target.ts';
import type { GuestView, VcpuView } from '../../protocol/views.ts';
import type { ExitRecord } from '../../vmm/exits/record.ts';
import { vmidOf, type ObservedGuest } from '../../vmm/observed/observed-guest.ts';

/** The guests of a VMM that is software of the machine, as far as harts and second-stage tables show them. */
export function observedGuests(target: Target): readonly GuestView[] {
  return (target.observed?.guests ?? []).map((guest) => ({
    name: guest.name,
    vmid: guest.vmid,
    technique: 'hardware-assisted' as const,
    memory: memoryOf(guest, target),
    // Whatever it has for one, the VMM prints on the machine's.
    console: 'uart0',
    vcpus: target.threads
      .filter(({ hart }) => hart.id === guest.hart)
      .map((one) => vcpuOf(guest, one, target)),
    exits: guest.exits,
    steps: guest.steps,
    state: 'running' as const,
  }));
}

/** What its second stage maps so far. */
function memoryOf({ hgatp }: ObservedGuest, target: Target): GuestView['memory'] {
  const read = (address: bigint, length: number): Uint8Array => target.read(address, length, physicalRegime);
  const { ranges } = userRanges(hgatp, { read }, 'hgatp');
  return {
    guestBase: formatAddress(ranges[0]?.start ?? 0n),
    size: Number(ranges.reduce((sum, { size }) => sum + size, 0n)),
  };
}

/** On the hart, or where its last exit was. */
function vcpuOf(
  { name, vmid }: ObservedGuest,
  { id, cpu, hart }: DebugThread,
  { observed }: Target,
): VcpuView {
  const runs = cpu.mode.virtual && vmidOf(cpu.regime().hgatp) === vmid;
  if (runs)
    return {
      id: hart.id,
      threadId: id,
      state: 'running',
      mode: cpu.mode.privilege === 0 ? 'VU' : 'VS',
      pc: formatAddress(cpu.pc),
    };
  const exit = observed && newestOf(observed.newestExits(), name);
  return {
    id: hart.id,
    threadId: id,
    state: 'waiting',
    mode: exit?.from === 'process' ? 'VU' : 'VS',
    pc: formatAddress(exit?.pc ?? 0n),
  };
}

/** Usually the first that is looked at. */
function newestOf(exits: Iterable<ExitRecord>, guest: string): ExitRecord | undefined {
  for (const record of exits) if (record.guest === guest) return record;
  return undefined;
}
