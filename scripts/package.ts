/**
 * Packs the extension into `strata-<version>.vsix`: `.vscodeignore` says what goes in.
 *
 *     npm run package [-- FILE]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { root } from './root.ts';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = await packageExtension(process.argv[2]);
  console.log(`${relative(process.cwd(), file)}: ${(statSync(file).size / 1024).toFixed(0)} KiB`);
}

/** Builds the extension as users get it and packs it; returns the .vsix file's path. */
export async function packageExtension(file?: string): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const packagePath = resolve(file ?? join(root, `strata-${manifest.version}.vsix`));
  execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--production'], { stdio: 'inherit' });
  // Everything is bundled, so there are no dependencies to pack.
  // There is no public address yet that links and pictures of the README could lead to: they stay relative.
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}
