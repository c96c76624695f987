/** How everything that runs in Node or an extension host is bundled. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Some dependencies are CommonJS and use these names, which an ES module lacks (`require('vscode')` among them). */
const commonJsNames = [
  `import { createRequire as __createRequire } from 'node:module';`,
  `import { fileURLToPath as __fileURLToPath } from 'node:url';`,
  `const require = __createRequire(import.meta.url), __filename = __fileURLToPath(import.meta.url);`,
].join('');

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {{ production: boolean }} variant production drops white space, for the package. Names stay: reports of defects have
 * them, and to keep names beside shorter ones (`keepNames`) costs a call for each function that is made
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOptions({ production }) {
  return {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['vscode'],
    banner: { js: commonJsNames },
    sourcemap: true,
    sourcesContent: !production,
    minifyWhitespace: production,
    minifySyntax: production,
    logLevel: 'warning',
  };
}
