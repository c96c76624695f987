import type { GuestsBody } from '../../protocol/requests.ts';
import type { ExitView, GuestView, ReasonCount } from '../../protocol/views.ts';
import type { Row } from './asking-tree.ts';

/** Guests, their vCPUs and memory, and who owns the CPU at this moment. */
export function guestRows(body: GuestsBody): readonly Row[] {
  const { owner } = body;
  const who = [owner.stratum, owner.guest, owner.process].filter(Boolean).join(' · ');
  return [
    {
      id: 'owner',
      label: 'CPU owner',
      description: who,
      icon: 'person',
      tooltip: `At step ${body.step} the hart runs code of the **${owner.stratum}** stratum.`,
    },
    ...body.guests.map(guestRow),
  ];
}

function guestRow(guest: GuestView): Row {
  const { guestBase, hostBase, size } = guest.memory;
  const state = guest.exitCode === undefined ? guest.state : `ended with ${guest.exitCode}`;
  return {
    id: `guest:${guest.name}`,
    label: guest.name,
    description: `${state} · ${guest.exits.toLocaleString('en')} exits`,
    icon: 'vm',
    open: true,
    context: 'guest',
    children: [
      ...guest.vcpus.map((vcpu) => ({
        id: `vcpu:${guest.name}:${vcpu.id}`,
        label: `vCPU ${vcpu.id}`,
        description: `${vcpu.state} · ${vcpu.mode} · pc ${vcpu.pc}`,
        icon: vcpu.state === 'running' ? 'debug-start' : 'circle-outline',
      })),
      {
        id: `memory:${guest.name}`,
        label: 'Memory',
        description: `${size / 2 ** 20} MiB at gpa ${guestBase}`,
        tooltip: `Guest-physical ${guestBase} ${hostBase === undefined ? 'has no frame yet' : `lies at host-physical ${hostBase}`}. VMID ${guest.vmid}.`,
        icon: 'file-binary',
        context: 'memory',
        memoryReference: `gpa:${guest.name}:${guestBase}`,
      },
      {
        id: `technique:${guest.name}`,
        label: 'Technique',
        description: `${guest.technique} · ${guest.steps.toLocaleString('en')} steps`,
        icon: 'server-process',
      },
    ],
  };
}

/** Exits by reason, then the newest ones with their registers and what the VMM did. */
export function exitRows(
  total: number,
  byReason: readonly ReasonCount[],
  recent: readonly ExitView[],
): readonly Row[] {
  if (total === 0) return [];
  return [
    {
      id: 'reasons',
      label: 'By reason',
      description: `${total.toLocaleString('en')} exits`,
      icon: 'graph',
      open: true,
      children: byReason.map((row) => ({
        id: `reason:${row.reason}`,
        label: row.label,
        description: `${row.count.toLocaleString('en')} · ${(row.share * 100).toFixed(1)} %`,
        tooltip: `\`${row.reason}\``,
      })),
    },
    {
      id: 'recent',
      label: 'Newest first',
      description: `${recent.length}`,
      icon: 'history',
      open: true,
      children: recent.map(exitRow),
    },
  ];
}

function exitRow(exit: ExitView): Row {
  const id = `exit:${exit.sequence}`;
  const facts: readonly (readonly [string, string])[] = [
    ['pc', `${exit.pc}  ${exit.instruction}`],
    ['step', exit.step.toLocaleString('en')],
    ...Object.entries(exit.registers),
    ...(exit.gpa === undefined ? [] : [['gpa', exit.gpa] as const]),
    ...(exit.device === undefined
      ? []
      : [['device', exit.register === undefined ? exit.device : `${exit.device}.${exit.register}`] as const]),
    ...Object.entries(exit.details),
  ];
  return {
    id,
    label: `#${exit.sequence} ${exit.guest}`,
    description: exit.title,
    tooltip: `${exit.title}\n\nfrom the ${exit.from} at \`${exit.pc}\``,
    icon: 'arrow-swap',
    children: [
      ...facts.map(([label, description]) => ({ id: `${id}:${label}`, label, description })),
      ...exit.stages.map((stage, index) => ({
        id: `${id}:stage:${index}`,
        label: `${index + 1}. ${stage.name}`,
        description: stage.summary,
        icon: stage.done ? 'pass' : 'circle-outline',
      })),
    ],
  };
}
