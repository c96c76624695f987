import type { BufferPart } from './descriptor-chain.ts';
import type { DirectMemory } from './direct-memory.ts';

/** An entry of a descriptor table (Virtio 2.7.5). */
interface Descriptor {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
  readonly next: number;
}

const descriptorBytes = 16;
/** VIRTQ_DESC_F_NEXT, _WRITE and _INDIRECT. */
export const descriptorFlag = { next: 1, write: 2, indirect: 4 } as const;

interface ChainParts {
  readonly readable: BufferPart[];
  readonly writable: BufferPart[];
}

/**
 * Collects the buffers of a chain. Whatever the driver wrote, this ends, and every part of what it returns is RAM;
 * a sentence where the chain breaks a rule of Virtio 2.7.
 */
export function walkChain(request: {
  readonly memory: DirectMemory;
  /** Address of the descriptor table, and how many descriptors it has. */
  readonly table: number;
  readonly size: number;
  readonly head: number;
  /** Whether indirect tables were negotiated. */
  readonly indirect: boolean;
}): ChainParts | string {
  const { memory, size, indirect } = request;
  let { table } = request;
  let entries = size;
  let index = request.head;
  let inIndirect = false;
  let bytes = 0;
  const parts: ChainParts = { readable: [], writable: [] };
  // Virtio 2.7.5.1: a chain is no longer than the queue, so a loop shows by its length.
  for (let count = 0; count <= size;) {
    const descriptor = readDescriptor(memory, table + descriptorBytes * index);
    if (descriptor === undefined) return `descriptor ${index} lies outside RAM`;
    const { address, length, flags, next } = descriptor;
    if ((flags & descriptorFlag.indirect) !== 0) {
      const problem = indirectProblem(descriptor, index, indirect, inIndirect);
      if (problem !== undefined) return problem;
      if (!memory.contains(address, length)) return `the indirect table at ${hex(address)} lies outside RAM`;
      [table, entries, index, inIndirect] = [address, length / descriptorBytes, 0, true];
      continue;
    }
    if (++count > size) break;
    if (!memory.contains(address, length))
      return `descriptor ${index} names ${length} bytes at ${hex(address)}, which are not all RAM`;
    bytes += length;
    if (bytes > longestChain) return 'a chain of more than 2^32 bytes';
    if ((flags & descriptorFlag.write) !== 0) parts.writable.push({ address, length });
    else if (parts.writable.length > 0)
      return `descriptor ${index} is for the device to read, and follows one for it to write`;
    else parts.readable.push({ address, length });
    if ((flags & descriptorFlag.next) === 0) return parts;
    if (next >= entries) return `descriptor ${index} goes on with ${next}, and the table has ${entries}`;
    index = next;
  }
  return `a chain of more descriptors than the queue has, ${size}: a loop`;
}

/** The descriptor at an address; undefined where that is not RAM. */
function readDescriptor(memory: DirectMemory, address: number): Descriptor | undefined {
  const bytes = memory.read(address, descriptorBytes);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return {
    // An address above 2^53 is rounded here, and no RAM either way.
    address: Number(view.getBigUint64(0, true)),
    length: view.getUint32(8, true),
    flags: view.getUint16(12, true),
    next: view.getUint16(14, true),
  };
}

/** Virtio 2.7.5. */
const longestChain = 2 ** 32;

/** Virtio 2.7.5.3.1: what a driver may not do with indirect descriptors. */
function indirectProblem(
  { length, flags }: Descriptor,
  index: number,
  accepted: boolean,
  isNested: boolean,
): string | undefined {
  if (!accepted) return `descriptor ${index} is indirect, which was not negotiated`;
  if (isNested) return `descriptor ${index} of an indirect table is indirect itself`;
  if ((flags & descriptorFlag.next) !== 0) return `descriptor ${index} is indirect and has a next one`;
  if (length === 0 || length % descriptorBytes !== 0)
    return `descriptor ${index} names an indirect table of ${length} bytes, no multiple of ${descriptorBytes}`;
  return undefined;
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
