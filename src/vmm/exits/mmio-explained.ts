import { formatAddress } from '../../common/address.ts';
import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';
import { accessRegisterName } from './memory-instruction.ts';
import { describeInjection, formatBits, formatBytes } from './words.ts';

/** Device accesses in words. */
export function explainMmio(record: ExitRecord): Explanation {
  return { decode: decodeText(record), find: findText(record), act: actText(record) };
}

function decodeText(record: ExitRecord): string {
  const { access, htinst } = record;
  if (record.isPageTableAccess) {
    return `htinst is ${formatBits(htinst)}: the hart itself touched ${addressOf(record)}, as an entry of the guest's page tables. There is no instruction to emulate.`;
  }
  const source =
    htinst === 0n
      ? 'htinst is 0, so the VMM fetches the instruction at pc and takes it apart'
      : `htinst is ${formatBits(htinst)}, the instruction without its address`;
  if (access === undefined) return `${source}: it is no load or store that the VMM knows.`;
  const register = accessRegisterName(access.register);
  switch (access.kind) {
    case 'load':
      return `${source}: a load of ${formatBytes(access.size)} into ${register}.`;
    case 'store':
      return `${source}: a store of ${formatBytes(access.size)} from ${register}, which holds ${formatBits(access.value ?? 0n)}.`;
    case 'amo':
      return `${source}: an atomic access of ${formatBytes(access.size)}.`;
    case 'fetch':
      return `${source}: a fetch.`;
  }
}

function findText(record: ExitRecord): string {
  const { device, register, guest } = record;
  const owner = `${addressOf(record)} belongs to ${device} of guest ${guest}`;
  if (record.reason === 'shutdown') return `${owner}; this value powers the guest off.`;
  if (record.reason === 'reset') return `${owner}; this value resets the guest.`;
  return register === undefined
    ? `${owner}, which has no register there.`
    : `${owner}: its register ${register}.`;
}

function actText(record: ExitRecord): string {
  if (record.injected) return describeInjection(record, refusal(record));
  const { access } = record;
  const place = record.register === undefined ? `${record.device}` : `${record.device}.${record.register}`;
  if (record.reason === 'shutdown') return `Guest ${record.guest} is powered off.`;
  if (record.reason === 'reset') return `Guest ${record.guest} starts again as from power-on.`;
  if (access?.kind === 'store') return `${place} takes ${formatBits(access.value ?? 0n)}; the store is done.`;
  if (access?.value === undefined)
    return `${place} is read, and ${accessRegisterName(access?.register ?? 0)} gets the value.`;
  return `${place} gives ${formatBits(access.value)}, which goes to ${accessRegisterName(access.register)}; the load is done.`;
}

function refusal(record: ExitRecord): string {
  if (record.isPageTableAccess) return 'Page tables cannot lie in a device';
  if (record.access?.kind === 'amo') return 'A device cannot do an atomic access';
  return `${record.device} does not answer such an access`;
}

function addressOf(record: ExitRecord): string {
  return `GPA ${formatAddress(record.gpa ?? 0n)}`;
}
