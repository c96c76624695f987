import { formatAddress } from '../../common/address.ts';
import { formatMemoryReference } from '../../debugger/memory-reference.ts';
import type { Space } from '../../debugger/memory/spaces.ts';
import type { SpaceView } from '../../protocol/views.ts';

/** A space for a list to choose from. */
export function presentSpace({ reference, title, size }: Space): SpaceView {
  const memoryReference = formatMemoryReference(reference);
  return {
    id: memoryReference.replace(/:[^:]*$/, ''),
    title,
    memoryReference,
    ...(size === undefined ? {} : { size: formatAddress(size) }),
  };
}
