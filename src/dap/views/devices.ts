import { formatAddress } from '../../common/address.ts';
import type { Target } from '../../debugger/target/target.ts';
import { isEmptySlot } from '../../machine/devices/virtio-mmio.ts';
import type { AddressMap, Region } from '../../machine/bus.ts';
import { decodeFields, type DecodedField, type Device, type DeviceRegister } from '../../machine/device.ts';
import type { DeviceRegisterView, DeviceView, FieldView } from '../../protocol/views.ts';

/** The devices of every guest, then the machine's, with their registers as they are now. Nothing is read as a guest reads. */
export function deviceViews({ machine, vmm }: Target): readonly DeviceView[] {
  const guests = vmm?.guests ?? [];
  return [...guests.flatMap(({ name, bus }) => present(bus, name)), ...present(machine.board.bus, 'machine')];
}

function present({ regions }: AddressMap, owner: string): readonly DeviceView[] {
  return regions.filter(({ device }) => !isEmptySlot(device)).map((region) => presentDevice(region, owner));
}

function presentDevice({ name, base, size, interrupt, device }: Region, owner: string): DeviceView {
  return {
    id: name,
    title: `${name} (${device.model})`,
    summary: device.summary,
    owner,
    base: formatAddress(BigInt(base)),
    size,
    ...(interrupt === undefined ? {} : { interrupt }),
    details: device.inspect(),
    registers: device.registers.map((register) => presentRegister(device, register)),
  };
}

function presentRegister(device: Device, register: DeviceRegister): DeviceRegisterView {
  const value = device.peek(register);
  const { name, offset, width, access, summary } = register;
  return {
    name,
    offset,
    size: width,
    access,
    value: formatAddress(value),
    summary,
    fields: decodeFields(register, value).map(presentField),
  };
}

function presentField({ field, value, meaning }: DecodedField): FieldView {
  const { name, high, low, summary } = field;
  return {
    name,
    high,
    low,
    value: formatAddress(value),
    ...(meaning === undefined ? {} : { meaning }),
    summary,
  };
}
