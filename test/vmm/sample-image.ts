import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { MachineImage } from '../../src/machine/image.ts';
import { readElf } from '../../src/symbols/elf/elf-file.ts';

/** An ELF file below sample-guests, as a machine or a guest takes it. */
export function loadSample(path: string): MachineImage {
  return loadElf(`sample-guests/${path}`);
}

/** An ELF file of the repository, as a machine or a guest takes it. */
export function loadElf(path: string): MachineImage {
  const bytes = readFileSync(new URL(`../../${path}`, import.meta.url));
  const elf = readElf(bytes);
  assert.ok(elf.ok);
  return {
    entry: elf.value.physicalEntry,
    segments: elf.value
      .loadableSegments()
      .map(({ physicalAddress, bytes: content }) => ({ address: physicalAddress, bytes: content })),
  };
}
