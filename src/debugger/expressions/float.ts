import { underlying } from '../../symbols/types.ts';
import type { TypedValue } from './value.ts';

/** The number of a float or double; `undefined` for other types, and where it cannot be read. */
export function readFloat({ type, place }: TypedValue): number | undefined {
  const plain = underlying(type);
  if (plain.kind !== 'base' || plain.encoding !== 'float') return undefined;
  const found = place.read(0, plain.byteSize);
  if (!found.ok) return undefined;
  const view = new DataView(found.bytes.slice().buffer);
  if (plain.byteSize === 4) return view.getFloat32(0, true);
  return plain.byteSize === 8 ? view.getFloat64(0, true) : undefined;
}
