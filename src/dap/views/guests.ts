import { formatAddress } from '../../common/address.ts';
import type { DebugThread, Target } from '../../debugger/target/target.ts';
import type { GuestsBody } from '../../protocol/requests.ts';
import type { GuestView, VcpuView } from '../../protocol/views.ts';
import type { Guest } from '../../vmm/guest.ts';
import type { HostedVmm } from '../../vmm/vmm.ts';
import { observedGuests } from './observed-guests.ts';

/** The guests and their vCPUs, and who owns the CPU now. */
export function guestsBody(target: Target): GuestsBody {
  const { machine, vmm } = target;
  return {
    placement: vmm === undefined ? 'none' : 'hosted',
    step: machine.steps,
    guests: vmm === undefined ? observedGuests(target) : hostedGuests(target, vmm),
    owner: ownerOf(target),
  };
}

function hostedGuests(target: Target, vmm: HostedVmm): readonly GuestView[] {
  return vmm.guests.map((guest) =>
    presentGuest(
      guest,
      target.threads.filter((thread) => thread.guest === guest),
      exitsOf(target, guest),
    ),
  );
}

/** While all vCPUs wait, the VMM has the hart. */
function ownerOf(target: Target): GuestsBody['owner'] {
  const { vmm, currentThread: thread } = target;
  if (vmm !== undefined && vmm.currentVcpu === undefined) return { stratum: 'vmm' };
  const stratum = target.stratum(thread);
  const name = target.guestName(thread, thread.cpu.regime());
  const guest = name === undefined ? {} : { guest: name };
  if (stratum !== 'process') return { stratum, ...guest };
  const program = target.programOf(thread, thread.cpu.regime())?.name;
  const process = program ?? target.introspection.taskOf(thread)?.name;
  return { stratum, ...guest, ...(process === undefined ? {} : { process }) };
}

function presentGuest(guest: Guest, threads: readonly DebugThread[], exits: number): GuestView {
  const { name, vmid, memory, exitCode, steps } = guest;
  const hostBase = memory.hostAddress(memory.base);
  return {
    name,
    vmid,
    technique: 'hardware-assisted',
    memory: {
      guestBase: formatAddress(BigInt(memory.base)),
      ...(hostBase === undefined ? {} : { hostBase: formatAddress(BigInt(hostBase)) }),
      size: memory.size,
    },
    console: name,
    vcpus: threads.flatMap(presentVcpu),
    exits,
    steps,
    state: exitCode === undefined ? 'running' : 'stopped',
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function presentVcpu({ id, cpu, vcpu }: DebugThread): readonly VcpuView[] {
  if (vcpu === undefined) return [];
  return [
    {
      id: vcpu.id,
      threadId: id,
      state: vcpu.status,
      mode: cpu.mode.privilege === 0 ? 'VU' : 'VS',
      pc: formatAddress(cpu.pc),
    },
  ];
}

function exitsOf({ vmm }: Target, { number }: Guest): number {
  return vmm?.statistics.by((site) => (site.guest === number ? 0 : undefined))[0]?.count ?? 0;
}
