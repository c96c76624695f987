/**
 * Bundles every program of the product into dist/, one ES module each, with source maps.
 *
 *     node scripts/build.mjs [--watch] [--production]
 *
 * ES modules because the package is one ("type": "module") and because both Node 20 and the extension host of
 * VS Code 1.100 and later load them.
 */
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

/** What is built: the file under dist/ without its `.js`, and its entry under src/. */
const programs = {
  cli: 'src/cli/main.ts',
  adapter: 'src/dap/main.ts',
  'language-server': 'src/lsp/main.ts',
  extension: 'src/extension/extension.ts',
};

/** Some dependencies are CommonJS and use these names, which an ES module lacks (`require('vscode')` among them). */
const commonJsNames = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `import { fileURLToPath as __fileURLToPath } from 'node:url';`,
  `const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url);`,
].join('');

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (flag !== '--watch' && flag !== '--production') {
    console.error(`build: unknown option ${flag}; there are --watch and --production`);
    process.exit(2);
  }
}

const started = performance.now();
const options = buildOptions({ production: flags.has('--production') });
if (flags.has('--watch')) {
  const watcher = await context({ ...options, logLevel: 'info' });
  await watcher.watch();
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const { metafile } = await build({ ...options, metafile: true });
  report(metafile);
}

/**
 * @param {{ production: boolean }} variant production drops white space and local names, for the package
 * @returns {import('esbuild').BuildOptions}
 */
function buildOptions({ production }) {
  return {
    absWorkingDir: root,
    entryPoints: existing(programs),
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['vscode'],
    banner: { js: commonJsNames },
    sourcemap: true,
    sourcesContent: !production,
    minify: production,
    keepNames: production,
    logLevel: 'warning',
  };
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
