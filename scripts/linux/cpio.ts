/** A file, folder or device of an archive. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** As in `st_mode`: kind and permissions. */
  readonly mode: number;
  /** A file's bytes, or where a symbolic link leads. */
  readonly bytes?: Uint8Array;
  /** A device's numbers. */
  readonly device?: { readonly major: number; readonly minor: number };
}

/** Kinds and usual permissions of entries. */
export const cpioMode = {
  folder: 0o040755,
  program: 0o100755,
  file: 0o100644,
  link: 0o120777,
  characterDevice: 0o020600,
} as const;

/**
 * A cpio archive in the form that Linux takes for an initramfs (`newc`): the same bytes for the same entries, since
 * owner and times are zero.
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts = [...entries, { path: 'TRAILER!!!', mode: 0 }].flatMap(writeEntry);
  return Buffer.concat(parts);
}

function writeEntry({ path, mode, bytes, device }: CpioEntry, index: number): readonly Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const contents = bytes ?? new Uint8Array();
  const fields = [
    index + 1, // inode
    mode,
    0, // owner
    0, // group
    1, // links
    0, // time
    contents.length,
    0, // device that holds it
    0,
    device?.major ?? 0,
    device?.minor ?? 0,
    name.length,
    0, // no checksum
  ];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, padding(header.length + name.length), contents, padding(contents.length)];
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}
