/** How everything that runs in Node or an extension host is bundled: one ES module, of an entry and all it imports. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What the hot code reads has to stay `const`: V8 takes the value of a module's constant as a constant of the machine code, and
 * reads a variable each time. So bundles are made by rolldown, which keeps `const` (esbuild makes `var` of it where modules come
 * into one scope), and nothing compresses their syntax: for 3 % less, that makes `let` of the constants in functions.
 *
 * @param {{ entry: string, file: string, production: boolean }} bundle paths, relative ones from the root. `production` drops
 * white space, for the package. Names stay: reports of defects have them, and to keep names beside shorter ones (`keepNames`)
 * costs a call for each function that is made
 * @returns {import('rolldown').BuildOptions & { output: import('rolldown').OutputOptions }}
 */
export function bundleOptions({ entry, file, production }) {
  return {
    cwd: root,
    input: entry,
    platform: 'node',
    external: ['vscode'],
    // Some dependencies are CommonJS and use these names, which an ES module lacks. For `require`, the platform provides.
    transform: {
      target: 'node20',
      define: { __filename: 'import.meta.filename', __dirname: 'import.meta.dirname' },
    },
    logLevel: 'warn',
    output: {
      file,
      format: 'esm',
      codeSplitting: false,
      comments: { legal: true, annotation: false, jsdoc: false },
      minify: production && { compress: false, mangle: false, codegen: { removeWhitespace: true } },
      sourcemap: true,
      sourcemapExcludeSources: production,
    },
  };
}
