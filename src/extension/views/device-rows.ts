import type { DeviceDetailView, DeviceRegisterView, DeviceView } from '../../protocol/views.ts';
import type { Row } from './asking-tree.ts';

/** Devices by owner, with registers and bit-fields. Nothing of it was read with side effects. */
export function deviceRows(devices: readonly DeviceView[]): readonly Row[] {
  return devices.map((device) => ({
    id: `device:${device.owner}:${device.id}`,
    label: device.owner === 'machine' ? device.title : `${device.owner} · ${device.title}`,
    description: [device.base, device.interrupt === undefined ? undefined : `irq ${device.interrupt}`]
      .filter(Boolean)
      .join(' · '),
    tooltip: `${device.summary}\n\n${device.owner}: ${device.size} bytes at ${device.base}`,
    icon: 'circuit-board',
    children: [
      ...device.details.map((detail) => detailRow(`${device.owner}:${device.id}`, detail)),
      ...device.registers.map((register) => registerRow(`${device.owner}:${device.id}`, register)),
    ],
  }));
}

function detailRow(parent: string, { label, value, parts = [] }: DeviceDetailView): Row {
  const id = `${parent}:${label}`;
  return {
    id: `detail:${id}`,
    label,
    description: value,
    tooltip: `${label}: ${value}`,
    icon: label === 'problem' ? 'warning' : 'info',
    children: parts.map((part) => detailRow(id, part)),
  };
}

function registerRow(device: string, register: DeviceRegisterView): Row {
  const id = `register:${device}:${register.name}`;
  return {
    id,
    label: register.name,
    description: register.value,
    tooltip: `**${register.name}** · offset ${register.offset} · ${register.size} bytes · ${register.access}\n\n${register.summary}`,
    icon: 'symbol-field',
    children: register.fields.map((field) => ({
      id: `${id}:${field.name}`,
      label:
        field.high === field.low
          ? `${field.name} [${field.low}]`
          : `${field.name} [${field.high}:${field.low}]`,
      description: field.meaning === undefined ? field.value : `${field.value} · ${field.meaning}`,
      tooltip: field.summary,
    })),
  };
}
