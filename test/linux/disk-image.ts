import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes `ext4.img` of 16 MiB in a folder, which holds what `contents` does: the name of the folder of files. */
export function makeExt4Image(folder: string, contents: string): string {
  const image = join(folder, 'ext4.img');
  writeFileSync(image, '');
  // Where administrators' programs are is in nobody else's path.
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-d', contents, image, '16M'], { env });
  return image;
}
