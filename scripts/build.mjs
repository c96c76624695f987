/**
 * Bundles every program of the product into dist/, one ES module each, with source maps.
 *
 *     node scripts/build.mjs [--watch] [--production]
 *
 * ES modules because the package is one ("type": "module") and because both Node 20 and the extension host of
 * VS Code 1.100 and later load them.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, context } from 'esbuild';
import { bundleOptions, root } from './build-options.mjs';

/** What is built: the file under dist/ without its `.js`, and its entry under src/. */
const programs = {
  cli: 'src/cli/main.ts',
  adapter: 'src/dap/main.ts',
  'language-server': 'src/lsp/main.ts',
  extension: 'src/extension/extension.ts',
};

const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (flag !== '--watch' && flag !== '--production') {
    console.error(`build: unknown option ${flag}; there are --watch and --production`);
    process.exit(2);
  }
}

const started = performance.now();
const options = {
  ...bundleOptions({ production: flags.has('--production') }),
  entryPoints: existing(programs),
  outdir: 'dist',
};
if (flags.has('--watch')) {
  const watcher = await context({ ...options, logLevel: 'info' });
  await watcher.watch();
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({ ...options, metafile: true });
  report(metafile);
}

/**
 * @param {Readonly<Record<string, string>>} all
 * @returns {Record<string, string>} those whose entry is there
 */
function existing(all) {
  const present = Object.entries(all).filter(([name, entry]) => {
    const found = existsSync(join(root, entry));
    if (!found) console.log(`  ${name.padEnd(16)} left out: there is no ${entry} yet`);
    return found;
  });
  return Object.fromEntries(present);
}

/** @param {import('esbuild').Metafile} metafile */
function report(metafile) {
  for (const [file, { bytes }] of Object.entries(metafile.outputs)) {
    if (file.endsWith('.js'))
      console.log(`  ${file.padEnd(24)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB`);
  }
  console.log(`built in ${(performance.now() - started).toFixed(0)} ms`);
}
