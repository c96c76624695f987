import { sizeOf, underlying, type Type } from '../../symbols/types.ts';
import { machineWord } from '../expressions/contents.ts';
import { formatValue } from '../expressions/format.ts';
import { fromBytes } from '../expressions/integers.ts';
import { computed } from '../expressions/places.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import type { DebugThread } from '../target/target.ts';
import type { DataHit, DataWatch } from './data-watch.ts';
import { partAt } from './data-part.ts';
import { accessorOf, type HitAccessor, type HitReport } from './hit-report.ts';

/** What happened to watched bytes, who did it and where. */
export function reportHit(
  { data }: DataWatch,
  hit: DataHit,
  type: Type | undefined,
  { thread, surroundings }: { readonly thread: DebugThread; readonly surroundings: Surroundings },
): HitReport {
  const { path, before, after } = shown(hit, type, surroundings);
  const watched = `${data.name}${path}`;
  const accessor = accessorOf(hit, thread, surroundings.target);
  const who = accessorText(accessor, thread);
  // The values come first: views cut what is long.
  const change = before === after ? `${after} as before` : `${before} → ${after}`;
  const title =
    hit.kind === 'read' ? `${watched}: ${after}, read by ${who}` : `${watched}: ${change}, written by ${who}`;
  return { watched, access: hit.kind, old: before, new: after, ...accessor, title };
}

/** The smallest part that was accessed, by its type; without one, the bytes as a number. */
function shown(
  { before, after, offset, length }: DataHit,
  type: Type | undefined,
  surroundings: Surroundings,
): { readonly path: string; readonly before: string; readonly after: string } {
  const isTyped = type !== undefined && sizeOf(type) === after.length;
  const part = isTyped ? partAt(type, offset, length) : undefined;
  const size = part && sizeOf(part.type);
  // A record in one line says less than the bytes that changed in it; of what is small, all of it says more.
  if (part !== undefined && size !== undefined && isScalar(part.type)) {
    const text = (bytes: Uint8Array): string => {
      const place = computed(bytes.subarray(part.offset, part.offset + size));
      return plainText(formatValue({ kind: 'typed', type: part.type, place }, surroundings));
    };
    return { path: part.path, before: text(before), after: text(after) };
  }
  const isSmall = part === undefined && after.length <= 8;
  const [from, count] = isSmall ? [0, after.length] : [offset, length];
  const inPart = from - (part?.offset ?? 0);
  const number = (bytes: Uint8Array): string => bytesText(bytes.subarray(from, from + count), surroundings);
  return {
    path: `${part?.path ?? ''}${isSmall ? '' : ` at +0x${inPart.toString(16)}`}`,
    before: number(before),
    after: number(after),
  };
}

function isScalar(type: Type): boolean {
  return ['base', 'enum', 'pointer'].includes(underlying(type).kind);
}

/** Longer stretches are cut: what a device wrote may be a whole page. */
const mostBytes = 16;

function bytesText(bytes: Uint8Array, surroundings: Surroundings): string {
  if (bytes.length <= 8) return plainText(formatValue(machineWord(fromBytes(bytes)), surroundings));
  const digits = [...bytes.subarray(0, mostBytes)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `${digits.join(' ')}${bytes.length > mostBytes ? ' …' : ''}`;
}

/** Of an address that has a name, `0x80212540 (processes+0xf0)`: an arrow leads from a value to the next here. */
function plainText(value: string): string {
  return value.replace(/^(0x[0-9a-f]+) → (.*)$/, '$1 ($2)');
}

/** `kernel on a: vCPU 0 in pebble!schedule (proc.c:88)`, `virtio0 (virtio-block)`. */
function accessorText(accessor: HitAccessor, thread: DebugThread): string {
  const { by, stratum, device, isPageWalk, pc = 0n, file, line } = accessor;
  switch (by) {
    case 'device':
      return device ?? 'a device';
    case 'firmware':
      return 'the firmware';
    case 'vmm':
      return `the VMM${device === undefined ? '' : `’s ${device}`}, for ${thread.name}`;
    case 'hart':
      break;
  }
  const who = `${isPageWalk === true ? 'a page walk of ' : ''}${stratum} on ${thread.name}`;
  if (accessor.function === undefined) return `${who} at 0x${pc.toString(16)}`;
  const place = file === undefined ? '' : ` (${file.replace(/^.*[/\\]/, '')}:${line})`;
  return `${who} in ${accessor.image}!${accessor.function}${place}`;
}
