/**
 * Packs the extension into `strata-<version>.vsix`: `.vscodeignore` says what goes in.
 *
 *     npm run package [-- FILE]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.ts';

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = packageExtension(process.argv[2]);
  console.log(`${relative(process.cwd(), file)}: ${(statSync(file).size / 1024).toFixed(0)} KiB`);
}

/** Builds the extension as users get it and packs it; returns the .vsix file's path. */
export function packageExtension(file?: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const target = resolve(file ?? join(root, `strata-${manifest.version}.vsix`));
  runNode('scripts/build.mjs', '--production');
  // Everything is bundled, so there are no dependencies to pack.
  const options = ['--no-dependencies', '--allow-missing-repository', '--out', target];
  runNode('node_modules/@vscode/vsce/vsce', 'package', ...options);
  return target;
}

/** Runs one of our programs; what it prints is shown only when it fails. */
function runNode(program: string, ...options: readonly string[]): void {
  try {
    execFileSync(process.execPath, [join(root, program), ...options], { cwd: root, stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    throw new Error(`${program} failed:\n${stdout.toString()}${stderr.toString()}`, { cause: error });
  }
}
