import { ByteReader } from '../byte-reader.ts';
import { NT_GNU_BUILD_ID, PT_NOTE, SHT_NOTE } from './constants.ts';
import type { Section } from './sections.ts';
import type { Segment } from './segments.ts';

/** The linker's fingerprint of an image, and where the image carries it in memory. */
export interface BuildId {
  readonly bytes: Uint8Array;
  /** Where `bytes` lies, as linked. */
  readonly virtualAddress: bigint;
}

/** The GNU build-id note, from the program headers or, where they have none, the sections. */
export function findBuildId(segments: readonly Segment[], sections: readonly Section[]): BuildId | undefined {
  for (const segment of segments) {
    const found = segment.type === PT_NOTE ? buildIdIn(segment.bytes, segment.virtualAddress) : undefined;
    if (found) return found;
  }
  for (const section of sections) {
    const found = section.type === SHT_NOTE ? buildIdIn(section.bytes, section.address) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** gABI, chapter 5: notes are (name size, descriptor size, type, name, descriptor), padded to four bytes. */
function buildIdIn(bytes: Uint8Array, address: bigint): BuildId | undefined {
  const reader = new ByteReader(bytes);
  while (!reader.done) {
    const nameSize = reader.u32();
    const size = reader.u32();
    const type = reader.u32();
    const name = reader.take(nameSize);
    reader.skip(padding(nameSize));
    const at = reader.offset;
    const descriptor = reader.take(size);
    if (reader.failed) return undefined;
    if (type === NT_GNU_BUILD_ID && size > 0 && isGnu(name)) {
      return { bytes: descriptor, virtualAddress: BigInt.asUintN(64, address + BigInt(at)) };
    }
    // The last note need not be padded.
    reader.skip(Math.min(padding(size), reader.remaining));
  }
  return undefined;
}

const padding = (size: number): number => (4 - (size & 3)) & 3;

function isGnu(name: Uint8Array): boolean {
  return name.length === 4 && name[0] === 0x47 && name[1] === 0x4e && name[2] === 0x55 && name[3] === 0;
}
