import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A kernel module, uncompressed. */
export interface KernelModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A module by its name, or one that some kernels have as a module, and others built in. */
export type WantedModule = string | { readonly ifThere: string };

/**
 * The modules that are wanted and all that they depend on, each after those it needs. `folder` is a kernel package's
 * `lib/modules/VERSION`. Throws where there is no such module.
 */
export function modulesInOrder(folder: string, wanted: readonly WantedModule[]): readonly KernelModule[] {
  const files = new Map(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ko.xz'))
      .map((path) => [moduleName(path), join(folder, path)]),
  );
  const found = new Map<string, KernelModule>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const file = files.get(name);
    if (file === undefined) throw new Error(`the kernel's package has no module ${name}`);
    const bytes = execFileSync('xz', ['-dc', file], { maxBuffer: 2 ** 28 });
    for (const needed of dependencies(bytes)) add(needed);
    found.set(name, { name, bytes: withoutSignature(bytes) });
  };
  for (const each of wanted) {
    if (typeof each === 'string') add(each);
    else if (files.has(each.ifThere)) add(each.ifThere);
  }
  return [...found.values()];
}

/** Debian's kernel loads unsigned modules too, and a signature costs it some hundred million instructions to check. */
function withoutSignature(bytes: Buffer): Buffer {
  const trailer = Buffer.from('~Module signature appended~\n');
  const described = bytes.length - trailer.length - 12;
  if (!bytes.subarray(-trailer.length).equals(trailer)) return bytes;
  return bytes.subarray(0, described - bytes.readUInt32BE(described + 8));
}

function moduleName(path: string): string {
  return path
    .replace(/^.*\//, '')
    .replace(/\.ko\.xz$/, '')
    .replaceAll('-', '_');
}

/** A module says in its section .modinfo which others it needs. */
function dependencies(bytes: Buffer): readonly string[] {
  const at = bytes.indexOf('\0depends=');
  if (at < 0) return [];
  const start = at + '\0depends='.length;
  const text = bytes.toString('latin1', start, bytes.indexOf(0, start));
  return text === '' ? [] : text.split(',').map((name) => name.replaceAll('-', '_'));
}
