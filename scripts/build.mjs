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
import { build, watch } from 'rolldown';
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
const options = Object.entries(existing(programs)).map(([name, entry]) =>
  bundleOptions({ entry, file: `dist/${name}.js`, production: flags.has('--production') }),
);
if (flags.has('--watch')) {
  for (const program of options) watch(program).on('event', (event) => follow(program, event));
} else {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  report(await build(options));
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

/** @param {readonly import('rolldown').RolldownOutput[]} built */
function report(built) {
  for (const { output } of built) {
    const [{ code, fileName }] = output;
    const kibibytes = Buffer.byteLength(code) / 1024;
    console.log(`  ${`dist/${fileName}`.padEnd(24)} ${kibibytes.toFixed(0).padStart(6)} KiB`);
  }
  console.log(`built in ${(performance.now() - started).toFixed(0)} ms`);
}

/**
 * @param {(typeof options)[number]} program
 * @param {import('rolldown').RolldownWatcherEvent} event what happens to it
 */
async function follow({ output }, event) {
  if (event.code === 'ERROR') console.error(event.error.message);
  if (event.code === 'BUNDLE_END') console.log(`  ${output.file}: built in ${event.duration} ms`);
  if (event.code === 'BUNDLE_END' || event.code === 'ERROR') await event.result.close();
}
