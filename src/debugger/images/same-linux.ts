import type { ElfFile } from '../../symbols/elf/elf-file.ts';
import type { ReadSpace } from './recognition.ts';

/**
 * Does a space hold this Linux, where it was linked? Its code cannot tell, as Linux changes it while it boots; but the
 * line that it greets with names the very build.
 */
export function isSameLinux(elf: ElfFile, readSpace: ReadSpace): boolean {
  const [banner] = elf.symbols.named('linux_banner');
  const home = elf
    .loadableSegments()
    .find(({ virtualAddress, bytes }) => offsetIn(virtualAddress, banner?.address) < bytes.length);
  if (banner === undefined || home === undefined) return false;
  const start = offsetIn(home.virtualAddress, banner.address);
  const own = home.bytes.subarray(start, start + bannerBytes);
  const found = readSpace(banner.address, own.length);
  return own.length > 0 && own.every((byte, index) => byte === found[index]);
}

/** Enough to hold version, compiler and date. */
const bannerBytes = 128;

function offsetIn(base: bigint, address: bigint | undefined): number {
  return address === undefined || address < base ? Infinity : Number(address - base);
}
