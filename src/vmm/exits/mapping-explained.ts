import { formatAddress } from '../../common/address.ts';
import type { Explanation } from './exit.ts';
import type { ExitRecord } from './record.ts';
import { describeInjection, formatBits } from './words.ts';

/** Missing and forbidden pages in words. */
export function explainMapping(record: ExitRecord): Explanation {
  return { decode: decodeText(record), find: findText(record), act: actText(record) };
}

function decodeText(record: ExitRecord): string {
  const gpa = formatAddress(record.gpa ?? 0n);
  if (record.isPageTableAccess) {
    return `htinst is ${formatBits(record.htinst)}: the hart itself touched GPA ${gpa}, as an entry of the guest's page tables, on its way to ${formatAddress(record.gva ?? 0n)}.`;
  }
  const [what] = record.reason.split('-');
  return `The guest's ${what} at ${formatAddress(record.gva ?? 0n)} reached GPA ${gpa} (htval × 4, and the low bits of stval).`;
}

function findText(record: ExitRecord): string {
  const gpa = formatAddress(record.gpa ?? 0n);
  if (record.reason.endsWith('permission')) {
    return `The guest's second-stage tables map GPA ${gpa}, but not for this access.`;
  }
  return record.action === 'map'
    ? `GPA ${gpa} is memory of guest ${record.guest} that no frame backs yet.`
    : `GPA ${gpa} is neither memory nor a device of guest ${record.guest}.`;
}

function actText(record: ExitRecord): string {
  if (record.action !== 'map')
    return describeInjection(record, 'The bare machine would answer with an access fault');
  const { mapped } = record;
  if (mapped === undefined) return 'A free frame of RAM is entered into the second-stage tables.';
  const size = mapped.size >= 0x10_0000 ? `${mapped.size / 0x10_0000} MiB` : `${mapped.size / 0x400} KiB`;
  return `${size} of RAM at HPA ${formatAddress(mapped.hpa)} now back it; HFENCE.GVMA makes the hart forget what it knew. The guest tries again.`;
}
