import { sizeOf, underlying, type Type } from '../../symbols/types.ts';
import { machineWord } from '../expressions/contents.ts';
import { formatValue } from '../expressions/format.ts';
import { fromBytes } from '../expressions/integers.ts';
import { computed } from '../expressions/places.ts';
import type { Surroundings } from '../expressions/surroundings.ts';
import { stratumOf } from '../target/cpu.ts';
import type { DebugThread, Target } from '../target/target.ts';
import type { DataHit, DataWatch } from './data-watch.ts';
import { partAt } from './data-part.ts';

/** What happened to watched bytes, who did it and where, in one line. */
export function hitText(
  { data }: DataWatch,
  hit: DataHit,
  type: Type | undefined,
  { thread, surroundings }: { readonly thread: DebugThread; readonly surroundings: Surroundings },
): string {
  const { path, before, after } = shown(hit, type, surroundings);
  const what = `${data.name}${path}`;
  const who = accessorText(hit, thread, surroundings.target);
  // The values come first: views cut what is long.
  if (hit.kind === 'read') return `${what}: ${after}, read by ${who}`;
  return `${what}: ${before === after ? `${after} as before` : `${before} → ${after}`}, written by ${who}`;
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
function accessorText({ access }: DataHit, thread: DebugThread, target: Target): string {
  switch (access.accessor) {
    case 'device':
      return access.device ?? 'a device';
    case 'firmware':
      return 'the firmware';
    case 'vmm':
      return `the VMM${access.device === undefined ? '' : `’s ${access.device}`}, for ${thread.name}`;
    case 'hart':
      break;
  }
  const { pc, mode } = access;
  const stratum = stratumOf(mode);
  const who = access.by === 'walk' ? `a page walk of ${stratum}` : stratum;
  const image = target.imageAt(pc, stratum, thread.guest?.name, thread.cpu.regime(mode));
  const found = image?.symbols.symbolAt(pc);
  if (image === undefined || found === undefined) return `${who} on ${thread.name} at 0x${pc.toString(16)}`;
  const line = image.symbols.lineAt(pc);
  const place = line === undefined ? '' : ` (${line.file.replace(/^.*[/\\]/, '')}:${line.line})`;
  return `${who} on ${thread.name} in ${image.name.replace(/\.[^.]*$/, '')}!${found.symbol.name}${place}`;
}
